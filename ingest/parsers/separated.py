"""Files of separated values, as spreadsheet programs of all countries write them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.charsets import decode
from ingest.parsers.cleaning import clean_text
from ingest.parsers.kinds import CSV, TSV
from ingest.parsers.sheets import Row, rows_to_text

_SEPARATORS = ";\t,|"  # of equals the first
_SAMPLE_ROWS = 50
_CONSISTENT = 0.9  # of the rows have the same number of cells
_CELL_LINES = 500  # no cell is longer: then its quote was never meant to open one
_CELL_CHARACTERS = 2**31 - 1
# Spreadsheet programs take the separator from such a first line and do not show it. A tab at its end is cleaned away.
_STATED = re.compile(r'sep=([^\w"\n]?)(?:\n|$)', re.IGNORECASE)
# A decimal comma or one in prose, where another separator is at hand.
_COMMA_OF_WORDS = re.compile(r"(?<=\d),(?=\d)|,(?= )")


class SeparatedParser:
    media_types = frozenset({CSV, TSV})

    def parse(self, path: Path) -> ParsedDocument:
        text = clean_text(decode(path.read_bytes()))
        stated = _STATED.match(text)
        text = text[stated.end() :] if stated else text
        delimiter = (stated[1] or "\t") if stated else delimiter_of(text)
        csv.field_size_limit(_CELL_CHARACTERS)  # the file is not larger, and the memory of the process is limited
        return ParsedDocument(1, [ParsedPage(1, "text", clean_text(rows_to_text(split_rows(text, delimiter))))])


def delimiter_of(text: str) -> str:
    """The separator that splits the first rows into the same number of cells, the most of them."""
    head = "".join(f"{line}\n" for line in islice(text.split("\n"), 2 * _CELL_LINES))
    fits = {mark: _fit(head, mark) for mark in _SEPARATORS}
    if max(fits[";"], fits["\t"])[0]:
        fits[","] = _fit(_COMMA_OF_WORDS.sub("", head), ",")
    best = max(_SEPARATORS, key=fits.__getitem__)
    return best if fits[best] > _NO_FIT else ","


_Fit = tuple[bool, float, int]
_NO_FIT: _Fit = (False, 0.0, 0)


def _fit(text: str, mark: str) -> _Fit:
    """Whether most rows have the same number of cells; how many have, when not; that number."""
    widths = Counter(len(row) for row in islice(filter(None, split_rows(text, mark)), _SAMPLE_ROWS))
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return _NO_FIT
    width = max(several, key=lambda one: (several[one], one))
    share = several[width] / widths.total()
    return (True, 1.0, width) if share >= _CONSISTENT else (False, share, width)


def split_rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows; a quote that is never closed as one is a character of its cell, and folds no other rows into it."""
    lines = text.split("\n")
    position = start = 0

    def following() -> Iterator[str]:
        nonlocal position
        while position < min(len(lines), start + _CELL_LINES):
            position += 1
            yield lines[position - 1] + "\n"

    while start < len(lines):
        position = start
        reader = csv.reader(following(), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                start = position
                yield row
        except csv.Error:
            yield _as_it_stands(lines[start], delimiter)
            start += 1


def _as_it_stands(line: str, delimiter: str) -> Sequence[str]:
    """A line that does not keep to the rules of quotes."""
    quoting: Literal[0, 3] = csv.QUOTE_NONE if line.count('"') % 2 else csv.QUOTE_MINIMAL
    return next(csv.reader([line], delimiter=delimiter, quoting=quoting), [])
