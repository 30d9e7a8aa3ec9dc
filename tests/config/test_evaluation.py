"""Measuring a folder: what is read, how it is counted, and the whole command on a small set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.evaluation.alignment import find_words, offsets_in
from config.evaluation.datasets import DatasetRefused, Said, read_dataset
from config.evaluation.measures import ndcg, overlap, recall, right_place
from ingest.parsers.cleaning import clean_text

ROOT = Path(__file__).resolve().parents[2]
CORPUS = [
    {"id": "tides", "title": "Tides", "text": "High water in the bay is at 6:40.\r\n\r\n\ufeffLow water at 12:50. "},
    {"id": "boats/1", "title": "Boats", "text": "The Heron carries nine people. The Tern carries four people."},
    {"id": "empty", "title": "Nothing", "text": ""},
]
QUESTIONS = [
    {
        "id": "q1",
        "question": "How many people does the Heron carry?",
        "gold_spans": [{"doc_id": "boats/1", "start": 0, "end": 30, "text": "The Heron carries nine people."}],
        "kind": "fact",
    },
    {
        "id": "q2",
        "question": "And the Tern?",
        "history": [
            {"role": "user", "text": "How many people does the Heron carry?"},
            {"role": "agent", "text": "Nine people."},
        ],
        "gold_doc_ids": ["boats/1"],
        "kind": "follow_up",
    },
    {"id": "q3", "question": "Who painted the lighthouse at Corran?", "answerable": False, "kind": "unanswerable"},
]


def written(folder: Path, corpus: list[dict[str, object]], questions: list[dict[str, object]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus", corpus), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_a_set_is_read_with_its_turns_and_kinds(tmp_path: Path) -> None:
    dataset = read_dataset(written(tmp_path, CORPUS, QUESTIONS))
    assert [question.kind for question in dataset.questions] == ["fact", "follow_up", "unanswerable"]
    assert dataset.questions[1].earlier == (Said("How many people does the Heron carry?", "Nine people."),)
    assert dataset.questions[0].gold_documents == ("boats/1",)
    assert [question.answerable for question in dataset.questions] == [True, True, False]
    assert [question.id for question in read_dataset(tmp_path, limit=2).questions] == ["q1", "q2"]


@pytest.mark.parametrize(
    ("corpus", "questions", "why"),
    [
        ([{"id": "a"}], QUESTIONS, "corpus.jsonl, line 1 needs an id and a text"),
        ([CORPUS[1], CORPUS[1]], QUESTIONS, "line 2 repeats the id boats/1"),
        (CORPUS, [{"id": "q"}], "questions.jsonl, line 1 has no question"),
        (CORPUS, [], "holds no questions"),
        (CORPUS, [{"question": "Why?", "gold_spans": [{"start": 1}]}], "without doc_id"),
    ],
)
def test_a_set_that_cannot_be_measured_is_refused_by_line(
    tmp_path: Path, corpus: list[dict[str, object]], questions: list[dict[str, object]], why: str
) -> None:
    with pytest.raises(DatasetRefused, match=why):
        read_dataset(written(tmp_path, corpus, questions))


def test_ranks_are_counted_as_the_papers_define_them() -> None:
    assert ndcg(["a", "b", "c"], ["b"]) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["a", "b"], ["a", "b"]) == 1.0
    assert recall(["a", "b", "c"], ["c", "d"], 3) == 0.5
    assert recall(["a", "b", "c"], ["c", "d"], 2) == 0.0


def test_characters_are_counted_once_in_recall_and_each_time_in_precision() -> None:
    found = overlap([("d", 0, 10), ("d", 5, 15), ("e", 0, 10)], [("d", 0, 20)])
    assert found.recall == 15 / 20
    assert found.precision == 20 / 30
    assert found.iou == 15 / 30


def test_a_quote_is_right_when_it_shares_half_of_the_shorter() -> None:
    assert right_place(("d", 0, 100), ("d", 40, 50))
    assert not right_place(("d", 0, 44), ("d", 40, 50))
    assert not right_place(("e", 0, 100), ("d", 40, 50))


PIECES = ["word", " ", "  \n", "\r\n", "\ufeff", "\u00e9", "e\u0301", "\u200b", "7", "."]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_stored_text_leads_back_to_the_text_it_came_from(pieces: list[str]) -> None:
    original = "".join(pieces)
    stored = clean_text(original)
    places = offsets_in(original, stored)
    assert len(places) == len(stored) + 1
    assert places == sorted(places)
    for place, character in zip(places, stored, strict=False):
        if character.isascii() and character.isalnum():
            assert original[place] == character or original[place : place + 2] == "e\u0301"


def test_words_are_found_however_white_space_runs() -> None:
    assert find_words(["one", "two\nthree  four"], "three four") == (1, 4, 15)
    assert find_words(["one"], "two") is None


def test_the_command_measures_a_set_in_a_home_of_its_own_and_throws_it_away(tmp_path: Path) -> None:
    folder, home = written(tmp_path / "set", CORPUS, QUESTIONS), tmp_path / "home"
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "evaluate", str(folder), "--json", "--compare"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout)
    assert (figures["questions"], figures["documents"], len(figures["unreadable"])) == (3, 2, 1)
    assert figures["recall@1"] == figures["ndcg@10"] == 1.0
    assert figures["quote_accuracy"] == figures["span_recall@5"] == 1.0
    assert figures["abstained_when_unanswerable"] == 1.0
    assert set(figures["by"]) == {"fact", "follow_up", "unanswerable"}
    assert figures["by"]["unanswerable"]["recall@5"] is None
    assert figures["ndcg@10_words_alone"] == 1.0, "both documents are found by their words alone as well"
    assert 0.0 < figures["ndcg@10_meaning_alone"] <= 1.0
    assert "ndcg@10_words_alone" not in figures["by"]["unanswerable"]
    assert list((home / "evaluations").iterdir()) == []
    assert not (home / "footnote.sqlite3").exists(), "this installation's own database was not touched"
