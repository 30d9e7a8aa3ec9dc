"""A re-ranking model, a real one with random weights: what it says decides, and nothing is lost by configuring it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytest_django import Settings
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from config import checks
from knowledge.embedding import model_dir
from knowledge.errors import ConfigurationError, SearchUnavailable
from knowledge.models import Collection, Document
from knowledge.reordering import DEPTH
from knowledge.reranking import get_reranker
from knowledge.reranking.cross_encoder import CrossEncoderReranker
from knowledge.search import Evidence, search

pytestmark = pytest.mark.django_db
MakeDocument = Callable[..., Document]
QUESTION = "How long is the hose of a pump?"
RULES = "\n\n".join(
    f"## Pump {number}\n\nThe hose of pump {number} is {number * 3} metres long and made of {material}."
    for number, material in enumerate(("rubber", "steel", "silk", "copper", "paper", "glass") * 6, start=1)
)


def save_model(folder: Path, labels: int = 1) -> Path:
    """A small BERT that scores pairs, with random weights that are the same in every run."""
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(str(model_dir()))
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=labels, initializer_range=0.6, **sizes)
    BertForSequenceClassification(config).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "judge")


@pytest.fixture(scope="module")
def judge(folder: Path) -> CrossEncoder:
    return CrossEncoder(str(folder), device="cpu", local_files_only=True)


@pytest.fixture
def shelf(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> Document:
    return make_document(team, "pumps.md", f"# Pumps\n\n{RULES}", by=people.alice)


def with_place(item: Evidence) -> str:
    return f"{' › '.join(dict.fromkeys((item.document_title, *item.heading_path)))}\n{item.text}"


def test_the_model_orders_the_first_and_leaves_the_rest(
    shelf: Document, people: SimpleNamespace, settings: Settings, folder: Path, judge: CrossEncoder
) -> None:
    before = search(QUESTION, people.bob, 50)
    settings.RERANKER = str(folder)
    after = search(QUESTION, people.bob, 50)
    assert len(before.evidence) > DEPTH
    first = before.evidence[:DEPTH]
    judged = judge.predict([(QUESTION, with_place(item)) for item in first], show_progress_bar=False)
    expected = [item.passage_id for _, item in sorted(zip(-judged, first, strict=True), key=lambda pair: pair[0])]
    assert expected != [item.passage_id for item in first], "a model that changes nothing proves nothing"
    assert [item.passage_id for item in after.evidence[:DEPTH]] == expected
    assert [item.score for item in after.evidence[:DEPTH]] == pytest.approx(sorted(-np.sort(-judged), reverse=True))
    rest = [item.passage_id for item in before.evidence[DEPTH:]]
    assert [item.passage_id for item in after.evidence[DEPTH:]] == rest
    scores = [item.score for item in after.evidence]
    assert scores == sorted(scores, reverse=True)
    assert after.degraded == ""
    assert set(after.timings_ms) == {"search", "embed", "rerank"}


def test_a_shorter_list_is_the_beginning_of_a_longer_one(
    shelf: Document, people: SimpleNamespace, settings: Settings, folder: Path
) -> None:
    settings.RERANKER = str(folder)
    longest = search(QUESTION, people.bob, 33).evidence
    for k in (1, 5, 30):
        assert search(QUESTION, people.bob, k).evidence == longest[:k]


def test_what_was_replaced_and_what_is_named_keep_their_places(
    make_document: MakeDocument, team: Collection, people: SimpleNamespace, settings: Settings, folder: Path
) -> None:
    text = "# {0}\n\nThe hose is 12 metres long.\n\n## Storage\n\nThe hose is kept dry, away from the sun."
    old, new = (
        make_document(team, name, text.format(title), by=people.alice)
        for name, title in (("hoses-2024.md", "Hose rules 2024"), ("hoses-2026.md", "Hose rules 2026"))
    )
    settings.RERANKER = str(folder)
    asked = "According to the hose rules 2024, how long is the hose?"
    named = search(asked, people.bob).evidence
    assert named[0].document_id == old.pk
    assert named[0].score > 1
    old.superseded_by = new
    old.save()
    replaced = {item.passage_id: item for item in search(asked, people.bob).evidence}
    for item in named:
        factor = 0.6 if item.document_id == old.pk else 1.0
        assert replaced[item.passage_id].score == pytest.approx(item.score * factor)


def test_someone_without_a_grant_still_finds_nothing(
    shelf: Document, people: SimpleNamespace, settings: Settings, folder: Path
) -> None:
    settings.RERANKER = str(folder)
    assert search(QUESTION, people.charlie).evidence == ()


def damaged(folder: Path) -> Path:
    save_model(folder)
    (folder / "model.safetensors").write_bytes(b"\x00" * 4096)
    return folder


def without_safetensors(folder: Path) -> Path:
    save_model(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return folder


@pytest.mark.parametrize(
    "made", [damaged, without_safetensors, lambda folder: save_model(folder, labels=3), lambda folder: folder]
)
def test_a_model_that_cannot_be_loaded_changes_nothing_and_is_told_once(
    made: Callable[[Path], Path], shelf: Document, people: SimpleNamespace, settings: Settings, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    before = search(QUESTION, people.bob)
    settings.RERANKER = str(made(tmp_path / "model"))
    caplog.clear()
    after = search(QUESTION, people.bob)
    search(QUESTION, people.bob)
    assert (after.evidence, after.degraded) == (before.evidence, "")
    told = [record.getMessage() for record in caplog.records if record.name == "footnote.search"]
    assert len(told) == 1
    assert "without re-ranking" in told[0]


def test_a_model_that_fails_on_a_question_leaves_the_order(
    shelf: Document, people: SimpleNamespace, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its weights are no numbers, which shows only when it judges."""
    model = BertForSequenceClassification.from_pretrained(str(save_model(tmp_path / "model")))
    with torch.no_grad():
        model.classifier.bias.fill_(float("nan"))
    model.save_pretrained(str(tmp_path / "model"))
    before = search(QUESTION, people.bob)
    settings.RERANKER = str(tmp_path / "model")
    with caplog.at_level(logging.WARNING, logger="footnote.search"):
        assert search(QUESTION, people.bob).evidence == before.evidence
    assert "without re-ranking" in caplog.text
    assert QUESTION not in caplog.text


def test_scores_are_the_models_own(folder: Path, judge: CrossEncoder) -> None:
    reranker = CrossEncoderReranker(folder)
    texts = ["A hose of 12 metres.", "", "Отпуск 27 дней. 🙂", "pump " * 2000]
    expected = judge.predict(
        [(QUESTION, text) for text in texts], activation_fn=torch.nn.Identity(), show_progress_bar=False
    )
    assert reranker.score(QUESTION, texts) == pytest.approx(expected, abs=1e-4)
    assert reranker.score(QUESTION, []).shape == (0,)
    assert reranker.model_id.startswith("judge@")


def test_problems_of_a_model_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no"):
        CrossEncoderReranker(tmp_path)
    with pytest.raises(SearchUnavailable, match="cannot be loaded"):
        CrossEncoderReranker(damaged(tmp_path / "damaged"))


def test_none_is_configured_by_default(settings: Settings, folder: Path, tmp_path: Path) -> None:
    assert get_reranker() is None
    assert not checks.check_reranker_present()
    settings.RERANKER = str(folder)
    assert get_reranker() is get_reranker() is not None
    assert not checks.check_reranker_present()
    settings.RERANKER = str(tmp_path)
    assert "FOOTNOTE_RERANKER" in (checks.check_reranker_present()[0].hint or "")
