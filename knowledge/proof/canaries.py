"""Canaries: two small documents in each collection, each with a word that stands nowhere else.

The open one may be seen by whoever may see the collection. The narrowed one names the probe that has no grant there, so
nobody may see it, unless the collection is open to everyone. They have pages, passages, vectors, full text and a file
like any document, but no person finds them (``access.visible_documents``) and they move no score of anybody.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from contextlib import suppress

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from knowledge import lexical, projection
from knowledge.documents import publish_version
from knowledge.embedding import Embedder, get_embedder
from knowledge.embedding.stored import as_bytes
from knowledge.models import Collection, Document, DocumentVersion, Page, Passage, Restriction
from knowledge.proof.synthetic import Probes

logger = logging.getLogger("footnote.proof")
CHUNKER = "canary"
# Names that no upload can have: control characters are taken out of those.
_OPEN, _NARROWED = "\x02canary/open", "\x02canary/narrowed"
_LETTERS = "bcdfghjklmnpqrstvwz"


def keep_canaries(probes: Probes) -> list[Document]:
    """All canaries, after making those that are missing. Those that another model embedded are made anew.

    Raises SearchUnavailable or ConfigurationError when the embedding model cannot be used.
    """
    embedder = get_embedder()
    _remove_stale(embedder)
    whole = Document.objects.filter(canary=True, deleted__isnull=True, current__isnull=False)
    there = set(whole.values_list("collection_id", "name"))
    for pk in Collection.objects.order_by("pk").values_list("pk", flat=True):
        for name in (_OPEN, _NARROWED):
            if (pk, name) not in there:
                # Another process may make it at the same moment, or the collection may be gone.
                with suppress(IntegrityError):
                    _make(pk, name, probes, embedder)
    return list(whole.select_related("current"))


def question_for(canary: Document) -> str:
    """A question that its word answers."""
    word = Passage.objects.filter(version=canary.current_id).values_list("text", flat=True).first() or ""
    return f"What is {word.partition(' ')[0]}?"


def _remove_stale(embedder: Embedder) -> None:
    """What was embedded with another model, deleted by somebody, or never finished."""
    fresh = Passage.objects.filter(version__document__canary=True, model_id=embedder.model_id)
    broken = Q(deleted__isnull=False) | Q(current__isnull=True) | ~Q(current__in=fresh.values("version"))
    for canary in Document.objects.filter(broken, canary=True):
        with transaction.atomic():
            canary.delete()


def _make(collection_id: int, name: str, probes: Probes, embedder: Embedder) -> None:
    word = "".join(secrets.choice(_LETTERS) + secrets.choice("aeiou") for _ in range(8))
    text = f"{word} is a word that only the permission proof of this installation knows."
    vector = as_bytes(embedder.embed_documents([text])[0])
    data = text.encode()
    narrowed = name == _NARROWED
    version = DocumentVersion(
        number=1, sha256=hashlib.sha256(data).hexdigest(), filename="canary.txt", media_type="text/plain",
        size=len(data), language="en", page_count=1, passage_count=1,
    )  # fmt: skip
    version.blob.save("canary.txt", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            document = Document.objects.create(
                collection_id=collection_id, name=name, title="Canary", canary=True, restricted=narrowed
            )
            if narrowed:
                Restriction.objects.create(document=document, user=probes.other(collection_id))
            version.document = document
            version.save()
            page = Page.objects.create(version=version, number=1, kind=Page.Kind.TEXT, text=text)
            Passage.objects.create(
                version=version, page=page, ordinal=0, start=0, end=len(text), text=text, language="en",
                chunker=CHUNKER, model_id=embedder.model_id, input_hash=version.sha256, vector=vector,
            )  # fmt: skip
            publish_version(version)
    except IntegrityError:
        version.blob.storage.delete(str(version.blob.name))
        raise
    logger.info("canary made collection=%s document=%s", collection_id, document.pk)


@receiver(pre_delete, sender=Document)
def leave_nothing_behind(sender: type[Document], instance: Document, **kwargs: object) -> None:
    """A canary goes whole: out of full text, index and files. (Other documents are purged, see ``documents``.)"""
    if not instance.canary:
        return
    for version in instance.versions.all():
        lexical.drop_version(version.pk)
        projection.record_removed(version.pk, version.passage_count)
        name, storage = str(version.blob.name), version.blob.storage
        transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))  # type: ignore[misc]
