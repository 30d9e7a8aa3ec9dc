"""A model that judges sentences, a real one with random weights: it is heard, and nothing breaks without it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch
from pytest_django import Settings
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from assistant.answering.grounding import Verdict, reconsidered
from config import checks
from knowledge.embedding import model_dir
from knowledge.entailment import get_entailer
from knowledge.entailment.cross_encoder import CrossEncoderEntailer
from knowledge.errors import ConfigurationError

CLASSES = {0: "contradiction", 1: "entailment", 2: "neutral"}
TEXT = "The hotel limit is €145 per night."


def save_model(folder: Path, classes: dict[int, str]) -> Path:
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(str(model_dir()))
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=len(classes), initializer_range=0.6, **sizes)
    if len(classes) > 1:
        config.id2label, config.label2id = classes, {name: place for place, name in classes.items()}
    BertForSequenceClassification(config).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


def test_classes_are_read_by_their_names(tmp_path: Path) -> None:
    one = CrossEncoderEntailer(save_model(tmp_path / "one", CLASSES)).judge(TEXT, "The limit is €145.")
    turned = {0: "entailment", 1: "contradiction", 2: "neutral"}
    other = CrossEncoderEntailer(save_model(tmp_path / "other", turned)).judge(TEXT, "The limit is €145.")
    assert 0 < one.follows < 1
    assert (one.follows, one.contradicts) == pytest.approx((other.contradicts, other.follows), abs=1e-5)
    assert one.follows + one.contradicts < 1


def test_one_score_says_how_likely_it_follows(tmp_path: Path) -> None:
    judged = CrossEncoderEntailer(save_model(tmp_path / "score", {0: "LABEL_0"})).judge(TEXT, "The limit is €145.")
    assert 0 < judged.follows < 1
    assert judged.contradicts == 0


def test_a_model_that_cannot_judge_is_refused_and_the_check_goes_on(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sorts = save_model(tmp_path / "sorts", {0: "travel", 1: "leave", 2: "other"})
    with pytest.raises(ConfigurationError, match="names no classes"):
        CrossEncoderEntailer(sorts)
    with pytest.raises(ConfigurationError, match="holds no"):
        CrossEncoderEntailer(tmp_path / "nowhere")
    settings.ENTAILMENT = str(sorts)
    with caplog.at_level(logging.ERROR):
        assert get_entailer() is None
    assert "sentences are checked without the entailment model" in caplog.text
    settings.ENTAILMENT = str(tmp_path / "nowhere")
    assert [message.id for message in checks.check_entailment_present()] == ["footnote.E009"]
    settings.ENTAILMENT = ""
    assert get_entailer() is None
    assert checks.check_entailment_present() == []


def test_a_model_decides_only_what_facts_leave_open() -> None:
    wrong_figure = Verdict("unsupported", "The document says 30, the sentence says 60.", settled=True)
    assert reconsidered(wrong_figure, 0.99, 0.0) == wrong_figure
    part = Verdict("partly", "The document says only part of this.")
    assert reconsidered(part, 0.95, 0.01).standing == "supported"
    assert reconsidered(part, 0.5, 0.3) == part
    assert reconsidered(Verdict("supported", ""), 0.05, 0.1).standing == "partly"
    assert reconsidered(Verdict("supported", ""), 0.05, 0.9).standing == "unsupported"
