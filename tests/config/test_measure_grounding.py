"""Measuring the check: the same seed makes the same sentences, and what is made is what its kind says."""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.grounding import faithful, falsified
from config.grounding.measuring import TRUE, cases, wilson
from config.grounding.rules import Pool
from config.grounding.sources import Statement, Text, of_folder

DICE = random.Random(3)
TEXTS = [
    Text(
        "travel",
        "Travel policy",
        "The hotel limit is €145 per night in Oslo. It was agreed with Jun Tanabe on 3 May 2024.",
    ),
    Text(
        "tank",
        "Tank rules",
        "Staff must not enter the tank before noon. All visitors are met by Hanna Quist at gate 4.",
    ),
]


def statement(text: str) -> Statement:
    return Statement("d", "Title", text, text, "en")


def said(kind: str, text: str) -> str:
    rules = faithful.RULES | {name: rule for name, (_, rule) in falsified.RULES.items()}
    made = rules[kind](statement(text), Pool((), ()), DICE)
    return made.sentence if made else ""


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number words", "Repairs take 30 days at most.", "Repairs take thirty days at most."),
        ("units spelt out", "About 10 % drift in a year.", "About 10 percent drift in a year."),
        ("thousands", "The site has 12,500 visitors.", "The site has"),
        ("moved clause", "In winter, the ferry leaves the bay at 9.", "The ferry leaves the bay at 9 in winter."),
        ("negated", "The gate is open at noon.", "The gate is not open at noon."),
        ("denial taken away", "Dogs are not allowed here.", "Dogs are allowed here."),
        ("numbers exchanged", "Pay 5 for a day or 20 for a week.", "Pay 20 for a day or 5 for a week."),
        ("only dropped", "It is issued only by the CFO.", "It is issued by the CFO."),
        ("number changed", "No figure stands in here.", ""),
    ],
)
def test_a_rule_changes_one_thing_or_does_not_apply(kind: str, text: str, expected: str) -> None:
    assert said(kind, text).startswith(expected)
    assert bool(said(kind, text)) == bool(expected)


def test_the_same_seed_makes_the_same_sentences() -> None:
    one, again = (cases(TEXTS, 10, seed=5) for _ in range(2))
    assert [(case.kind, case.told.sentence) for case in one] == [(case.kind, case.told.sentence) for case in again]
    assert {case.group for case in one} > {TRUE, "numbers", "negation"}
    assert all(case.told.sentence != case.statement.text for case in one if case.group != TRUE)


def test_intervals_are_wilsons() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_the_command_measures_a_folder_without_questions(tmp_path: Path) -> None:
    rows = [{"id": text.document, "title": text.title, "text": text.text} for text in TEXTS]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [text.document for text in of_folder(tmp_path)] == ["travel", "tank"]
    out = StringIO()
    call_command("measure_grounding", str(tmp_path), "--without-sample", "--json", stdout=out)
    found = json.loads(out.getvalue())
    totals = {row["group"]: row for row in found["rows"] if not row["kind"]}
    assert totals[TRUE]["alarms"] == 0
    assert totals["numbers"]["share"] == totals["dates"]["share"] == 1.0
    with pytest.raises(CommandError, match="holds no documents"):
        call_command("measure_grounding", str(tmp_path / "nowhere"), "--without-sample")
