"""Whether what must, should, may or need not be done is so in both texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from assistant.claims.comparing import WORDING, Conflict
from assistant.claims.lexicon import (
    DENYING,
    FORCES,
    GRANTING,
    MAY,
    MIGHT,
    MUST,
    MUST_NOT,
    NEED_NOT,
    NO_DUTY_DENIED,
    SHOWN,
    WILL,
)
from assistant.claims.places import likeness
from assistant.claims.reading import WORD, Reading, Token

_AFTER = 3  # content words in which the verb is looked for
_NEAR = 2  # tokens in which a modal word is denied
_SAME_MATTER = 1.2  # likeness from which two modal words are said of the same
_CLEARLY = 1.4  # how much more alike another place must be to be the one that is meant
# Pairs of which one contradicts the other. Of any other pair one merely says less, but for these alike.
_AGAINST = (frozenset({MUST, MAY}), frozenset({MUST, NEED_NOT}), frozenset({MUST_NOT, NEED_NOT}))
_ALIKE = (frozenset({MUST, WILL}), frozenset({MAY, NEED_NOT}))


@dataclass(frozen=True, slots=True)
class _Modal:
    """A modal word at its place, with the content words behind it, its verb among them."""

    force: str
    place: int
    verb: tuple[str, ...]
    written: str


def modality_contradicted(said: Reading, quote: Reading) -> Conflict | None:
    """A duty where the quote gives leave, or the other way round."""
    return _differing(said, quote, contradicting=True)


def modality_weakened(said: Reading, quote: Reading) -> Conflict | None:
    """A duty where the quote recommends, or a promise where it only says that something may be."""
    return _differing(said, quote, contradicting=False) or _certain_only_here(said, quote)


def _differing(said: Reading, quote: Reading, *, contradicting: bool) -> Conflict | None:
    theirs = list(_modals(quote))
    for mine in _modals(said):
        paired = [other for other in theirs if _same_verb(mine, other)]
        fits = [(_fit(mine, other, said, quote), other) for other in paired if not _agree(mine, other)]
        if not fits:
            continue
        wrong, other = max(fits, key=lambda fit: fit[0])
        right = max((_fit(mine, same, said, quote) for same in paired if _agree(mine, same)), default=0.0)
        if (
            wrong > max(_SAME_MATTER, _CLEARLY * right)
            and (frozenset({mine.force, other.force}) in _AGAINST) == contradicting
        ):
            return Conflict(WORDING, f"The document says “{other.written}” where the sentence says “{mine.written}”.")
    return None


def _fit(mine: _Modal, other: _Modal, said: Reading, quote: Reading) -> float:
    return likeness(said.tokens, (mine.place, mine.place), quote.tokens, (other.place, other.place))


def _agree(one: _Modal, other: _Modal) -> bool:
    """Whether two say the same, or are denied on one side alone, which is compared as a denial."""
    denied = [modal.force in {MUST_NOT, NEED_NOT} for modal in (one, other)]
    either = frozenset({one.force, other.force})
    return len(either) == 1 or either in _ALIKE or (denied[0] != denied[1] and either not in _AGAINST)


def _same_verb(one: _Modal, other: _Modal) -> bool:
    return bool(one.verb and other.verb) and (one.verb[0] in other.verb or other.verb[0] in one.verb)


def _modals(reading: Reading) -> Iterator[_Modal]:
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        word = token.written.lower().removesuffix("n't")
        force = NEED_NOT if word == NEED_NOT else FORCES.get("can" if word == "cannot" else word, "")
        if not force or (word == "may" and token.capital and not token.leads):
            continue
        clause = [t for t in tokens[place + 1 :] if t.clause == token.clause]
        if _denied(reading, place, clause):
            force = NEED_NOT if word in NO_DUTY_DENIED else {MUST: MUST_NOT, MAY: MUST_NOT}.get(force, "")
        verb = (t.key for t in clause if t.kind == WORD and not t.common and not _is_function(t, reading))
        if force:
            yield _Modal(force, place, tuple(islice(verb, _AFTER)), SHOWN.get(word, token.written))


def _is_function(token: Token, reading: Reading) -> bool:
    word = token.written.lower()
    return word in FORCES or word in DENYING[reading.language] or len(word) == 1


def _denied(reading: Reading, place: int, clause: list[Token]) -> bool:
    """German denies anywhere behind its modal verb, the others beside it."""
    words = DENYING[reading.language]
    written = reading.tokens[place].written.lower()
    behind = clause if reading.language == "de" else clause[:_NEAR]
    near = [*reading.tokens[max(0, place - _NEAR) : place], *behind]
    return written == "cannot" or written.endswith("n't") or any(t.written.lower() in words for t in near)


def _certain_only_here(said: Reading, quote: Reading) -> Conflict | None:
    """What the quote says only may be done or happen, said as if it were."""
    words = {token.written.lower() for token in said.tokens}
    if any(word in FORCES or word in GRANTING for word in words):
        return None
    unsure = [modal for modal in _modals(quote) if modal.force == MAY and modal.written.lower() in MIGHT]
    for modal in unsure:
        verb = modal.verb[0] if modal.verb else ""
        under = {modal.place + n for modal in unsure for n in range(1, _AFTER + _NEAR)}
        certain = any(token.key == verb and place not in under for place, token in enumerate(quote.tokens))
        if verb in said.keys and not certain:
            return Conflict(WORDING, f"The document says only that this “{modal.written}” be so.")
    return None
