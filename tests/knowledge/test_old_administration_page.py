"""Two administrators at the same rows: a page that one opened a while ago undoes nothing that happened since."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from knowledge.models import Collection, Document, Grant
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """What a browser would send when nothing is touched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self.fields[name] = ""
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[name] = given.get("value") or "on" * (given.get("type") == "checkbox")

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select


@pytest.fixture
def ada(people: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(people.ada)


def opened(browser: Client, address: str) -> dict[str, str]:
    response = browser.get(address)
    assert response.status_code == 200
    fields = Page(response.content.decode()).fields
    return {name: value for name, value in fields.items() if "__prefix__" not in name and not name.startswith("_")}


def saved(browser: Client, address: str, fields: dict[str, str], **changed: str) -> None:
    response = browser.post(address, {**fields, **changed})
    assert response.status_code == 302, response.context["errors"]


def test_an_old_document_page_lifts_no_restriction_and_undoes_no_deletion(
    ada: Client, people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    salaries = make_document(team, "salaries.txt", "The salary of the head is 100.", people.alice)
    address = f"/admin/knowledge/document/{salaries.pk}/change/"
    old_page = opened(ada, address)
    saved(ada, address, opened(ada, address), restricted="on", effective_until="2026-01-31")  # the other administrator
    assert not Document.objects.visible_to(people.bob).exists()

    saved(ada, address, old_page, title="Salaries 2026")
    salaries.refresh_from_db()
    assert (salaries.title, salaries.restricted) == ("Salaries 2026", True)
    assert str(salaries.effective_until) == "2026-01-31"
    assert not Document.objects.visible_to(people.bob).exists()
    # What stands there is what the old page's dates are held against.
    refused = ada.post(address, {**old_page, "effective": "2026-06-01"})
    assert refused.status_code == 200 and "cannot end before" in refused.content.decode()
    # Of what the page does show, a box that is no longer ticked lifts the restriction.
    page = opened(ada, address)
    del page["restricted"]
    saved(ada, address, page)
    assert Document.objects.visible_to(people.bob).exists()


def test_a_deletion_and_a_publication_of_that_moment_stay(
    ada: Client,
    people: SimpleNamespace,
    team: Collection,
    make_document: MakeDocument,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = make_document(team, "note.md", "The pump is old.", people.alice)
    address = f"/admin/knowledge/document/{note.pk}/change/"
    page = opened(ada, address)
    newer = []

    def meanwhile(*_: object, **__: object) -> None:
        """After the page read the row and before it writes."""
        newer.append(make_document(team, "note.md", "The pump is new.", people.alice).current)
        Document.objects.filter(pk=note.pk).update(deleted=timezone.now())

    monkeypatch.setattr("knowledge.forms.refuse_a_circle", meanwhile)
    saved(ada, address, page, title="Pump")
    note.refresh_from_db()
    assert (note.title, note.current) == ("Pump", newer[0])
    assert note.deleted is not None


def test_a_document_cannot_replace_itself(
    ada: Client, people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    older = make_document(team, "older.md", "The pump is old.", people.alice)
    newer = make_document(team, "newer.md", "The pump is new.", people.alice)
    address = "/admin/knowledge/document/{}/change/"
    for document in (older, newer):
        page = opened(ada, address.format(document.pk))
        refused = ada.post(address.format(document.pk), {**page, "superseded_by": str(document.pk)})
        assert "cannot replace each other" in refused.content.decode()
    saved(ada, address.format(older.pk), opened(ada, address.format(older.pk)), superseded_by=str(newer.pk))
    page = opened(ada, address.format(newer.pk))
    refused = ada.post(address.format(newer.pk), {**page, "superseded_by": str(older.pk)})
    assert "cannot replace each other" in refused.content.decode()
    assert list(Document.objects.filter(superseded_by__isnull=False)) == [older]


def test_an_old_collection_page_gives_no_role_back_and_leaves_what_was_chosen(
    ada: Client, people: SimpleNamespace, team: Collection
) -> None:
    address = f"/admin/knowledge/collection/{team.pk}/change/"
    old_page = opened(ada, address)
    Grant.objects.filter(user=people.alice).update(role=Grant.Role.READER)
    Grant.objects.filter(user=people.bob).update(user=people.charlie)
    Collection.objects.filter(pk=team.pk).update(unsupported=Collection.Unsupported.HOLD)

    saved(ada, address, old_page, description="What the team knew")
    team.refresh_from_db()
    assert (team.description, team.unsupported) == ("What the team knew", Collection.Unsupported.HOLD)
    assert not Collection.objects.curated_by(people.alice).exists()
    assert not Collection.objects.visible_to(people.bob).exists()
    # A line that this administrator does change is changed in that alone.
    lines = [name.removesuffix("-user") for name, value in old_page.items() if value == str(people.bob.pk)]
    line = next(name for name in lines if f"{name}-role" in old_page)
    saved(ada, address, old_page, **{f"{line}-role": Grant.Role.CURATOR})
    assert list(Collection.objects.curated_by(people.charlie)) == [team]
    assert not Collection.objects.visible_to(people.bob).exists()


def test_an_old_page_of_a_person_lets_nobody_back_in_and_shows_no_hash(ada: Client, people: SimpleNamespace) -> None:
    address = f"/admin/accounts/user/{people.bob.pk}/change/"
    assert people.bob.password not in ada.get(address).content.decode()
    old_page = opened(ada, address)
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    saved(ada, address, old_page, display_name="Robert")
    people.bob.refresh_from_db()
    assert (people.bob.display_name, people.bob.is_active) == ("Robert", False)
    # What the role brings is written with it.
    saved(ada, address, opened(ada, address), role=User.Role.ADMINISTRATOR)
    people.bob.refresh_from_db()
    assert people.bob.is_staff and people.bob.is_superuser
