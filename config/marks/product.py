"""The product in its own home: reads a PDF by its own ingest and gives the boxes it would draw for sentences of it."""

from __future__ import annotations

import random
import uuid
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402  # the apps must be there first

from accounts.models import User  # noqa: E402
from config.benchmarking.programs import serve  # noqa: E402
from ingest import leases  # noqa: E402
from ingest.models import IngestJob  # noqa: E402
from ingest.reading import read_version  # noqa: E402
from ingest.uploads import accept_upload  # noqa: E402
from knowledge.errors import FootnoteError, UnreadableDocument  # noqa: E402
from knowledge.models import Collection, DocumentVersion, Grant, Page  # noqa: E402
from knowledge.pages import page_view  # noqa: E402
from knowledge.placing import letters  # noqa: E402
from knowledge.sentences import split_sentences  # noqa: E402


class Marking:
    def __init__(self) -> None:
        self._user = User.objects.create_user("marks")
        self._collection = Collection.objects.create(name="Marks", slug="marks", owner=self._user)
        Grant.objects.create(collection=self._collection, user=self._user, role=Grant.Role.CURATOR)

    def mark(self, path: str, sentences: int, seed: str) -> dict[str, Any]:
        """Boxes of so many random sentences; ``refused`` says why a file gave no text."""
        try:
            version = self._read(Path(path))
        except FootnoteError as error:
            return {"refused": str(error), "sentences": []}
        pages = Page.objects.filter(version=version).select_related("version__document__current").order_by("number")
        sentences_of = ((page, start, end) for page in pages for start, end in split_sentences(page.text))
        # The line under a table's header is not on the page: there is nothing to mark.
        spans = [(page, start, end) for page, start, end in sentences_of if letters(page.text[start:end]).text]
        chosen = random.Random(seed).sample(spans, min(sentences, len(spans)))  # noqa: S311  # a draw, no secret
        return {"refused": "", "sentences": [_marked(*span) for span in chosen]}

    def _read(self, path: Path) -> DocumentVersion:
        """The stages that make text; vectors are not needed to mark it."""
        name = f"{uuid.uuid4().hex}-{path.name}"
        upload = ContentFile(path.read_bytes(), name=name)
        accepted = accept_upload(user=self._user, collection=self._collection, name=name, file=upload, send=False)
        version = accepted.version
        job = IngestJob.objects.get(version=version)
        hold = leases.take(job.pk, uuid.uuid4().hex)
        if hold is None:
            raise UnreadableDocument("refused", "It was uploaded before.")
        version.media_type = read_version(hold, version).media_type
        version.state = DocumentVersion.State.READY
        version.save()
        return version


def _marked(page: Page, start: int, end: int) -> dict[str, Any]:
    view = page_view(page, start, end)
    return {"page": page.number, "words": view.quote, "boxes": list(view.boxes), "notice": view.notice}


if __name__ == "__main__":
    serve({"mark": Marking().mark})
