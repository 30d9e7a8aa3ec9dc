"""A data set's documents through the product's own ingest, and the way back from stored offsets to the set's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.base import ContentFile, File

from accounts.models import User
from config.evaluation.alignment import find_words, offsets_in
from config.evaluation.datasets import Dataset, DatasetQuestion, SourceDocument
from config.evaluation.measures import Span
from ingest.batches import Row, begin, read_all_here
from ingest.uploads import UploadRefused, accept_upload
from knowledge.models import Collection, Document, Grant, Page

READER = "evaluator"
_COLLECTION = "evaluation"
_LONGEST_TITLE = 400


@dataclass(slots=True)
class Loaded:
    """What was read. ``seconds`` is the time of ingest, from the first file to the last."""

    passages: int = 0
    unreadable: list[str] = field(default_factory=list)
    seconds: float = 0.0


def evaluator() -> User:
    """The one who asks; may read everything of the set and nothing else."""
    user, _ = User.objects.get_or_create(username=READER, defaults={"role": User.Role.ADMINISTRATOR})
    collection, _ = Collection.objects.get_or_create(slug=_COLLECTION, defaults={"name": "Evaluation"})
    Grant.objects.get_or_create(collection=collection, user=user, defaults={"role": Grant.Role.CURATOR})
    return user


def load(dataset: Dataset, user: User, progress: Callable[[int], None]) -> Loaded:
    """Reads every document that is not there yet."""
    collection = Collection.objects.get(slug=_COLLECTION)
    there = set(Document.objects.filter(current__isnull=False).values_list("name", flat=True))
    loaded, started = Loaded(), time.perf_counter()
    missing = [
        (name, source)
        for number, source in enumerate(dataset.documents)
        if (name := stored_name(number, source)) not in there
    ]
    done = len(dataset.documents) - len(missing)
    progress(done)
    for row in read_all_here(_take_in(name, source, user, collection) for name, source in missing):
        done += 1
        loaded.passages += row.passages
        if row.state != "ready":
            loaded.unreadable.append(f"{row.path}: {row.error}")
        progress(done)
    loaded.seconds = time.perf_counter() - started
    return loaded


def stored_name(number: int, source: SourceDocument) -> str:
    """Ids may hold anything; a name of ours is safe, and a file keeps its own so that its kind can be told."""
    return f"{number:07d}/{source.path.name}" if source.path else f"{number:07d}.txt"


def _take_in(name: str, source: SourceDocument, user: User, collection: Collection) -> Row:
    row = Row(source.id, began=time.monotonic())
    try:
        if source.path is None:
            content: File[bytes] = ContentFile((source.text or "").encode(errors="replace"), name=name)
            accepted = accept_upload(user=user, collection=collection, name=name, file=content, send=False)
        else:
            with source.path.open("rb") as stream:
                accepted = accept_upload(user=user, collection=collection, name=name, file=File(stream), send=False)
    except UploadRefused as error:
        row.error = str(error)
        return row
    if source.title and accepted.outcome == "new":
        accepted.document.title = source.title[:_LONGEST_TITLE]
        accepted.document.save(update_fields=["title"])
    begin(row, accepted)
    return row


class Atlas:
    """Which documents of the set a stored one is, and where its characters stand in the set's text."""

    def __init__(self, dataset: Dataset) -> None:
        self._sources = {stored_name(number, source): source for number, source in enumerate(dataset.documents)}
        documents = Document.objects.filter(current__isnull=False).values_list("name", "pk", "current_id")
        known = {name: (pk, version) for name, pk, version in documents}
        self._source_of = {str(known[name][0]): source for name, source in self._sources.items() if name in known}
        self._version_of = {source.id: known[name][1] for name, source in self._sources.items() if name in known}
        self._files = {source.id for source in dataset.documents if source.path is not None}
        self._twins = self._find_twins(dataset)
        self._offsets: dict[int, list[int]] = {}

    @staticmethod
    def _find_twins(dataset: Dataset) -> dict[str, tuple[str, ...]]:
        """Texts that stand in the set several times are stored once: a hit counts for each of them."""
        same: dict[str, list[str]] = {}
        for source in dataset.documents:
            if source.text is not None:
                same.setdefault(source.text, []).append(source.id)
        return {ids[0]: tuple(ids) for ids in same.values() if len(ids) > 1}

    def ids_of(self, document_id: object) -> tuple[str, ...]:
        source = self._source_of[str(document_id)]
        return self._twins.get(source.id, (source.id,))

    def place(self, document_id: object, page_id: int, start: int, end: int) -> Span:
        """Stored characters of a page as characters of the set's document."""
        source = self._source_of[str(document_id)]
        offsets = self._page(page_id, source)
        return source.id, offsets[start], offsets[end]

    def gold(self, question: DatasetQuestion) -> list[Span]:
        """Gold spans in the same coordinates; those of files are found by their words."""
        spans: list[Span] = []
        for span in question.gold_spans:
            version = self._version_of.get(span.document)
            if version is None:
                continue
            if span.document in self._files:
                spans.extend(self._by_words(version, span.document, span.text))
            else:
                spans.append((span.document, span.start, span.end))
        return spans

    def _by_words(self, version_id: int, source_id: str, words: str) -> list[Span]:
        pages = list(Page.objects.filter(version_id=version_id).order_by("number"))
        found = find_words([page.text for page in pages], words)
        if found is None:
            return []
        base = sum(len(page.text) + 1 for page in pages[: found[0]])
        return [(source_id, base + found[1], base + found[2])]

    def _page(self, page_id: int, source: SourceDocument) -> list[int]:
        if page_id not in self._offsets:
            page = Page.objects.get(pk=page_id)
            if source.text is not None:
                self._offsets[page_id] = offsets_in(source.text, page.text)
            else:
                before = Page.objects.filter(version_id=page.version_id, number__lt=page.number)
                base = sum(len(text) + 1 for text in before.values_list("text", flat=True))
                self._offsets[page_id] = list(range(base, base + len(page.text) + 1))
        return self._offsets[page_id]
