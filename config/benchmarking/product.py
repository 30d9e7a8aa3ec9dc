"""The product as it is, in a warm process: reading, splitting, embedding, saving, and asking."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.conf import settings

django.setup()

from accounts.models import User  # noqa: E402  # the apps must be there first
from config.benchmarking.long_document import PAGES, long_document  # noqa: E402
from config.benchmarking.programs import p50, serve  # noqa: E402
from ingest.batches import find_files, read_all_here, take_in  # noqa: E402
from knowledge.documents import delete_document, purge_deleted  # noqa: E402
from knowledge.embedding import Embedder, Vectors, get_embedder  # noqa: E402
from knowledge.models import Collection, Document, Grant  # noqa: E402
from knowledge.search import search  # noqa: E402

_EDITED_PAGE = PAGES // 2


class Listening:
    """The real embedder; notes what it is given."""

    def __init__(self, real: Embedder) -> None:
        self.model_id = real.model_id
        self.dimension = real.dimension
        self.embed_query = real.embed_query
        self.texts: list[str] = []
        self._real = real

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        return self._real.embed_documents(texts)


class Product:
    def __init__(self) -> None:
        self._user = User.objects.create_user("benchmark")
        self._collection = Collection.objects.create(name="Benchmark", slug="benchmark", owner=self._user)
        Grant.objects.create(collection=self._collection, user=self._user, role=Grant.Role.CURATOR)
        self._take_in([("warm-up.txt", b"Lunch is at noon.")])

    def _take_in(self, files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
        """Files given as (name, content)."""
        folder = Path(settings.FOOTNOTE_HOME) / "given"
        folder.mkdir(exist_ok=True)
        for name, content in files:
            (folder / name).write_bytes(content)
        return self._read([(folder / name, name) for name, _ in files])

    def _read(self, files: Sequence[tuple[Path, str]]) -> dict[str, Any]:
        listening = Listening(get_embedder())
        with mock.patch("ingest.passages.get_embedder", return_value=listening):
            started = time.perf_counter()
            taken = (take_in(file, name, self._user, self._collection, send=False) for file, name in files)
            rows = list(read_all_here(taken))
            seconds = time.perf_counter() - started
        ready = [row for row in rows if row.state == "ready"]
        return {
            "seconds": seconds,
            "documents": len(ready),
            "not_ready": len(rows) - len(ready),
            "passages": sum(row.passages for row in ready),
            "embedded": len(listening.texts),
            "texts": listening.texts,
        }

    def _forget_all(self) -> None:
        for document in Document.objects.filter(deleted__isnull=True):
            delete_document(document, self._user)
        purge_deleted()

    def ingest(self, files: str, inputs: str) -> dict[str, Any]:
        """Every file of a folder, from nothing. Files that cannot be read are part of a real folder."""
        self._forget_all()
        result = self._read(list(find_files([files])))
        Path(inputs).write_text(json.dumps(result.pop("texts")))
        return result

    def questions(self, questions: list[str]) -> dict[str, Any]:
        return {
            "embed": p50(get_embedder().embed_query, questions),
            "search": p50(lambda question: search(question, self._user), questions),
        }

    def edit(self, texts: str) -> dict[str, Any]:
        """A document of 100 pages, then the same with another sentence on one of them."""
        words = json.loads(Path(texts).read_text())
        self._forget_all()
        first = self._take_in([("long.pdf", long_document(words))])
        again = self._take_in([("long.pdf", long_document(words, edited=_EDITED_PAGE))])
        return {
            "long_document_passages": first["passages"],
            "long_document_embedded": first["embedded"],
            "long_document_seconds": round(first["seconds"], 2),
            "one_page_edited_embedded": again["embedded"],
            "one_page_edited_seconds": round(again["seconds"], 2),
            "one_page_edited_embedding_share": round(again["embedded"] / first["embedded"], 4),
        }

    def memory(self) -> dict[str, Any]:
        return {"ingest_process_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


if __name__ == "__main__":
    product = Product()
    serve(
        {
            "ingest": product.ingest,
            "questions": product.questions,
            "edit": product.edit,
            "memory": product.memory,
        }
    )
