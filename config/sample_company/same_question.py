"""The labelled questions that matching of verified answers is measured on, and the measuring.

They come in two parts, split by what they ask: the rules were made with the first before their eyes and not the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from assistant.selection.vectors import vectors_of
from assistant.verified.matching import best
from assistant.verified.sameness import Known

FILE = Path(__file__).parent / "questions" / "same_question.txt"


@dataclass(slots=True)
class Asked:
    """A question with the words that answer it, other ways to ask it, and questions that only look like it."""

    question: str
    answer: str = ""
    same: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """``wrong`` and ``missed`` list the pairs (asked, answered question) that went wrong."""

    questions: int
    same: int
    near: int
    right: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        shown = self.right + len(self.wrong)
        return self.right / shown if shown else None

    @property
    def recall(self) -> float:
        return self.right / self.same if self.same else 0.0


def labelled(half: str, path: Path = FILE) -> list[Asked]:
    """Those of one half, "tune" or "report", or of both for "all"."""
    found: dict[str, list[Asked]] = {}
    for line in path.read_text().splitlines():
        mark, text = line[:1], line[2:].strip()
        if mark == "[":
            part = found.setdefault(line.strip("[] "), [])
        elif mark == "?":
            part.append(Asked(text))
        elif mark == ":":
            part[-1].answer = text
        elif mark == "=":
            part[-1].same.append(text)
        elif mark == "!":
            part[-1].near.append(text)
    return [one for name, part in found.items() if half in {name, "all"} for one in part]


def measure(questions: list[Asked]) -> Figures:
    """Every wording and every near miss against all these questions at once, as if each had a verified answer."""
    known = [Known(one.question, one.answer) for one in questions]
    table = vectors_of([one.question for one in questions])
    figures = Figures(len(questions), sum(len(q.same) for q in questions), sum(len(q.near) for q in questions))
    for place, one in enumerate(questions):
        for text, wanted in [*((text, place) for text in one.same), *((text, None) for text in one.near)]:
            found = best(text, (table @ vectors_of([text])[0]).tolist(), known)
            if found is not None and found == wanted:
                figures.right += 1
            elif found is not None:
                figures.wrong.append((text, known[found].question))
            if wanted is not None and found != wanted:
                figures.missed.append((text, one.question))
    return figures
