"""The bare parts: the encoder of sentence-transformers and an exact FAISS index, with nothing around them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import faiss
from sentence_transformers import SentenceTransformer

from config.benchmarking.programs import p50, serve

_FOUND = 10


class Bare:
    def __init__(self, directory: str) -> None:
        self._model = SentenceTransformer(directory, device="cpu", local_files_only=True)
        self._encode(["warm-up"], 1)
        self._index: Any = None

    def _encode(self, texts: list[str], batch: int) -> Any:
        return self._model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)

    def encode(self, texts: str, batch: int) -> dict[str, Any]:
        inputs = json.loads(Path(texts).read_text())
        started = time.perf_counter()
        vectors = self._encode(inputs, batch)
        seconds = time.perf_counter() - started
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        return {"seconds": seconds}

    def questions(self, questions: list[str]) -> dict[str, Any]:
        known = {question: self._encode([question], 1) for question in questions}
        return {
            "embed": p50(lambda question: self._encode([question], 1), questions),
            "faiss": p50(lambda question: self._index.search(known[question], _FOUND), questions),
            "both": p50(lambda question: self._index.search(self._encode([question], 1), _FOUND), questions),
        }


if __name__ == "__main__":
    bare = Bare(sys.argv[1])
    serve({"encode": bare.encode, "questions": bare.questions})
