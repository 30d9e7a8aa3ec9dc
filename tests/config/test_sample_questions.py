"""The sample questions are sound: every gold quote stands, word for word, in what the product reads."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from config.sample_company.company import FILES
from ingest.parsers import read_file
from knowledge.errors import UnreadableDocument

QUESTIONS = FILES.parent / "questions"
KINDS = {
    "plain_fact", "paraphrase", "table_number", "across_documents", "superseded", "conflicting", "follow_up",
    "unanswerable", "not_permitted",
}  # fmt: skip


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(QUESTIONS.glob("*.jsonl")) for line in path.read_text().splitlines()]


@cache
def words_of(document: str) -> str:
    """All a document says."""
    pages = [message for message in read_file(str(FILES / document), document) if "text" in message]
    return " ".join(plain(page["text"]) for page in pages)


def plain(text: str) -> str:
    """White space apart, and the bars between the cells of a table."""
    return " ".join(text.replace("|", " ").split())


def test_there_are_enough_of_every_kind_in_both_halves() -> None:
    asked = questions()
    assert len(asked) >= 120
    halves = Counter((question["kind"], question["half"]) for question in asked)
    assert {kind for kind, _ in halves} == KINDS
    assert all(halves[kind, "report"] >= 5 and halves[kind, "tune"] >= 5 for kind in KINDS)
    assert len({question["id"] for question in asked}) == len(asked)


def test_every_gold_quote_stands_in_its_document() -> None:
    missing = [
        (question["id"], gold["document"])
        for question in questions()
        for gold in question["gold"]
        if plain(gold["quote"]) not in words_of(gold["document"])
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("everyone/factory-evacuation-plan-scanned.pdf", "no_text"),
        ("everyone/works-council-agreement.pdf", "encrypted"),
    ],
)
def test_the_two_unreadable_samples_are_refused_in_words(document: str, code: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        list(read_file(str(FILES / document), document))
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
