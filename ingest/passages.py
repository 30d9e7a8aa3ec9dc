"""The stages after reading: pages are split into passages, and each passage gets its vector."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.conf import settings

from ingest.chunking import CHUNKER, Chunk, chunk_pages, embedding_input
from ingest.lanes import turn_to_embed
from ingest.leases import Hold
from ingest.models import IngestJob
from ingest.parsers.base import ParsedPage
from ingest.reading import Reading
from knowledge.embedding import Embedder, get_embedder
from knowledge.embedding.stored import as_bytes
from knowledge.models import DocumentVersion, Page, Passage

_PAGES_AT_ONCE = 100
_HASHES_AT_ONCE = 400

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk with what is stored of it. ``input_hash`` is the SHA-256 of the text that is embedded."""

    chunk: Chunk
    page_id: int
    text: str
    input: str
    input_hash: str


def split(hold: Hold, version: DocumentVersion, reading: Reading) -> list[Piece]:
    """The passages of all pages, in reading order."""
    hold.enter(IngestJob.Stage.SPLITTING)
    page_ids: dict[int, tuple[int, str]] = {}
    title = version.document.title

    def pages() -> Iterator[ParsedPage]:
        for page in Page.objects.filter(version=version).order_by("number").iterator(_PAGES_AT_ONCE):
            page_ids.clear()  # chunks follow their page at once, so one page is all that is needed
            page_ids[page.number] = (page.pk, page.text)
            hold.tick()
            yield ParsedPage(page.number, "text", page.text, headings=reading.headings.get(page.number, ()))

    pieces = []
    for chunk in chunk_pages(pages()):
        page_id, page_text = page_ids[chunk.page_number]
        text = page_text[chunk.start : chunk.end]
        given = embedding_input(title, chunk.heading_path, chunk.table_header, text)
        pieces.append(Piece(chunk, page_id, text, given, hashlib.sha256(given.encode()).hexdigest()))
    return pieces


def embed(hold: Hold, pieces: Sequence[Piece]) -> tuple[str, dict[str, bytes]]:
    """(model id, input hash → vector as float32 little-endian bytes). What was embedded before is not
    embedded again.
    """
    hold.enter(IngestJob.Stage.EMBEDDING)
    embedder = get_embedder()
    hold.confirm(passages_total=len(pieces))  # loading the model may have taken a good part of the lease
    weight = Counter(piece.input_hash for piece in pieces)
    vectors = _stored(embedder, list(weight))
    done = sum(weight[known] for known in vectors)
    missing = {piece.input_hash: piece.input for piece in pieces if piece.input_hash not in vectors}
    hold.expect(passages=len(missing))
    # Texts of like length share a batch: for a model that pads, padding costs as much as text.
    for batch in _batches(sorted(missing.items(), key=lambda item: len(item[1])), settings.EMBEDDING_BATCH):
        with turn_to_embed():
            rows = embedder.embed_documents([text for _, text in batch])
        vectors.update({key: as_bytes(row) for (key, _), row in zip(batch, rows, strict=True)})
        done += sum(weight[key] for key, _ in batch)
        hold.tick(passages_done=done)
    return embedder.model_id, vectors


def _stored(embedder: Embedder, hashes: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for some in _batches(hashes, _HASHES_AT_ONCE):
        rows = Passage.objects.filter(model_id=embedder.model_id, input_hash__in=some)
        found.update((key, bytes(vector)) for key, vector in rows.values_list("input_hash", "vector"))
    return found


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def rows(
    version: DocumentVersion, pieces: Sequence[Piece], model_id: str, vectors: dict[str, bytes]
) -> Iterator[Passage]:
    """Passages to save; their identity is (version, ordinal, chunker, model)."""
    for ordinal, piece in enumerate(pieces):
        yield Passage(
            version=version,
            page_id=piece.page_id,
            ordinal=ordinal,
            start=piece.chunk.start,
            end=piece.chunk.end,
            text=piece.text,
            heading_path=list(piece.chunk.heading_path),
            language=piece.chunk.language,
            chunker=CHUNKER,
            model_id=model_id,
            input_hash=piece.input_hash,
            vector=vectors[piece.input_hash],
        )


def main_language(pieces: Sequence[Piece]) -> str:
    """The language of most of the text."""
    weights: Counter[str] = Counter()
    for piece in pieces:
        weights[piece.chunk.language] += len(piece.text)
    return weights.most_common(1)[0][0] if weights else ""
