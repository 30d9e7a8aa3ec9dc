"""Does this quote support this sentence? Pure: the same texts and the same closeness always get the same verdict.

First the facts must agree (figures and their units, dates, names, what is denied or limited, opposites); one that
disagrees makes a sentence unsupported however alike the wording is. Then enough of what the sentence says must be
said by the quote. ``context`` is what a reader sees around the quote (title, heading, table header): it may supply
names and words, but never outweighs the quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.claims.comparing import (
    Conflict,
    amounts_disagree,
    figures_disagree,
    names_disagree,
    opposites_disagree,
)
from assistant.claims.denying import denial_disagrees, limits_disagree
from assistant.claims.reading import DATE, WORD, Reading, language_of_words, read

SUPPORTED, PARTLY, UNSUPPORTED = "supported", "partly", "unsupported"

COVERED = 0.6  # share of the sentence's content terms found in the quote or around it
COVERED_IF_CLOSE = 0.45  # enough when the meaning is close as well
HALF_COVERED = 0.3
CLOSE = 0.72  # cosine of sentence and quote
NEAR = 0.6
_HEAD = 2  # content words a sentence begins with, of which one at least must be known
_LEAD_IN = re.compile(
    r"^(?:according to [^,]{1,80},|as (?:is )?(?:stated|described|noted|written)[^,]{0,60},|"
    r"(?:the|this) (?:document|policy|text|passage|handbook|manual|source|page|quote)s? "
    r"(?:also )?(?:says?|states?|notes?|explains?|adds?) that)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``standing`` is supported, partly or unsupported; ``reason`` says why in words, empty when supported."""

    standing: str
    reason: str


def judge(sentence: str, quote: str, context: str = "", cosine: float | None = None) -> Verdict:
    """How a sentence stands to the quote offered for it."""
    if not quote.strip():
        return Verdict(UNSUPPORTED, "No passage was cited for this sentence.")
    if _plain(sentence) and _plain(sentence) in _plain(quote) and not _denied_before(sentence, quote):
        return Verdict(SUPPORTED, "")
    sentence = _LEAD_IN.sub("", sentence)
    language = language_of_words(f"{sentence} {quote}")
    said, quoted, around = read(sentence, language), read(quote, language), read(context, language)
    if conflict := _conflict(said, quoted, around):
        return Verdict(UNSUPPORTED, conflict.reason)
    if conflict := amounts_disagree(said, quoted) or limits_disagree(said, quoted):
        return Verdict(PARTLY, conflict.reason)
    return _by_coverage(said, quoted, around, cosine)


def coverage(sentence: str, quote: str, context: str = "") -> float:
    """Share of the sentence's distinct content terms that occur in the quote or its context; 1 when it has none."""
    language = language_of_words(f"{sentence} {quote}")
    return _share(read(sentence, language), read(quote, language), read(context, language))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _denied_before(sentence: str, quote: str) -> bool:
    """Whether the sentence was cut out of the quote right behind a word that turns it round."""
    before, _, _ = _plain(quote).partition(_plain(sentence))
    return before.split()[-1:] in (["not"], ["no"], ["never"], ["nicht"], ["unless"], ["except"])


def _conflict(said: Reading, quote: Reading, around: Reading) -> Conflict | None:
    return (
        figures_disagree(said, quote, around)
        or names_disagree(said, quote, around)
        or denial_disagrees(said, quote)
        or opposites_disagree(said, quote)
    )


def _share(said: Reading, quote: Reading, around: Reading) -> float:
    terms = _terms(said)
    return len(terms & (quote.keys | around.keys)) / len(terms) if terms else 1.0


def _terms(reading: Reading) -> set[str]:
    """Content words; figures and dates have been compared as such."""
    return {token.key for token in reading.tokens if token.kind == WORD and not token.common}


def _by_coverage(said: Reading, quote: Reading, around: Reading, cosine: float | None) -> Verdict:
    share = _share(said, quote, around)
    close = cosine if cosine is not None else 0.0
    head = [token for token in said.tokens if not token.common and token.kind != DATE][:_HEAD]
    stranger = len(head) == _HEAD and not any(token.key in quote.keys | around.keys for token in head)
    if (share >= COVERED or (share >= COVERED_IF_CLOSE and close >= CLOSE)) and not stranger:
        return Verdict(SUPPORTED, "")
    if stranger and share >= HALF_COVERED:
        return Verdict(PARTLY, f"The document does not say this of “{' '.join(token.written for token in head)}”.")
    if share >= HALF_COVERED or close >= NEAR:
        return Verdict(PARTLY, "The document says only part of this.")
    return Verdict(UNSUPPORTED, "The quoted words speak of something else.")
