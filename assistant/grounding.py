"""Does this quote support this sentence? Pure: the same texts always get the same verdict.

First the facts must agree (numbers and their units, dates, names, what is denied, direction words); one that
disagrees makes a sentence unsupported however alike the wording is. Then enough of what the sentence says must be
said by the quote. ``context`` is what a reader sees around the quote (title, heading, table header): it may supply
names and words, but never outweighs the quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.facts import Quantity, dates, denials, names, quantities, without_dates
from knowledge.lexical import analyse

SUPPORTED, PARTLY, UNSUPPORTED = "supported", "partly", "unsupported"

COVERED = 0.6  # share of the sentence's content terms found in the quote or around it
COVERED_IF_CLOSE = 0.45  # enough when the meaning is close as well
HALF_COVERED = 0.3
CLOSE = 0.72  # cosine of sentence and quote
NEAR = 0.6
_OPPOSITES = (
    ("before", "after"), ("minimum", "maximum"), ("least", "most"), ("increase", "decrease"),
    ("increased", "decreased"),
    ("rise", "fall"), ("rose", "fell"), ("higher", "lower"), ("more", "less"), ("above", "below"), ("over", "under"),
    ("allowed", "forbidden"), ("permitted", "prohibited"), ("mandatory", "voluntary"), ("required", "optional"),
    ("approve", "reject"), ("approved", "rejected"), ("accept", "refuse"), ("accepted", "refused"),
    ("include", "exclude"), ("included", "excluded"), ("including", "excluding"), ("paid", "unpaid"),
    ("internal", "external"), ("always", "never"), ("open", "closed"), ("start", "end"), ("starts", "ends"),
)  # fmt: skip
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``standing`` is supported, partly or unsupported; ``reason`` says why in words, empty when supported."""

    standing: str
    reason: str


def judge(sentence: str, quote: str, context: str = "", cosine: float | None = None) -> Verdict:
    """How a sentence stands to the quote offered for it."""
    if not quote.strip():
        return Verdict(UNSUPPORTED, "No passage was cited for this sentence.")
    if _plain(sentence) and _plain(sentence) in _plain(quote):
        return Verdict(SUPPORTED, "")
    return (
        _dates_disagree(sentence, quote, context)
        or _numbers_disagree(sentence, quote, context)
        or _names_disagree(sentence, quote, context)
        or _denial_disagrees(sentence, quote)
        or _direction_disagrees(sentence, quote)
        or _by_coverage(sentence, quote, context, cosine)
    )


def opposed(one: str, other: str) -> bool:
    """Whether one of two sentences denies what the other says, or says the opposite of it."""
    return bool(_denial_disagrees(one, other) or _denial_disagrees(other, one) or _direction_disagrees(one, other))


def coverage(sentence: str, quote: str, context: str = "") -> float:
    """Share of the sentence's distinct content terms that occur in the quote or its context; 1 when it has none."""
    said = set(analyse(without_dates(sentence)))  # dates are compared as dates, however they are written
    if not said:
        return 1.0
    return len(said & set(analyse(f"{quote} {context}"))) / len(said)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _dates_disagree(sentence: str, quote: str, context: str) -> Verdict | None:
    known = [*dates(quote), *dates(context)]
    for day in dates(sentence):
        if not any(day.agrees(other) for other in known):
            return Verdict(UNSUPPORTED, f"The quote does not give the date {day.written}.")
    return None


def _numbers_disagree(sentence: str, quote: str, context: str) -> Verdict | None:
    quoted, around = quantities(quote), quantities(context)
    written = {part for text in (quote, context) for part in re.findall(r"\d+", text)}
    for number in quantities(sentence):
        same = [other for other in (*quoted, *around) if other.value == number.value]
        if not same and number.written not in written and not _trivial(number):
            return Verdict(UNSUPPORTED, f"The quote does not contain {number.written}.")
        if same and not any(_units_agree(number, other) for other in same):
            return Verdict(UNSUPPORTED, f"The quote gives {same[0].written}, not {number.written}.")
    return None


def _trivial(number: Quantity) -> bool:
    """"One" in running text is mostly not a count."""
    return number.written.lower() in {"one", "once"}


def _units_agree(number: Quantity, other: Quantity) -> bool:
    return not number.unit or not other.unit or number.unit == other.unit


def _names_disagree(sentence: str, quote: str, context: str) -> Verdict | None:
    there = set(re.findall(r"\w+", f"{quote} {context}".casefold()))
    stems = set(analyse(f"{quote} {context}"))
    for name in names(sentence):
        words = [word.removesuffix("’s").removesuffix("'s") for word in name.split()]
        missing = [w for w in words if w.casefold().strip(".") not in there and not set(analyse(w)) <= stems]
        if missing:
            return Verdict(UNSUPPORTED, f"The quote does not name {name}.")
    return None


def _denial_disagrees(sentence: str, quote: str) -> Verdict | None:
    """A content word that is denied on one side only, while both sides speak of it."""
    denied_here, denied_there = _denied_terms(sentence), _denied_terms(quote)
    both = set(analyse(sentence)) & set(analyse(quote))
    shared = (denied_here ^ denied_there) & both
    if not shared or bool(denied_here & both) == bool(denied_there & both):
        return None
    if denied_here & both:
        return Verdict(UNSUPPORTED, "The sentence denies what the quote says.")
    if len(shared) * 2 < len(both):
        return None  # the quote denies something beside the point as well
    return Verdict(UNSUPPORTED, "The quote denies what the sentence says.")


def _denied_terms(text: str) -> set[str]:
    return {term for words in denials(text) for term in analyse(" ".join(words))}


def _direction_disagrees(sentence: str, quote: str) -> Verdict | None:
    here = set(_WORDS.findall(sentence.casefold()))
    there = set(_WORDS.findall(quote.casefold()))
    for pair in _OPPOSITES:
        for said, opposite in (pair, pair[::-1]):
            if said in here and opposite not in here and opposite in there and said not in there:
                return Verdict(UNSUPPORTED, f"The quote says “{opposite}” where the sentence says “{said}”.")
    return None


def _by_coverage(sentence: str, quote: str, context: str, cosine: float | None) -> Verdict:
    share = coverage(sentence, quote, context)
    close = cosine if cosine is not None else 0.0
    if share >= COVERED or (share >= COVERED_IF_CLOSE and close >= CLOSE):
        return Verdict(SUPPORTED, "")
    if share >= HALF_COVERED or close >= NEAR:
        return Verdict(PARTLY, "The quote says only part of this.")
    return Verdict(UNSUPPORTED, "The quote speaks of something else.")
