"""The people of every story: Alice curates the team's collection, Bob reads it, Charlie has no access to it,
Rita reviews, Ada administers. Database, files, model and index are the real ones, in a home of the test run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_django import Settings

from accounts import append_only, counters
from accounts.models import User
from ingest.pipeline import run_inline
from ingest.uploads import accept_upload
from knowledge import postings, projection
from knowledge.models import Collection, Document, Grant
from tests.settings import HOME

PASSWORD = "a long test password"
MakeDocument = Callable[..., Document]
ClientFor = Callable[[User], Client]


@pytest.fixture(scope="session")
def home() -> Path:
    """FOOTNOTE_HOME of this test run."""
    return HOME


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """``PASSWORD`` as the product's hasher stores it; computed once, for it is slow on purpose."""
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def own_state(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Each test has its own database content, so also its own index and cache."""
    settings.INDEX_DIR = tmp_path / "index"
    # Pictures of an earlier test's pages would belong to no version of this one's.
    shutil.rmtree(settings.PAGE_CACHE_DIR, ignore_errors=True)
    projection.forget_projection()
    cache.clear()
    counters.forget()
    yield
    projection.forget_projection()


@pytest.fixture(autouse=True, scope="session")
def emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions empty all tables afterwards, which the append-only trail refuses, as it should, and
    which forgets the full text, whose tables are no model's."""
    tear_down = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in the stubs

    def without_triggers(case: TransactionTestCase) -> None:
        append_only.remove(connection)
        try:
            tear_down(case)
            postings.drop_rows(connection, list(postings.stored_ids(connection)))
        finally:
            append_only.install(connection)

    TransactionTestCase._fixture_teardown = without_triggers  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = tear_down  # type: ignore[attr-defined]


@pytest.fixture
def team(db: None) -> Collection:
    return Collection.objects.create(name="Team", slug="team", description="What the team knows")


@pytest.fixture
def people(team: Collection, hashed_password: str) -> SimpleNamespace:
    """alice, bob, charlie, rita and ada, with ``PASSWORD``."""

    def person(name: str, role: str = User.Role.READER) -> User:
        return User.objects.create(
            username=name,
            email=f"{name}@example.org",
            display_name=name.capitalize(),
            role=role,
            password=hashed_password,
        )

    everybody = SimpleNamespace(
        alice=person("alice"),
        bob=person("bob"),
        charlie=person("charlie"),
        rita=person("rita", User.Role.REVIEWER),
        ada=person("ada", User.Role.ADMINISTRATOR),
    )
    Grant.objects.create(collection=team, user=everybody.alice, role=Grant.Role.CURATOR)
    Grant.objects.create(collection=team, user=everybody.bob)
    Grant.objects.create(collection=team, user=everybody.rita)
    return everybody


@pytest.fixture
def make_document(db: None) -> MakeDocument:
    """Uploads a file and reads it here and now, as the worker would. Gives the document."""

    def make(collection: Collection, name: str, content: str | bytes, by: User) -> Document:
        data = content.encode() if isinstance(content, str) else content
        accepted = accept_upload(user=by, collection=collection, name=name, file=ContentFile(data, name=name))
        if accepted.outcome != "duplicate":
            run_inline(accepted.version)
        return Document.objects.get(pk=accepted.document.pk)

    return make


@pytest.fixture
def client_for() -> ClientFor:
    """A browser in which this person has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
