"""Acceptance 36: a document deleted at any step of its reading leaves nothing, and nothing brings it back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from ingest.models import IngestJob
from knowledge import postings, projection
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Collection, Document, DocumentVersion, Page, Passage
from knowledge.projection import get_projection
from knowledge.search import search
from knowledge.verification import verify
from tests.faults.house import House, all_ended, pages_of, upload

pytestmark = pytest.mark.slow
STEPS = (
    *("extract-begun", "extract-half", "extract-done", "chunk-done", "embed-half", "embed-done"),
    *("commit-rows", "publish-text", "commit-done"),
)
# Between these the worker holds the database; a deletion waits until it has let go.
INSIDE = {"commit-rows", "publish-text"}


def remains() -> dict[str, int]:
    return {
        "rows": sum(model.objects.count() for model in (Document, DocumentVersion, Page, Passage, IngestJob)),
        "words": len(list(postings.stored_ids(connection))),
        "vectors": len(get_projection().index.ids()),
        "files": sum(path.is_file() for path in (settings.FOOTNOTE_HOME / "files").rglob("*")),
    }


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "deleted and purged"])
def test_a_document_deleted_at_any_step_is_gone_for_good(
    house: House, people: SimpleNamespace, team: Collection, purged: bool
) -> None:
    """While a worker stands still at the step, the document is deleted, and purged as well or by the housekeeping."""
    house.start_worker()
    for step in STEPS:
        document = upload(people.alice, team, f"{step}.md", pages_of(step)).document
        house.order(step, "wait", file=f"{step}.md")
        house.wait(lambda step=step: house.met(step))
        if step in INSIDE:
            house.let_go(step)
        delete_document(document, people.alice)
        assert not search(f"{step} rule", people.alice).evidence
        if purged:
            purge_deleted()
        house.let_go(step)
        house.wait(lambda document=document: not Document.objects.filter(pk=document.pk).exists())
        house.wait(lambda: remains() == {"rows": 0, "words": 0, "vectors": 0, "files": 0})
    # One that comes after them is read: the worker is well.
    upload(people.alice, team, "after.md", pages_of("after"))
    house.wait(all_ended)
    assert [row.version.filename for row in Passage.objects.select_related("version")] == ["after.md"] * 3
    projection.forget_projection()
    assert verify().differences == []


def test_a_purge_that_is_killed_goes_on_and_leaves_no_file(
    house: House, people: SimpleNamespace, team: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are the only way to a file, so they go after it."""
    document = upload(people.alice, team, "secret.md", pages_of("secret"), send=False).document
    delete_document(document, people.alice)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("knowledge.documents.audit.record", die)
        with pytest.raises(KeyboardInterrupt):
            purge_deleted()
    purge_deleted()
    assert remains()["files"] == remains()["rows"] == 0
