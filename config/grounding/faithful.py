"""Ways to say a true sentence again that must raise no alarm."""

from __future__ import annotations

import random
import re

from config.grounding.rules import Pool, Rule, Told, changed, days_in, spliced
from config.grounding.sources import Statement
from config.grounding.wordlists import INTRODUCTIONS, REPHRASED, SPELT, SPELT_OUT, SPELT_TENS, SYNONYMS

_TAIL = re.compile(
    r" ?, (?:which|who|where|while|although|so that|because|such as|including|as well as|and|but) [^;:]*$"
)
_BRACKETS = re.compile(r" ?\([^()]*\)")
_FRONTED = re.compile(r"((?:In|On|At|During|After|Before|If|When|Since|For|From) [^,;:]{3,60}?) ?, ([^:;]*?) ?\.?$")
_LOOSE_FIGURE = re.compile(r"(?<![\d.,:/€$£#§–-])(?<!\w)(\d{1,2})(?= [a-zäöüñéà])")
_LIMITING = re.compile(r"\b(?:not|no|only|except|unless|never|but|however|n't)\b", re.IGNORECASE)


def _verbatim(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return Told(statement.text) if not statement.cells else None


def _letter_case(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return changed(statement, statement.text.lower())


def _typography(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    text = re.sub(r"(?<=\d)-(?=\d)", "–", statement.text.replace("'", "’").replace("``", "“").replace("’’", "”"))
    text = re.sub(r"\s+([,;:.)])", r"\1", text).replace("( ", "(")
    return changed(statement, re.sub(r"(\d) (?=[a-z€%])", "\\1\u00a0", text))


def _number_words(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    spelt = SPELT.get(statement.language, "").split()
    taken = [place for place, _, _ in days_in(statement.text)]
    for match in _LOOSE_FIGURE.finditer(statement.text):
        value, dated = int(match[1]), any(start <= match.start() < end for start, end in taken)
        word = spelt[value - 1] if 1 < value <= len(spelt) else SPELT_TENS.get(statement.language, {}).get(value)
        if word and not dated:
            return Told(spliced(statement.text, match.span(1), word))
    for position, word in enumerate(spelt[1:], start=2):
        if spelt_out := re.search(rf"\b{word}\b", statement.text):
            return Told(spliced(statement.text, spelt_out.span(), str(position)))
    return None


def _date_format(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for place, day, with_year in days_in(statement.text):
        if with_year:
            forms = [f"{day:%-d %B %Y}", f"{day:%Y-%m-%d}", f"{day:%B %-d, %Y}", f"{day:%d.%m.%Y}", f"{day:%-d %b %Y}"]
        else:
            forms = [f"{day:%-d %B}", f"{day:%B %-d}", f"the {day.day}th of {day:%B}" if 3 < day.day < 21 else ""]
        other = [form for form in forms if form and form != statement.text[slice(*place)]]
        return changed(statement, spliced(statement.text, place, dice.choice(other)))
    return None


def _thousands(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    if match := re.search(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,.]\d)", statement.text):
        plain = match.group().replace(",", "")
        new = plain if len(plain) < 5 or dice.random() < 0.5 else match.group().replace(",", "\u202f")
        return Told(spliced(statement.text, match.span(), new))
    long = re.search(r"(?<![\w.,-])\d{5,9}(?![\w.,-])", statement.text)
    return Told(spliced(statement.text, long.span(), f"{int(long.group()):,}")) if long else None


def _units_spelt(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for pattern, new in SPELT_OUT:
        if match := re.search(pattern, statement.text):
            return Told(spliced(statement.text, match.span(), match.expand(new)))
    return None


def _shortened(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """Without a clause that adds something, never without one that limits what is said."""
    for pattern in (_TAIL, _BRACKETS):
        match = pattern.search(statement.text.rstrip(". "))
        if match and not _LIMITING.search(match.group()):
            rest = (statement.text[: match.start()] + statement.text[match.end() :]).rstrip(" .") + "."
            if len(rest.split()) >= 6:
                return changed(statement, rest)
    return None


def _joined(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    if not statement.neighbour:
        return None
    link = dice.choice([", and ", "; ", ". "])
    return Told(f"{statement.text.rstrip(' .!')}{link}{statement.neighbour}")


def _two_documents(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    strangers = [s for s in pool.statements if s.document != statement.document and s.language == statement.language]
    strangers = [other for other in strangers if not other.cells]
    if statement.cells or not strangers:
        return None
    other = dice.choice(strangers)
    return Told(
        f"{statement.text.rstrip(' .!')}{dice.choice([', and ', '; ', ', while '])}{other.text}", (statement, other)
    )


def _moved(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    if match := _FRONTED.match(statement.text):
        first, rest = match[1], match[2]
        if len(rest.split()) >= 4 and not re.match(r"(?:and|or|but)\b", rest):
            return Told(f"{rest[0].upper()}{rest[1:]} {first[0].lower()}{first[1:]}.")
    return None


def _synonyms(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    text, swapped = statement.text, 0
    for word, other in dice.sample(SYNONYMS, len(SYNONYMS)):
        if match := re.search(rf"\b{word}\b", text):
            text, swapped = spliced(text, match.span(), other), swapped + 1
            if swapped == 2:
                break
    return changed(statement, text)


def _rephrased(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for pattern, new in REPHRASED:
        if match := re.search(pattern, statement.text):
            return changed(statement, spliced(statement.text, match.span(), match.expand(new)))
    return None


def _introduced(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    if statement.cells or statement.language != "en":
        return None
    text = statement.text
    if re.match(r"(?:The|A|An|In|It|If)\b", text):
        text = text[0].lower() + text[1:]
    return Told(dice.choice(INTRODUCTIONS).format(text))


def _passive(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """ "X was checked by Y" becomes "Y checked X", for verbs whose two forms are the same."""
    match = re.match(r"(.{8,80}?) (?:was|were) (\w+ed) by ([^,;:]{3,60}?) ?\.$", statement.text)
    if match is None or re.search(r"\b(?:which|that|who|and)\b", match[1]):
        return None
    return Told(f"{match[3][0].upper()}{match[3][1:]} {match[2]} {match[1][0].lower()}{match[1][1:]}.")


def _row_read(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    pairs = [(name, cell) for name, cell in zip(statement.header, statement.cells, strict=True) if name and cell]
    return Told("; ".join(f"{name}: {cell}" for name, cell in pairs)) if len(pairs) > 1 else None


def _cell_told(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    filled = [n for n in range(1, len(statement.cells)) if statement.cells[n] and statement.header[n]]
    if not filled or not statement.cells[0]:
        return None
    column = dice.choice(filled)
    return Told(f"For {statement.cells[0]}, the {statement.header[column].lower()} is {statement.cells[column]}.")


RULES: dict[str, Rule] = {
    "verbatim": _verbatim, "letter case": _letter_case, "typography": _typography, "number words": _number_words,
    "date format": _date_format, "thousands": _thousands, "units spelt out": _units_spelt, "shortened": _shortened,
    "two joined": _joined, "two documents": _two_documents, "moved clause": _moved, "synonyms": _synonyms,
    "rephrased": _rephrased,
    "introduced": _introduced, "active for passive": _passive,
}  # fmt: skip
ROW_RULES: dict[str, Rule] = {"row read out": _row_read, "cell told": _cell_told}
