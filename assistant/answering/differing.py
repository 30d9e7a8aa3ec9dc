"""Where the documents behind an answer disagree: looked for when the answer is there."""

from __future__ import annotations

from assistant.answering.disagreement import Disagreement, disagreements
from assistant.models import Answer
from assistant.selection.choosing import Material
from assistant.selection.gathering import WITHOUT_MODEL
from assistant.selection.vectors import similarity


def find_disagreements(material: Material, answer: Answer) -> list[Disagreement]:
    """What visible passages say against what this answer cites."""
    starts = {item.passage_id: item.start for item in material.evidence}
    rows = answer.citations.order_by("number").values_list("passage_id", "start", "end")
    cited = [(pk, start - starts[pk], end - starts[pk]) for pk, start, end in rows if pk in starts]
    return disagreements(material, cited, None if answer.degraded == WITHOUT_MODEL else similarity)
