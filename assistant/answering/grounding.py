"""Does this quote support this sentence? Pure: the same texts and the same closeness always get the same verdict.

First the facts must agree (figures and their units, dates, names, what is denied or limited, opposites); one that
disagrees makes a sentence unsupported however alike the wording is. Then enough of what the sentence says must be
said by the quote. ``context`` is what a reader sees around the quote (title, heading, table header): it may supply
names and words, but never outweighs the quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.claims.comparing import (
    Conflict,
    amounts_disagree,
    figures_disagree,
    names_disagree,
    opposites_disagree,
)
from assistant.claims.denying import denial_disagrees, limits_disagree
from assistant.claims.limiting import always_added, attribution_disagrees, conditions_disagree, has_condition
from assistant.claims.measures import measures_disagree
from assistant.claims.modality import modality_contradicted, modality_weakened
from assistant.claims.reading import DATE, NUMBER, WORD, Reading, language_of_words, read, subject_of
from assistant.claims.rivals import figure_of_another
from assistant.claims.rows import row_disagrees
from assistant.claims.verbatim import says_word_for_word

SUPPORTED, PARTLY, UNSUPPORTED = "supported", "partly", "unsupported"

COVERED = 0.6  # share of the sentence's content terms found in the quote or around it
COVERED_IF_CLOSE = 0.45  # enough when the meaning is close as well
HALF_COVERED = 0.3
CLOSE = 0.72  # cosine of sentence and quote
NEAR = 0.6
CERTAIN, DOUBTFUL = 0.8, 0.2  # probabilities of a model that judges
RELATED = 0.5  # cosine from which two subjects may be the same
_FEWEST_TERMS = 3  # of a clause that is asked for by itself
_JOINTS = re.compile(r"[;.!?,]\s+(?:(?:and|while|whereas|but|und|y|et)\s+)?|\s+(?:and|while|whereas|but|und|y|et)\s+")
_ROW_JOINTS = re.compile(r";\s+|,?\s+(?:and|while|whereas|but|und|y|et)\s+")
_LEAD_IN = re.compile(
    r"^(?:according to [^,]{1,80},|as (?:is )?(?:stated|described|noted|written)[^,]{0,60},|"
    r"(?:the|this) (?:document|policy|text|passage|handbook|manual|source|page|quote)s? "
    r"(?:also )?(?:says?|states?|notes?|explains?|adds?) that)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``standing`` is supported, partly or unsupported; ``reason`` says why in words, empty when supported.

    ``settled`` when facts or the very words decided, so that no model has anything to add.
    """

    standing: str
    reason: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A quote as it is read, and what stands around it; ``header`` and ``cells`` are those of a table row.

    ``beside`` are the sentences next to the quote. They support nothing, but show what other figures are said of.
    """

    quote: str
    context: str = ""
    document: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    beside: str = ""


Closeness = Callable[[str, str], float | None]  # cosine of two texts; None when it cannot be had


def judge(sentence: str, quote: str, context: str = "", closeness: Closeness | None = None) -> Verdict:
    """How a sentence stands to the quote offered for it."""
    return judge_all(sentence, [Source(quote, context)], closeness)


def judge_all(sentence: str, sources: Sequence[Source], closeness: Closeness | None = None) -> Verdict:
    """How a sentence stands to all the quotes offered for it.

    One that says it all is enough; otherwise they are taken together, and each must speak of what the sentence speaks
    of, so that nothing is said of one thing that stands there of another.
    """
    sources = [source for source in sources if source.quote.strip()]
    if not sources:
        return Verdict(UNSUPPORTED, "No passage was cited for this sentence.", settled=True)
    if any(says_word_for_word(sentence, source.quote) for source in sources):
        return Verdict(SUPPORTED, "", settled=True)
    sentence = _LEAD_IN.sub("", sentence)
    for source in sources:
        if source.header and (conflict := row_disagrees(sentence, source.header, source.cells)):
            return Verdict(UNSUPPORTED, conflict.reason, settled=True)
    language = language_of_words(" ".join((sentence, *(source.quote for source in sources))))
    said = read(sentence, language)
    if len(sources) > 1:
        if any(_judge_one(said, [source], None).standing == SUPPORTED for source in sources):
            return Verdict(SUPPORTED, "")
        if all(source.cells for source in sources):
            return _by_rows(said, sources)
    verdict = _judge_one(said, sources, closeness)
    return (verdict.standing == SUPPORTED and _mixed_up(said, sources)) or verdict


def _by_rows(said: Reading, rows: Sequence[Source]) -> Verdict:
    """Every part of the sentence is read from a row of its own: what stands in two rows is not said of one thing."""
    for part in _ROW_JOINTS.split(said.text):
        found = [_judge_one(read(part, said.language), [row], None) for row in rows]
        if not any(verdict.standing == SUPPORTED for verdict in found):
            return next((v for v in found if v.standing == UNSUPPORTED), found[0])
    return Verdict(SUPPORTED, "")


def _judge_one(said: Reading, sources: Sequence[Source], closeness: Closeness | None) -> Verdict:
    """Against quotes that are read as one."""
    quoted = read("\n\n".join(source.quote for source in sources), said.language)
    around = read(" / ".join(source.context for source in sources), said.language)
    is_row = any(source.cells for source in sources)
    conflict = _conflict(said, quoted, around, placed=not is_row)
    if conflict is None and not is_row and any(token.kind in {NUMBER, DATE} for token in said.tokens):
        beside = read("\n\n".join(source.beside for source in sources), said.language)
        conflict = figure_of_another(said, quoted, beside)
    if conflict:
        return Verdict(UNSUPPORTED, conflict.reason, settled=True)
    if always := always_added(said, quoted):
        standing = UNSUPPORTED if has_condition(quoted) else PARTLY
        return Verdict(standing, f"The sentence says “{always}”, the document does not.", settled=True)
    if conflict := _left_out(said, quoted) or measures_disagree(said, quoted, around):
        return Verdict(PARTLY, conflict.reason, settled=True)
    return _by_coverage(said, quoted, around, closeness)


def _mixed_up(said: Reading, sources: Sequence[Source]) -> Verdict | None:
    """Words of one document said of the subject of another: the sentence uses a quote without what it speaks of."""
    if len({source.document for source in sources}) < len(sources) or len(sources) == 1:
        return None
    language = said.language
    for part in _JOINTS.split(said.text):
        read_part = read(part, language)
        if len(_terms(read_part)) >= _FEWEST_TERMS and not any(
            _by_coverage(read_part, read(source.quote, language), read(source.context, language), None).standing
            == SUPPORTED
            for source in sources
        ):
            return Verdict(PARTLY, "Each document says a part of this, and none says it as a whole.")
    for source in sources:
        subject = subject_of(read(source.quote, language))
        if subject and not {token.key for token in subject} & said.keys:
            spoken_of = " ".join(token.written for token in subject)
            return Verdict(PARTLY, f"The document says this of “{spoken_of}”, which the sentence does not name.")
    return None


def reconsidered(verdict: Verdict, follows: float, contradicts: float) -> Verdict:
    """The verdict after a model has judged, which may not overrule facts and the very words. Probabilities, 0 to 1."""
    if verdict.settled:
        return verdict
    if contradicts >= CERTAIN:
        return Verdict(UNSUPPORTED, "Read closely, the document says the opposite.")
    if follows >= CERTAIN:
        return Verdict(SUPPORTED, "")
    if verdict.standing == SUPPORTED and follows < DOUBTFUL:
        return Verdict(PARTLY, "Read closely, the document does not clearly say this.")
    return verdict


def opposed(one: str, other: str) -> bool:
    """Whether one of two sentences denies what the other says, or says the opposite of it."""
    language = language_of_words(f"{one} {other}")
    first, second = read(one, language), read(other, language)
    return any((denial_disagrees(first, second), opposites_disagree(first, second), opposites_disagree(second, first)))


def coverage(sentence: str, quote: str, context: str = "") -> float:
    """Share of the sentence's distinct content terms that occur in the quote or its context; 1 when it has none."""
    language = language_of_words(f"{sentence} {quote}")
    return _share(read(sentence, language), read(quote, language), read(context, language))


def _conflict(said: Reading, quote: Reading, around: Reading, *, placed: bool) -> Conflict | None:
    return (
        figures_disagree(said, quote, around, placed=placed)
        or names_disagree(said, quote, around)
        or denial_disagrees(said, quote)
        or opposites_disagree(said, quote)
        or modality_contradicted(said, quote)
    )


def _left_out(said: Reading, quote: Reading) -> Conflict | None:
    """What makes the quote say less than the sentence, though nothing contradicts it."""
    return (
        amounts_disagree(said, quote)
        or limits_disagree(said, quote)
        or conditions_disagree(said, quote)
        or attribution_disagrees(said, quote)
        or modality_weakened(said, quote)
    )


def _share(said: Reading, quote: Reading, around: Reading) -> float:
    terms = _terms(said)
    return len(terms & (quote.keys | around.keys)) / len(terms) if terms else 1.0


def _terms(reading: Reading) -> set[str]:
    """Content words; figures and dates have been compared as such."""
    return {token.key for token in reading.tokens if token.kind == WORD and not token.common}


def _by_coverage(said: Reading, quote: Reading, around: Reading, closeness: Closeness | None) -> Verdict:
    known = quote.keys | around.keys
    share = _share(said, quote, around)
    subject = subject_of(said)
    stranger = bool(subject) and not any(token.key in known for token in subject)
    if share >= COVERED and not stranger:
        return Verdict(SUPPORTED, "")
    spoken_of = " ".join(token.written for token in subject)
    if stranger and share >= COVERED:
        theirs = " ".join(token.written for token in subject_of(quote))
        if _close(closeness, spoken_of, theirs) >= RELATED:
            return Verdict(SUPPORTED, "")
        return Verdict(PARTLY, f"The document does not say this of “{spoken_of}”.")
    near = _close(closeness, said.text, quote.text)
    if share >= COVERED_IF_CLOSE and near >= CLOSE and not stranger:
        return Verdict(SUPPORTED, "")
    if share >= HALF_COVERED or near >= NEAR:
        return Verdict(PARTLY, "The document says only part of this.")
    return Verdict(UNSUPPORTED, "The quoted words speak of something else.")


def _close(closeness: Closeness | None, one: str, other: str) -> float:
    found = closeness(one, other) if closeness and one and other else None
    return found if found is not None else 0.0
