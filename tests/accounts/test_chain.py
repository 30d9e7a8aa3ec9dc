"""The trail is a chain: whatever somebody with SQL does to it shows, and its old end can go without breaking it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts import append_only, audit, chain
from accounts.ageing import shorten_trail
from accounts.models import AuditEvent, AuditHead, AuditStub, TrailIsAppendOnly
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db

LINES = 12


@pytest.fixture
def lines(people: SimpleNamespace) -> list[int]:
    for number in range(LINES):
        audit.record(people.bob, "page.read", None, version=number, passages=[number, number + 1])
    return list(AuditEvent.objects.filter(action="page.read").order_by("id").values_list("id", flat=True))


def sql(*statements: str) -> None:
    """Somebody with all rights who takes the triggers away for a moment."""
    append_only.remove(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    append_only.install(connection)


def test_a_trail_as_it_was_written_holds(lines: list[int]) -> None:
    assert chain.verify() == chain.verify(newest=3) == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE accounts_auditevent SET action = 'page.left' WHERE id = {middle}", "not what was written"),
        ("UPDATE accounts_auditevent SET actor_id = 1 + actor_id WHERE id = {middle}", "not what was written"),
        ("UPDATE accounts_auditevent SET detail = '{{}}' WHERE id = {middle}", "not what was written"),
        ("UPDATE accounts_auditevent SET at = '2020-01-01 00:00:00' WHERE id = {middle}", "not what was written"),
        ("DELETE FROM accounts_auditevent WHERE id = {middle}", "lines of the audit trail are not what"),
        ("DELETE FROM accounts_auditevent WHERE id >= {middle}", "were written"),
        ("DELETE FROM accounts_auditevent WHERE id <= {middle}", "were written"),
        ("DELETE FROM accounts_audithead", "not signed by us"),
        ("UPDATE accounts_audithead SET count = count - 1", "not signed by us"),
    ],
)
def test_a_change_behind_our_back_shows(statement: str, says: str, lines: list[int]) -> None:
    sql(statement.format(middle=lines[LINES // 2]))
    assert says in " ".join(chain.verify())


def test_a_chain_written_anew_without_the_key_shows(lines: list[int], settings: Settings) -> None:
    """Somebody cuts the newest line off and writes head and count as they should be, but has another key."""
    last, before = AuditEvent.objects.order_by("-id")[:2]
    ours, settings.AUDIT_KEY = settings.AUDIT_KEY, "another key altogether"
    signature = chain.sign("head", AuditHead.objects.get().count - 1, before.digest)
    settings.AUDIT_KEY = ours
    sql(
        f"DELETE FROM accounts_auditevent WHERE id = {last.pk}",  # noqa: S608
        f"UPDATE accounts_audithead SET count = count - 1, digest = '{before.digest}', signature = '{signature}'",  # noqa: S608
    )
    assert chain.verify() == ["the end of the audit trail was not signed by us, or the key is another one"]


def test_a_missing_trigger_shows_and_comes_back(lines: list[int]) -> None:
    append_only.remove(connection)
    assert len(chain.verify()) == len(append_only.missing(connection)) == 4
    append_only.install(connection)
    assert chain.verify() == []


def test_only_the_old_end_goes_and_what_is_left_still_holds(lines: list[int]) -> None:
    old, now = lines[4], timezone.now()
    cut = AuditEvent.objects.get(pk=lines[5]).at
    before = AuditEvent.objects.filter(pk__lt=lines[5]).count()
    assert shorten_trail(cut) == before
    assert AuditEvent.objects.order_by("id").values_list("pk", flat=True)[0] == lines[5]
    stub = AuditStub.objects.get()
    assert (stub.through, stub.removed) == (old, before)
    assert chain.verify() == [] and stub.last_at <= now

    audit.record(None, "page.read")
    assert shorten_trail(AuditEvent.objects.get(pk=lines[8]).at) == 3
    assert AuditStub.objects.order_by("-through")[0].removed == before + 3
    assert chain.verify() == []
    assert shorten_trail(cut - timedelta(days=1)) == 0


def test_all_of_it_may_be_old(lines: list[int]) -> None:
    assert shorten_trail(timezone.now() + timedelta(days=1)) >= LINES
    assert not AuditEvent.objects.exists() and chain.verify() == []
    audit.record(None, "page.read")
    assert chain.verify() == []


def test_a_stub_that_we_did_not_sign_shows(lines: list[int]) -> None:
    """A stub lets lines go, so whoever can write one could remove lines; the signature is what they lack."""
    middle = AuditEvent.objects.get(pk=lines[6])
    AuditStub.objects.create(through=middle.pk, digest=middle.digest, removed=7, last_at=middle.at, signature="0" * 64)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditevent WHERE id <= %s", [middle.pk])
    assert any("was not signed by us" in sentence for sentence in chain.verify())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_auditevent WHERE id = (SELECT max(through) + 1 FROM accounts_auditstub)",
        "UPDATE accounts_auditstub SET through = through + 100",
        "DELETE FROM accounts_auditstub",
    ],
)
def test_the_database_refuses_beyond_the_stub(statement: str, lines: list[int]) -> None:
    shorten_trail(AuditEvent.objects.get(pk=lines[5]).at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_lines_are_not_added_in_bulk() -> None:
    with pytest.raises(TrailIsAppendOnly):
        AuditEvent.objects.bulk_create([AuditEvent(action="page.read")])


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain(people: SimpleNamespace) -> None:
    def read(reader: int) -> None:
        try:
            for number in range(25):
                audit.record(people.bob, "page.read", None, version=reader, page=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(8)))
    assert AuditEvent.objects.filter(action="page.read").count() == 200
    assert chain.verify() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_it_is_checked_is_no_break(people: SimpleNamespace) -> None:
    over = threading.Event()

    def read() -> None:
        try:
            while not over.is_set():
                audit.record(people.bob, "page.read", None, page=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            found = [chain.verify(newest=100) for _ in range(40)]
        finally:
            over.set()
        for reader in readers:
            reader.result()
    assert [breaks for breaks in found if breaks] == []


def test_what_is_refused_is_on_the_trail(people: SimpleNamespace, client_for: ClientFor) -> None:
    browser = client_for(people.charlie)
    assert browser.get("/documents/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert browser.get("/protection/").status_code == 404
    assert browser.get("/nothing/at/all/").status_code == 404
    found = AuditEvent.objects.filter(action="access.denied", actor_id=people.charlie.pk).order_by("id")
    assert [line.detail for line in found] == [
        {"route": "document", "status": 404, "document_id": "00000000-0000-4000-8000-000000000000"},
        {"route": "protection", "status": 404},
    ]
