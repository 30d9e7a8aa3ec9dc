"""Fills a home with the sample company. Doing it again changes nothing: what is there is left as it is.

The files go the way of every upload (``accept_upload``); the workers read them, or this process with ``inline``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.core.files import File
from django.db import transaction

from accounts import audit
from accounts.models import User
from assistant.models import EvalCase
from config.sample_company.company import QUESTIONS, About, Audience, Company, Shelf
from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.uploads import accept_upload
from knowledge.models import Collection, Document, Grant

Progress = Callable[["State"], None]
CASE_FIELDS = ("kind", "half", "turns", "question", "answerable", "answer", "gold")


@dataclass(frozen=True, slots=True)
class State:
    """How far the sample's documents are."""

    total: int
    ready: int
    failed: int

    @property
    def settled(self) -> bool:
        return self.ready + self.failed >= self.total

    def __str__(self) -> str:
        return f"{self.ready} of {self.total} documents ready"


@transaction.atomic
def seed_people(company: Company) -> None:
    """People, groups, collections, grants and the questions. Existing people keep their passwords and roles."""
    for person in company.people:
        user = User.objects.filter(username=person.username).first()
        if user is None:
            email = f"{person.username}@orrin-vale.example"
            user = User.objects.create_user(
                person.username, email, company.password, role=person.role, display_name=person.name
            )
            user.groups.set([Group.objects.get_or_create(name=group)[0] for group in person.groups])
            audit.record(None, "person.created", user, role=user.role)
    for shelf in company.shelves:
        _seed_shelf(shelf)
    _seed_questions()


def _seed_shelf(shelf: Shelf) -> None:
    known = {"name": shelf.name, "description": shelf.description, "owner": User.objects.get(username=shelf.owner)}
    collection, created = Collection.objects.get_or_create(slug=shelf.slug, defaults=known)
    if created:
        for audience in shelf.grants:
            grant = _grant(collection, audience)
            audit.record(None, "grant.created", grant, collection=collection.pk, role=grant.role)


def _grant(collection: Collection, audience: Audience) -> Grant:
    return Grant.objects.create(
        collection=collection,
        role=audience.role,
        everyone=audience.everyone,
        group=Group.objects.get(name=audience.group) if audience.group else None,
        user=User.objects.get(username=audience.user) if audience.user else None,
    )


def _seed_questions() -> None:
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for line in filter(None, map(str.strip, path.read_text(encoding="utf-8").splitlines())):
            case = json.loads(line)
            values = {name: case[name] for name in CASE_FIELDS} | {"asked_as": case["as"]}
            EvalCase.objects.update_or_create(key=case["id"], defaults=values)


def seed_documents(company: Company, inline: bool = False, progress: Progress | None = None) -> None:
    """Uploads every file that is not there yet, and writes down what is known about the new ones."""
    for shelf in company.shelves:
        collection = Collection.objects.get(slug=shelf.slug)
        uploader = User.objects.get(username=shelf.uploaded_by)
        there = set(Document.objects.filter(collection=collection, deleted__isnull=True).values_list("name", flat=True))
        for name, path in shelf.files():
            if name in there:
                continue
            with path.open("rb") as stream:
                file = File(stream, name=path.name)
                accepted = accept_upload(user=uploader, collection=collection, name=name, file=file)
            Document.objects.filter(pk=accepted.document.pk).update(owner=collection.owner)
            if inline:
                run_inline(accepted.version)
                if progress is not None:
                    progress(state(company))
    for about in company.documents:
        _describe(about)


def _describe(about: About) -> None:
    document = _document(about.path)
    if document is None:
        return
    values: dict[str, object] = {"effective": about.effective, "review_by": about.review_by}
    if about.superseded_by:
        values["superseded_by"] = _document(about.superseded_by)
    # Only what nobody has filled in meanwhile.
    fresh = {name: value for name, value in values.items() if value is not None and getattr(document, name) is None}
    if fresh:
        Document.objects.filter(pk=document.pk).update(**fresh)


def _document(path: str) -> Document | None:
    slug, _, name = path.partition("/")
    return Document.objects.filter(collection__slug=slug, name=name, deleted__isnull=True).first()


def state(company: Company) -> State:
    """How far the workers are with the sample's documents."""
    files = {shelf.slug: [name for name, _ in shelf.files()] for shelf in company.shelves}
    ready = failed = 0
    for slug, names in files.items():
        documents = Document.objects.filter(collection__slug=slug, name__in=names, deleted__isnull=True)
        ready += documents.filter(current__isnull=False).count()
        ended = (IngestJob.State.FAILED, IngestJob.State.CANCELLED)
        failed += documents.filter(current__isnull=True, versions__job__state__in=ended).distinct().count()
    return State(sum(map(len, files.values())), ready, failed)
