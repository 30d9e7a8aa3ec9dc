"""One suite for every embedder."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.embedding import Embedder, get_embedder
from knowledge.errors import ConfigurationError


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return get_embedder()


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
    with pytest.raises(ConfigurationError, match="does not exist"):
        get_embedder()
