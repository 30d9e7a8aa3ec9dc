"""Answers as plain text to paste: groups and sides by name, tables for spreadsheets, replies without numerals."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from assistant.models import Answer
from knowledge.models import Document, Grant
from tests.assistant.test_modes import MAIL, made, old_leave
from tests.conftest import ClientFor

__all__ = ["old_leave"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)


def text_of(bob: object, answer: Answer, kind: str = "text") -> str:
    response = bob.get(f"/answers/{answer.pk}/export/", {"as": kind})  # type: ignore[attr-defined]
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return str(response.text)


def test_a_comparison_names_what_it_compares(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, old_leave: Document
) -> None:
    bob = client_for(people.bob)
    answer = made(bob, "compare", document=[shelf.leave.pk, old_leave.pk])
    text = text_of(bob, answer)
    assert f"{shelf.leave.title}; {old_leave.title}" in text.splitlines()[1]
    assert "Annual leave: differs\n" in text
    assert re.search(rf"^{shelf.leave.title}: .*27 days.* \[\d+\]$", text, re.MULTILINE)
    assert re.search(rf"^{old_leave.title}: .*24 days.* \[\d+\]$", text, re.MULTILINE)
    assert "Sources\n[1] “" in text
    kept = bob.get(f"/answers/{answer.pk}/export/").text
    assert "### Annual leave: differs" in kept
    assert re.search(rf"^\*\*{shelf.leave.title}:\*\* .*27 days", kept, re.MULTILINE)
    Grant.objects.filter(user=people.bob).delete()
    assert "27 days" not in text_of(bob, answer)


def test_a_table_is_pasted_into_cells(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, old_leave: Document
) -> None:
    bob = client_for(people.bob)
    answer = made(bob, "table", document=[shelf.leave.pk, old_leave.pk], columns="annual leave of employees, submarine")
    rows = [line.split("\t") for line in text_of(bob, answer).splitlines() if "\t" in line]
    assert rows[0] == ["Document", "annual leave of employees", "submarine"]
    assert [row[0] for row in rows[1:]] == [shelf.leave.title, old_leave.title]
    assert all(len(row) == 3 for row in rows)
    assert "27 days" in rows[1][1]
    assert rows[1][2] == ""


def test_a_reply_is_copied_without_numerals(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    bob = client_for(people.bob)
    answer = made(bob, "reply", mail=MAIL)
    page = bob.get(f"/c/{answer.turn.conversation_id}/").text
    assert f"/answers/{answer.pk}/export/?as=reply" in page
    text = text_of(bob, answer, "reply")
    asked, said, *_ = text.splitlines()
    assert asked == "What is the hotel limit per night?"
    assert "€145" in said
    assert not re.search(r"\[\d+\]", text)
    assert text.rstrip().splitlines()[-2:] == [
        "And which colour has the moon base on Europa?",
        "I have found nothing on this.",
    ]
    whole = text_of(bob, answer)
    assert "What is the hotel limit per night?\n" in whole
    assert "And which colour has the moon base on Europa? not found\n" in whole
    summary = made(bob, "summary", document=[shelf.leave.pk])
    assert bob.get(f"/answers/{summary.pk}/export/", {"as": "reply"}).status_code == 404
    assert bob.get(f"/answers/{answer.pk}/export/", {"as": "x"}).status_code == 404
    assert client_for(people.alice).get(f"/answers/{answer.pk}/export/", {"as": "text"}).status_code == 404
