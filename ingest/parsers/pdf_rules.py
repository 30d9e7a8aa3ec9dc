"""The rules drawn on a PDF page, and which of them lie one below the other as those of a table do."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

TOUCHING = 3.0  # points between two strokes of one rule
SAME_RULE = 2.5  # points between the two edges of a thin bar, or two lines drawn as one
FEWEST_RULES = 3
_STRAIGHT = 1.0  # points that a rule may lean
_SAME_SIDE = 6.0  # points that rules of one table may begin or end apart
_SHORTEST = 24.0  # points
_MOST_STROKES = 20_000  # a page with more is a drawing
_MOST_RULES = 500  # so is one with more of these


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: where it lies, and from where to where it runs, in points."""

    at: float
    start: float
    end: float


def rules(page: pdfium.PdfPage) -> tuple[list[Rule], list[Rule]]:
    """(level, upright) rules of the page, pieces of one rule joined."""
    level: list[Rule] = []
    upright: list[Rule] = []
    for count, (x0, y0, x1, y1) in enumerate(_strokes(page)):
        if count > _MOST_STROKES:
            return [], []
        if abs(y1 - y0) <= _STRAIGHT < abs(x1 - x0):
            level.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _STRAIGHT < abs(y1 - y0):
            upright.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    long = [rule for rule in _joined(level) if rule.end - rule.start >= _SHORTEST]
    return (long, _joined(upright)) if len(long) <= _MOST_RULES else ([], [])


def _strokes(page: pdfium.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """The straight pieces of everything drawn, in page coordinates."""
    for shape in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=1):
        matrix = shape.get_matrix()
        first = last = (0.0, 0.0)
        for number in range(pdfium_c.FPDFPath_CountSegments(shape)):
            segment = pdfium_c.FPDFPath_GetPathSegment(shape, number)
            x, y = ctypes.c_float(), ctypes.c_float()
            if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
                continue
            here = matrix.on_point(x.value, y.value)
            kind = pdfium_c.FPDFPathSegment_GetType(segment)
            if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
                first = here
            elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
                yield (*last, *here)
            else:
                yield (*here, *here)  # a curve is no rule, and counts all the same
            if pdfium_c.FPDFPathSegment_GetClose(segment):
                yield (*here, *first)
            last = here


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Rules by place, with those joined that lie on one line and touch."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if lines and rule.at - lines[-1][0].at <= SAME_RULE:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    found = []
    for line in lines:
        run: list[Rule] = []
        for rule in sorted(line, key=lambda rule: rule.start):
            if run and rule.start - run[-1].end <= TOUCHING:
                run[-1] = Rule(run[-1].at, run[-1].start, max(run[-1].end, rule.end))
            else:
                run.append(Rule(line[0].at, rule.start, rule.end))
        found += run
    return found


def stacks(level: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules of one width, from the top down; with them shorter ones between, which part some of the cells."""
    left = sorted(level, key=lambda rule: (rule.start - rule.end, -rule.at))  # the widest first
    while left:
        widest = left[0]
        alike = [rule for rule in left if _same_sides(rule, widest)]
        left = [rule for rule in left if rule not in alike]
        if len(alike) < FEWEST_RULES:
            continue
        top, bottom = max(rule.at for rule in alike), min(rule.at for rule in alike)
        within = [
            rule
            for rule in left
            if bottom < rule.at < top
            and rule.start >= widest.start - _SAME_SIDE
            and rule.end <= widest.end + _SAME_SIDE
        ]
        left = [rule for rule in left if rule not in within]
        parting = [rule for rule in within if rule.end - rule.start >= (widest.end - widest.start) / 2]
        yield sorted([*alike, *parting], key=lambda rule: -rule.at)


def _same_sides(one: Rule, other: Rule) -> bool:
    return abs(one.start - other.start) <= _SAME_SIDE and abs(one.end - other.end) <= _SAME_SIDE
