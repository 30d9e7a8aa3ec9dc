"""Conditions, exceptions and attributions that a sentence leaves out, and an "always" that it adds. Pure.

"Overtime is paid" is more than "Overtime is paid if the manager approved it", and "The union claims that overtime is
paid" does not say that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from assistant.claims.comparing import WORDING, Conflict
from assistant.claims.lexicon import ALWAYS, ATTRIBUTING, CONDITIONS, ONLY, QUANTIFIERS, SHOWN, THAT, WHETHER
from assistant.claims.reading import WORD, Reading, Token

_SPOKEN_OF = 0.6  # share of the words under a condition that a sentence must have to be about the same
_TOLD = 0.5  # share of the condition's words with which a sentence says it in its own way
_REACH = 4  # tokens from "claims" to "that"
_MARKS = CONDITIONS | ONLY
_FEWEST = 2  # content words that make a clause of its own


def conditions_disagree(said: Reading, quote: Reading) -> Conflict | None:
    """A condition or an exception of the quote that the sentence leaves out."""
    if any(_conditions(said.tokens, place) for place in range(len(said.tokens))):
        return None
    for sentence in _sentences(quote):
        for place, token in enumerate(sentence):
            if not _conditions(sentence, place):
                continue
            under, condition = _parts(sentence, place)
            new = [token for token in condition if token.key not in {other.key for other in under}]
            word = token.written.lower()
            if _about(said, under, strictly=word in ONLY) and (not new or _shared(new, said) < _TOLD):
                return Conflict(WORDING, f"The document says “{SHOWN.get(word, word)}”, the sentence leaves it out.")
    return None


def attribution_disagrees(said: Reading, quote: Reading) -> Conflict | None:
    """What the quote only reports somebody to claim, propose or believe."""
    if any(token.written.lower() in ATTRIBUTING for token in said.tokens):
        return None
    for sentence in _sentences(quote):
        for place, token in enumerate(sentence):
            if token.written.lower() not in ATTRIBUTING:
                continue
            after = sentence[place + 1 :]
            that = next((n for n, t in enumerate(after[:_REACH]) if t.written.lower() in THAT), None)
            named = {t.key for t in _content(sentence[:place])} & said.keys
            if that is not None and not named and _shared(after[that + 1 :], said) >= _SPOKEN_OF:
                return Conflict(WORDING, f"In the document this is only what somebody “{token.written}”.")
    return None


def always_added(said: Reading, quote: Reading) -> str:
    """The sentence's "always" when the quote says nothing of the kind; "" otherwise."""
    if any(QUANTIFIERS.get(t.written.lower()) or t.written.lower() in ALWAYS for t in quote.tokens):
        return ""
    return next((t.written for t in said.tokens if t.written.lower() in ALWAYS), "")


def has_condition(reading: Reading) -> bool:
    return any(_conditions(reading.tokens, place) for place in range(len(reading.tokens)))


def _conditions(tokens: Sequence[Token], place: int) -> bool:
    """Whether a condition or an exception begins here; "ask if" and "even if" are none."""
    before = tokens[place - 1].written.lower() if place else ""
    return tokens[place].written.lower() in _MARKS and before not in WHETHER


def _parts(sentence: Sequence[Token], place: int) -> tuple[list[Token], list[Token]]:
    """What stands under a condition, and the words of the condition itself."""
    clause = sentence[place].clause
    before = _content(t for t in sentence[:place] if t.clause == clause)
    if len(before) < _FEWEST:
        nearest = next((t.clause for t in reversed(sentence[:place]) if t.clause < clause and not t.common), None)
        before = before or _content(t for t in sentence[:place] if t.clause == nearest)
    if before:
        return before, _content(sentence[place + 1 :])
    behind = _content(t for t in sentence[place + 1 :] if t.clause > clause)
    return behind, _content(t for t in sentence[place + 1 :] if t.clause == clause)


def _about(said: Reading, under: Sequence[Token], *, strictly: bool) -> bool:
    """Whether the sentence says what stands under a condition, or only a part of it; ``strictly`` asks for most of it
    and for little else, as "only" is said of many things that others do too."""
    most = _shared(under, said) >= _SPOKEN_OF
    return most and _within(said, under) >= _SPOKEN_OF if strictly else most or _within(said, under) == 1


def _within(said: Reading, tokens: Sequence[Token]) -> float:
    """Share of the sentence's content words that are among these."""
    keys = {token.key for token in _content(said.tokens) if token.kind == WORD}
    return len(keys & {token.key for token in tokens}) / len(keys) if keys else 0.0


def _sentences(reading: Reading) -> list[list[Token]]:
    return [list(group) for _, group in groupby(reading.tokens, key=lambda token: token.sentence)]


def _content(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.kind != WORD or not token.common]


def _shared(tokens: Sequence[Token], said: Reading) -> float:
    """Share of the content words that the sentence has, figures left out; 0 of nothing."""
    keys = {token.key for token in _content(tokens) if token.kind == WORD}
    return len(keys & said.keys) / len(keys) if keys else 0.0
