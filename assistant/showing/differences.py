"""Where the documents behind an answer disagree, told to a person.

Each side stands in a footnote, so it is shown and withheld with the answer. Which document is newer and which is in
force is said as it is known at the moment of looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.models import Answer
from assistant.showing.footnotes import FootnoteView

_HEADS = {
    "figures": "Documents disagree about this",
    "dates": "Documents disagree about this",
    "denial": "Documents contradict each other about this",
}
_SCOPED = "Another rule says otherwise"


@dataclass(frozen=True, slots=True)
class SideView:
    """What one document says (``said`` is "" when it cannot be put in figures), with its footnote."""

    said: str
    footnote: FootnoteView


@dataclass(frozen=True, slots=True)
class DisagreementView:
    title: str
    sides: tuple[SideView, ...]
    verdict: str


def disagreement_views(answer: Answer, footnotes: Mapping[int, FootnoteView]) -> tuple[DisagreementView, ...]:
    """The caller has checked that this person may see the footnotes."""
    views = []
    for one in answer.disagreements:
        sides = tuple(
            SideView(side["said"], footnotes[side["citation"]])
            for side in one["sides"]
            if side["citation"] in footnotes
        )
        if len(sides) > 1:
            title = _SCOPED if one.get("scoped") else _HEADS[one["kind"]]
            views.append(DisagreementView(title, sides, verdict([side.footnote for side in sides])))
    return tuple(views)


def verdict(footnotes: Sequence[FootnoteView]) -> str:
    """Which of them is in force and which is newer, as far as it is known."""
    holding = [fn for fn in footnotes if fn.holds]
    if len(holding) == 1:
        return f"Only “{holding[0].document_title}” is in force."
    if not holding:
        return "None of them is in force today."
    said = "All of them are" if len(holding) > 2 else "Both are"
    dated = [fn for fn in holding if fn.effective is not None]
    if len(dated) == len(holding):
        newest = max(dated, key=lambda fn: fn.effective or fn.dated)
        if all(fn is newest or fn.effective != newest.effective for fn in dated):
            return f"{said} in force; “{newest.document_title}” is the newer, since {newest.effective:%-d %B %Y}."
        return f"{said} in force since the same day. {_whom(holding)}"
    if len(dated) == 1:
        only = dated[0]
        return (
            f"{said} kept as in force. Only “{only.document_title}” says since when, {only.effective:%-d %B %Y}. "
            f"{_whom(holding)}"
        )
    return f"{said} kept as in force, and nothing says since when. {_whom(holding)}"


def _whom(footnotes: Sequence[FootnoteView]) -> str:
    owners = list(dict.fromkeys(fn.owner for fn in footnotes if fn.owner))
    return f"Ask {' or '.join(owners)} which holds." if owners else ""
