"""One suite for every embedder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from knowledge.embedding import Embedder, get_embedder, model_dir
from knowledge.embedding.plain_bert import TOKENS_AT_ONCE, PlainBertEmbedder, recipe
from knowledge.embedding.sentence_transformer import SentenceTransformerEmbedder
from knowledge.errors import SearchUnavailable

TEXTS = (
    "",
    "Water",
    "  The travel allowance is 45 EUR.\n\n| City | Limit |\n|---|---|\n| Köln | 120 € |  ",
    "Отпуск составляет 27 дней. 休暇は二十七日です。 🙂",
    "the pump in depot 4 needs new seals every year; " * 60,  # longer than the model reads
    *(f"Rule {n}: room {n} is cleaned at noon, " + "and so is the next one " * (n % 9) for n in range(40)),
)


@pytest.fixture(scope="module")
def library() -> SentenceTransformer:
    return SentenceTransformer(str(model_dir()), device="cpu", local_files_only=True)


@pytest.fixture(scope="module", params=["plain", "library"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "library":
        return SentenceTransformerEmbedder(model_dir())
    plain = recipe(model_dir())
    assert plain is not None
    return PlainBertEmbedder(plain)


def test_documents_become_unit_vectors_in_order(embedder: Embedder) -> None:
    texts = ["The travel allowance is 45 EUR.", "Water", "a much longer text " * 40]
    vectors = embedder.embed_documents(texts)
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    alone = embedder.embed_documents([texts[1]])[0]
    assert float(alone @ vectors[1]) == pytest.approx(1, abs=1e-4)


def test_a_question_is_nearest_to_its_answer(embedder: Embedder) -> None:
    vectors = embedder.embed_documents(["Employees get 27 days of leave.", "The pump needs new seals every year."])
    query = embedder.embed_query("How much holiday do I have?")
    assert query.shape == (embedder.dimension,)
    assert float(vectors[0] @ query) > float(vectors[1] @ query)


def test_nothing_becomes_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, embedder.dimension)


def test_the_id_names_the_weights(embedder: Embedder) -> None:
    name, _, digest = embedder.model_id.partition("@")
    assert name
    assert len(digest) == 12


def test_a_missing_model_folder_is_said_in_words(settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's wrapper
    settings.EMBEDDING_MODEL = "/nowhere/at/all"
    with pytest.raises(SearchUnavailable, match="does not exist"):
        get_embedder()


def test_vectors_are_those_of_the_library(embedder: Embedder, library: SentenceTransformer) -> None:
    expected = library.encode(list(TEXTS), normalize_embeddings=True, show_progress_bar=False)
    vectors = embedder.embed_documents(TEXTS)
    assert np.sum(vectors * expected, axis=1).min() >= 0.9999
    for text, vector in zip(TEXTS[:4], expected, strict=False):
        assert float(embedder.embed_query(text) @ vector) >= 0.9999


def test_texts_embedded_together_do_not_change_each_other(embedder: Embedder) -> None:
    """More than go through the layers at once, so that borders between them are crossed as well."""
    together = embedder.embed_documents(TEXTS)
    alone = np.stack([embedder.embed_documents([text])[0] for text in TEXTS])
    assert sum(map(len, TEXTS)) / 5 > TOKENS_AT_ONCE
    assert np.sum(together * alone, axis=1).min() >= 0.9999


def test_prefixes_go_before_what_they_are_for() -> None:
    plain = recipe(model_dir())
    assert plain is not None
    prefixed = PlainBertEmbedder(plain, query_prefix="query: ", passage_prefix="passage: ")
    bare = PlainBertEmbedder(plain)
    assert np.allclose(prefixed.embed_query("lunch"), bare.embed_query("query: lunch"), atol=1e-5)
    assert np.allclose(prefixed.embed_documents(["lunch"]), bare.embed_documents(["passage: lunch"]), atol=1e-5)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A model folder of one's own, to change."""
    return shutil.copytree(model_dir(), tmp_path / "copied" / "model")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}),
        ("config.json", {"model_type": "mpnet"}),
        ("config.json", {"hidden_act": "relu"}),
        ("tokenizer_config.json", {"do_lower_case": False}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}),
    ],
)
def test_a_model_of_another_kind_is_left_to_the_library(copied: Path, file: str, change: dict[str, Any]) -> None:
    assert recipe(copied) is not None
    path = copied / file
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert recipe(copied) is None


def test_a_model_pooled_in_another_way_works_by_setting(copied: Path, settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's wrapper
    pooling = copied / "1_Pooling" / "config.json"
    pooling.write_text(json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True}))
    settings.EMBEDDING_MODEL = str(copied)
    expected = SentenceTransformer(str(copied), device="cpu").encode([TEXTS[2]], normalize_embeddings=True)[0]
    assert isinstance(get_embedder(), SentenceTransformerEmbedder)
    assert float(get_embedder().embed_query(TEXTS[2]) @ expected) >= 0.9999


def test_damaged_weights_are_said_in_words(copied: Path, settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's wrapper
    (copied / "model.safetensors").write_bytes(b"\x00" * 4096)
    settings.EMBEDDING_MODEL = str(copied)
    with pytest.raises(SearchUnavailable, match="cannot be loaded"):
        get_embedder()
