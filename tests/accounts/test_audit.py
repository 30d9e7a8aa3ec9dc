"""The trail only grows, also for somebody with SQL, and holds no text."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEvent, TrailIsAppendOnly
from knowledge.models import Collection

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(people: SimpleNamespace, team: Collection) -> AuditEvent:
    audit.record(people.alice, "document.uploaded", team, version=7)
    return AuditEvent.objects.get(action="document.uploaded")


def test_a_line_says_who_did_what_to_which(line: AuditEvent, people: SimpleNamespace, team: Collection) -> None:
    assert (line.actor_id, line.object_type, line.object_id) == (people.alice.pk, "knowledge.collection", str(team.pk))
    assert line.detail == {"version": 7}


def test_objects_and_querysets_refuse(line: AuditEvent) -> None:
    line.action = "nothing"
    attempts = (line.save, line.delete, AuditEvent.objects.all().delete, lambda: AuditEvent.objects.update(action="x"))
    for attempt in attempts:
        with pytest.raises(TrailIsAppendOnly):
            attempt()
    assert AuditEvent.objects.get(pk=line.pk).action == "document.uploaded"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET action = 'nothing'",
        "DELETE FROM accounts_auditevent",
        "DELETE FROM accounts_auditevent WHERE id = (SELECT MAX(id) FROM accounts_auditevent)",
    ],
)
def test_the_database_refuses_too(statement: str, line: AuditEvent) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get(pk=line.pk).action == "document.uploaded"


@pytest.mark.parametrize("text", ["How much leave do I have?", "two words", "x" * 81, "naïve"])
def test_text_is_refused(text: str, people: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="ids and codes"):
        audit.record(people.bob, "question", note=text)


def test_the_trail_outlives_the_person(line: AuditEvent, people: SimpleNamespace) -> None:
    number = people.alice.pk
    people.alice.delete()
    assert AuditEvent.objects.get(pk=line.pk).actor_id == number


def test_after_a_test_with_real_transactions_the_triggers_are_back(line: AuditEvent) -> None:
    """Guards the test suite's own bridge, see ``emptied_between_tests``."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditevent")
