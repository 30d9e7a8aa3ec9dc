"""A text as a row of tokens: words by their stems, figures with their units, dates. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from assistant.claims.counted import (
    ADVERBS,
    COUNTS,
    GLYPHS,
    MONTHS,
    ORDINALS,
    PARTS,
    PERIODS,
    SCALES,
    SORTS,
    TERSE,
    TIMES,
    UNITS,
)
from assistant.claims.lexicon import BOUNDS, DENYING, OPENERS, UNSURE, VERBS
from assistant.claims.times import bare_months, clocks, weekdays
from knowledge.lexical import analyse
from knowledge.stopwords import STOP_WORDS

LONGEST_SUBJECT = 12  # tokens
WORD, NUMBER, ORDINAL, DATE, PERIOD = "word", "number", "ordinal", "date", "period"
WEEKDAY, CLOCK = "weekday", "clock"
_KNOWN = ("en", "de", "es", "fr", "ru")
_CYRILLIC = re.compile("[а-яё]")
# By these words a language is told.
TELLING = {code: STOP_WORDS[code] | DENYING[code] | VERBS[code] for code in _KNOWN}
_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DATES = (
    re.compile(r"(?<![\w-])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\w-])"),
    re.compile(r"(?<![\w./])(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})(?![\w/])"),
    re.compile(r"(?<![\w./])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?![\w/])"),
    re.compile(
        rf"(?<![\w.])(?P<d>\d{{1,2}})(?:st|nd|rd|th|º|er|\.)?\s+(?:of |de )?(?P<name>{_MONTH})\b\.?"
        rf"(?:,?\s+(?:de |del )?(?P<y>\d{{4}})(?!\w))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.:]\d|\w)"
        rf"(?:\s?,?\s+(?P<y>\d{{4}})(?!\w))?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\b\.?,?\s+(?:of |de )?(?P<y>\d{{4}})(?!\w)", re.IGNORECASE),
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MONEY = r"(?:€|\$|£|¥|₹|₽|US\$|\b(?:eur|usd|gbp|chf|jpy|inr|cny)\b)"
_SORT = r"(?:(?P<sort>working|calendar|business|full|paid|consecutive|рабочих|календарных)\s)?"
_SORT_BEHIND = r"(?:\s(?P<behind>hábiles|laborables|naturales|ouvrables|ouvrés|calendaires))?"
_FIGURE = r"(?<![\w.,])[-−+]?(?:\d{1,3}(?:[,.'’\u202f\u00a0 ]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?|\.\d+)"
_NUMBER = re.compile(
    rf"(?P<money>{_MONEY}\s?)?(?P<figure>{_FIGURE})(?:\s?(?P<scale>{'|'.join(SCALES)}|k|bn|m(?=\b))\b)?"
    rf"(?P<th>(?:st|nd|rd|th)\b)?"
    rf"(?:[\s\u00a0-]{{0,3}}{_SORT}(?P<unit>{_UNIT})(?![\w²³]){_SORT_BEHIND})?",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(rf"[\s-]{{0,3}}{_SORT}(?P<unit>{_UNIT})(?![\w²³]){_SORT_BEHIND}", re.I)
# A blank line ends a sentence too: so are quotes parted that are read as one.
_MONTHS_OF_A_YEAR = 12
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*|[;:.!?,()]|\n(?=\s*\n)")
_PERIODICAL = sorted((word for word, unit in UNITS.items() if unit in PERIODS and len(word) > 3), key=len, reverse=True)
_PERIOD = re.compile(
    rf"\b(?:(?P<times>{'|'.join(TIMES)}|(?:\d{{1,2}}|two|three|four|five|six) times)\s+)?"
    rf"(?P<by>per|a|an|each|every|pro|je|jede[nrs]?|im|por|cada|al|a la|par|chaque|в|каждый)\s"
    rf"(?P<unit>{'|'.join(_PERIODICAL)}|day|tag|año|mes|día|mois|an|jour|год)\b",
    re.IGNORECASE,
)
_VAGUE = frozenset({"a", "an", "im", "в", "al"})  # a period behind something counted, and often none
_FOR_EACH = frozenset({"per", "pro", "por", "par"})
_ADVERB = re.compile(rf"\b(?:{'|'.join(ADVERBS)})\b", re.IGNORECASE)
_GLYPH = re.compile(rf"(?P<whole>\d{{1,3}})?\s?(?P<part>[{''.join(GLYPHS)}])")
_ENDS_CLAUSE = frozenset(";:.!?,()\n")
_ENDS_SENTENCE = frozenset(".!?\n")
_LEADS_IN = _ENDS_SENTENCE | {":"}


@dataclass(frozen=True, slots=True)
class Token:
    """``key`` compares words; ``values`` are all readings of a figure ("1.200" is 1200 or 1.2); ``day`` is
    (year, month, day) with 0 for what is not given, ``swapped`` where day and month may
    also stand the other way round (05/03/2025), ``sort`` the kind of unit ("working" days). ``leads`` is true of the
    first word of a sentence."""

    kind: str
    written: str
    key: str
    values: frozenset[Decimal] = frozenset()
    unit: str = ""
    sort: str = ""
    day: tuple[int, int, int] = (0, 0, 0)
    swapped: bool = False
    capital: bool = False
    leads: bool = False
    common: bool = False
    clause: int = 0
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a text in order, and the language it was read in."""

    text: str
    tokens: tuple[Token, ...]
    language: str
    keys: frozenset[str] = field(default=frozenset())


def language_of_words(text: str) -> str:
    """The language most of whose function words, denials and plain verbs occur; UNSURE when none or two do alike.

    Cyrillic script is read as Russian, whatever the words.
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if 2 * sum(bool(_CYRILLIC.match(word)) for word in words) > len(words):
        return "ru"
    counts = {code: sum(word in TELLING[code] for word in words) for code in _KNOWN}
    best, second = sorted(_KNOWN, key=lambda code: counts[code], reverse=True)[:2]
    return best if counts[best] > counts[second] else UNSURE


def with_phrases_as_words(text: str) -> str:
    for pattern, word in BOUNDS:
        text = pattern.sub(word, text)
    return text


@lru_cache(maxsize=512)
def read(text: str, language: str) -> Reading:
    plain = text.replace("’", "'").replace("``", '"').replace("\u00a0", " ").replace("|", " ; ")
    plain = re.sub(r"(\w) n't\b", r"\1n't", plain).replace("*", "")
    tokens = tuple(_numbered(_placed(with_phrases_as_words(plain), language)))
    return Reading(text, tokens, language, frozenset(token.key for token in tokens))


def subject_of(reading: Reading) -> list[Token]:
    """Content words that a sentence begins with, up to its first plain verb, or the first two; empty for a pronoun."""
    begin = reading.tokens[:LONGEST_SUBJECT]
    verb = next((n for n, token in enumerate(begin) if token.written.lower() in VERBS[reading.language]), None)
    content = [
        t
        for t in (begin if verb is None else begin[:verb])
        if t.kind == WORD and not t.common and t.written.lower() not in OPENERS
    ]
    return content[:2] if verb is None else content


def _numbered(tokens: Iterator[Token | str]) -> Iterator[Token]:
    """Gives every token the numbers of its clause and its sentence, which the marks in the row end."""
    clause = sentence = 0
    for token in tokens:
        if isinstance(token, str):
            clause += 1
            sentence += token in _ENDS_SENTENCE
        else:
            yield replace(token, clause=clause, sentence=sentence)


def _placed(text: str, language: str) -> Iterator[Token | str]:
    special = _specials(text, language)
    position, leads = 0, True
    for start, end, token in [*special, (len(text), len(text), None)]:
        for match in _TOKEN.finditer(text, position, start):
            mark = match.group()
            if mark in _ENDS_CLAUSE:
                yield mark
                leads = mark in _LEADS_IN
            else:
                yield _word(mark, language, leads)
                leads = False
        if token is not None:
            yield token
            leads = False
        position = max(position, end)


def _word(written: str, language: str, leads: bool) -> Token:
    folded = written.casefold().removesuffix("'s").rstrip("'")
    stems = analyse(folded, language or "en")
    common = not stems and folded not in DENYING.get(language, ())
    key = _unaccented(stems[0] if len(stems) == 1 else folded)
    return Token(WORD, written.removesuffix("'s"), key, capital=written[0].isupper(), leads=leads, common=common)


def _unaccented(word: str) -> str:
    """Names are written with and without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _specials(text: str, language: str) -> list[tuple[int, int, Token]]:
    """Dates, figures and counted words with their places, in order, none inside another."""
    found: list[tuple[int, int, Token]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if (token := _date(match)) and _free(found, match.start(), match.end()):
                found.append((match.start(), match.end(), token))
    found += [item for item in _times(text, language) if _free(found, item[0], item[1])]
    for match in (match for pattern in (_PERIOD, _ADVERB) for match in pattern.finditer(text)):
        if (token := _period(match)) and _free(found, match.start(), match.end()):
            found.append((match.start(), match.end(), token))
    found += [item for item in _parts_of_wholes(text) if _free(found, item[0], item[1])]
    for match in _NUMBER.finditer(text):
        if _free(found, match.start("figure"), match.end("figure")):
            found.append(_number(match))
    found += [item for item in _counted(text, language) if _free(found, item[0], item[1])]
    return sorted(found, key=lambda item: item[0])


def _times(text: str, language: str) -> Iterator[tuple[int, int, Token]]:
    taken: list[tuple[int, int, Token]] = []
    for kind, places in ((CLOCK, clocks(text)), (WEEKDAY, weekdays(text))):
        for start, end, value in places:
            if _free(taken, start, end):
                taken.append((start, end, Token(kind, text[start:end], "", frozenset({Decimal(value)}))))
    months = bare_months(text, language)
    return iter(taken + [(start, end, Token(DATE, text[start:end], "", day=(0, n, 0))) for start, end, n in months])


def _free(found: list[tuple[int, int, Token]], start: int, end: int) -> bool:
    return not any(begin < end and start < stop for begin, stop, _ in found)


def _date(match: re.Match[str]) -> Token | None:
    parts = match.groupdict()
    month = MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
    day = int(parts.get("d") or 0)
    if not 1 <= month <= _MONTHS_OF_A_YEAR or day > 31:
        return None
    swapped = "/" in match.group() and 1 <= day <= _MONTHS_OF_A_YEAR
    return Token(DATE, match.group().strip(" ,."), "", day=(int(parts.get("y") or 0), month, day), swapped=swapped)


def _period(match: re.Match[str]) -> Token | None:
    """ "Per month", "twice a week", "daily": so often, or for each."""
    if "by" not in match.re.groupindex:
        return Token(PERIOD, match.group(), "", frozenset({Decimal(1)}), ADVERBS[match.group().lower()])
    unit, by, times = UNITS[match["unit"].lower()], match["by"].lower(), (match["times"] or "").lower()
    before = re.split(r"[\s-]+", match.string[: match.start()].strip())[-1].lower()
    counted = times or before in UNITS or before[-1:].isdigit()
    if (by in {"a", "an", "im", "в", "al"} and not counted) or (
        unit == "people" and by not in {"per", "pro", "por", "par"}
    ):
        return None
    number = re.match(r"\w+(?= times)", times)
    spelt = COUNTS["en"].get(number.group(), number.group()) if number else TIMES.get(times, 1)
    return Token(PERIOD, match.group(), "", frozenset({Decimal(spelt)}), unit)


def _parts_of_wholes(text: str) -> Iterator[tuple[int, int, Token]]:
    """ "Half of the staff" in percent, and "1½" as the number it is."""
    for pattern, percent in PARTS:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), Token(NUMBER, match.group(), "", frozenset({percent}), "%")
    for match in _GLYPH.finditer(text):
        value = Decimal(match["whole"] or 0) + Decimal(GLYPHS[match["part"]])
        yield match.start(), match.end(), Token(NUMBER, match.group(), "", frozenset({value.normalize()}))


def _number(match: re.Match[str]) -> tuple[int, int, Token]:
    values = _values(match["figure"])
    unit, scale, end = match["unit"] or "", (match["scale"] or "").lower(), match.end()
    if scale in {"m", "k", "bn"}:
        if match["money"]:
            values = frozenset(value * {"m": 10**6, "k": 1000, "bn": 10**9}[scale] for value in values)
        elif scale == "m" and not unit:
            unit = "m"
        else:
            end = match.end("figure")
    elif scale:
        values = frozenset(value * SCALES[scale] for value in values)
    if unit.lower() in TERSE and not re.search(
        r"\d\s?$", match.string[: match.start("unit")] if match["unit"] else "1"
    ):
        unit, end = "", match.end("figure")
    if unit == "a":  # "5 A" is a current, "5 a day" is not
        unit, end = "", match.end("figure")
    money = UNITS.get((match["money"] or "").strip().lower(), "")
    kind = ORDINAL if match["th"] else NUMBER
    known = money or UNITS.get(unit.lower(), "")
    start = match.start() if match["money"] else match.start("figure")
    return start, end, Token(kind, match.string[start:end].strip(), "", values, known, _sort(match))


def _sort(match: re.Match[str] | None) -> str:
    """The kind of unit that is counted, told by a word before, behind or in the unit."""
    words = (match[name] for name in ("sort", "behind", "unit")) if match else ()
    return next((SORTS[word.lower()] for word in words if word and word.lower() in SORTS), "")


def _values(figure: str) -> frozenset[Decimal]:
    """Every way to read a figure: "1.200" is 1200 or 1.2, "1,234.5" only the one."""
    bare = figure.lstrip("+").replace("−", "-")
    whole_thousands = re.fullmatch(r"-?[1-9]\d{0,2}[.,]000", bare)  # nobody writes 1 as "1,000"
    found = {bare.replace(",", ".")} if bare.count(",") + bare.count(".") <= 1 and not whole_thousands else set()
    if re.fullmatch(r"-?\d{1,3}(?:[,.'’\s]\d{3})+", bare):
        found.add(re.sub(r"[,.'’\s]", "", bare))
    elif parts := re.fullmatch(r"(-?\d{1,3}(?:[,.'’\s]\d{3})+)[.,](\d{1,2})", bare):
        whole = re.sub(r"[,.'’\s]", "", parts[1])
        found.add(f"{whole}.{parts[2]}")
    readings = {value for text in found if re.fullmatch(r"-?\d*\.?\d+", value := re.sub(r"\s", "", text))}
    return frozenset(Decimal(value).normalize() for value in readings)


def _counted(text: str, language: str) -> Iterator[tuple[int, int, Token]]:
    """Numbers and ordinals in words: "twenty-five", "two hundred", "third"."""
    counts = {**COUNTS["en"], **COUNTS.get(language, {})}
    total, scale, start, end = 0, 1, -1, -1
    for match in re.finditer(r"[^\W\d_]+(?:-(?:dix|huit|sept|neuf|vingts?))*", text):
        word = match.group().lower()
        if start >= 0 and (match.start() - end > 1 or (word not in counts and word not in SCALES)):
            yield _spelt(text, start, end, total * scale)
            total, scale, start = 0, 1, -1
        if word in counts:
            start = match.start() if start < 0 else start
            total, end = total + counts[word], match.end()
        elif word in SCALES and start >= 0:
            scale, end = scale * SCALES[word], match.end()
        elif (word in ORDINALS and word != "second") or (
            word == "second" and not text[: match.start()].rstrip()[-1:].isdigit()
        ):
            yield match.start(), match.end(), Token(ORDINAL, match.group(), "", frozenset({Decimal(ORDINALS[word])}))
    if start >= 0:
        yield _spelt(text, start, end, total * scale)


def _spelt(text: str, start: int, end: int, value: int) -> tuple[int, int, Token]:
    after = _AFTER_WORD.match(text, end)
    unit = after["unit"].lower() if after and after["unit"].lower() not in TERSE else ""
    stop = after.end() if after and unit else end
    return (
        start,
        stop,
        Token(NUMBER, text[start:stop], "", frozenset({Decimal(value)}), UNITS.get(unit, ""), _sort(after)),
    )
