"""Administration as Ada does it: every change of readers is on the trail, and takes effect."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import ApiToken, AuditEvent
from ingest.models import IngestJob
from knowledge.models import Collection, Document, Grant
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(people.ada)


def grants_form(team: Collection, *rows: dict[str, object]) -> dict[str, object]:
    form: dict[str, object] = {"name": team.name, "slug": team.slug, "description": team.description, "owner": ""}
    form["unsupported"] = team.unsupported
    form |= {"grants-TOTAL_FORMS": len(rows), "grants-INITIAL_FORMS": sum("id" in row for row in rows)}
    for number, row in enumerate(rows):
        form |= {f"grants-{number}-{name}": value for name, value in {"collection": team.pk, **row}.items()}
    return form


def lines(start: str) -> list[tuple[str, dict[str, object]]]:
    return list(AuditEvent.objects.filter(action__startswith=start).order_by("id").values_list("action", "detail"))


def test_a_grant_is_given_and_taken_on_the_collections_page(
    ada: Client, people: SimpleNamespace, team: Collection
) -> None:
    page = f"/admin/knowledge/collection/{team.pk}/change/"
    rows = [{"id": g.pk, "role": g.role, "user": g.user_id} for g in team.grants.order_by("pk")]
    response = ada.post(page, grants_form(team, *rows, {"role": "reader", "user": people.charlie.pk}))
    assert response.status_code == 302
    assert Collection.objects.visible_to(people.charlie).exists()

    given = Grant.objects.get(user=people.charlie)
    rows.append({"id": given.pk, "role": "reader", "user": people.charlie.pk, "DELETE": "on"})
    ada.post(page, grants_form(team, *rows))
    assert not Collection.objects.visible_to(people.charlie).exists()
    about = {"collection": team.pk, "role": "reader", "user_id": people.charlie.pk}
    assert lines("grant.") == [("grant.added", about), ("grant.removed", about)]


def test_a_grant_names_one_audience(ada: Client, people: SimpleNamespace, team: Collection) -> None:
    both = {"role": "reader", "everyone": "on", "user": people.charlie.pk}
    rows = [{"id": g.pk, "role": g.role, "user": g.user_id} for g in team.grants.order_by("pk")]
    response = ada.post(f"/admin/knowledge/collection/{team.pk}/change/", grants_form(team, *rows, both))
    assert "exactly one of" in response.content.decode()
    assert not Collection.objects.visible_to(people.charlie).exists()


def test_a_token_is_shown_once(ada: Client, people: SimpleNamespace) -> None:
    page = ada.post("/admin/accounts/apitoken/add/", {"user": people.bob.pk, "name": "report"}, follow=True)
    found = re.search(r"fn_[\w-]{40,}", page.content.decode())
    assert found is not None
    assert tokens.authenticate(found[0]) == people.bob
    assert ApiToken.objects.count() == 1
    assert found[0] not in ada.get("/admin/accounts/apitoken/").content.decode()

    action = {"action": "revoke_tokens", "_selected_action": [ApiToken.objects.get().pk]}
    ada.post("/admin/accounts/apitoken/", action)
    assert tokens.authenticate(found[0]) is None


def test_documents_are_deleted_and_read_again_from_the_list(
    ada: Client, people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    good = make_document(team, "note.md", "The pump stands in the cellar of the depot.", by=people.alice)
    broken = make_document(team, "broken.pdf", b"%PDF-1.7 and then nothing", by=people.alice)
    page = "/admin/knowledge/document/"
    listed = ada.get(page).content.decode()
    assert good.title in listed and "failed" in listed

    ada.post(page, {"action": "read_again", "_selected_action": [str(good.pk), str(broken.pk)]})
    states = dict(IngestJob.objects.values_list("version__document__name", "state"))
    assert states == {"note.md": "done", "broken.pdf": "queued"}
    assert len(lines("ingestjob.retried")) == 1

    ada.post(page, {"action": "delete_documents", "_selected_action": [str(good.pk)]})
    assert not Document.objects.visible_to(people.bob).filter(pk=good.pk).exists()
    assert good.title not in ada.get(page).content.decode()
    assert AuditEvent.objects.filter(action="document.deleted", actor_id=people.ada.pk).count() == 1


def test_the_pages_carry_a_policy_without_inline_scripts_and_styles(ada: Client) -> None:
    for page in ("/admin/", "/admin/knowledge/collection/", "/admin/accounts/user/add/"):
        response = ada.get(page)
        policy = response["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        html = response.content.decode()
        assert "<style" not in html
        assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert "unsafe-eval" not in ada.get("/documents/")["Content-Security-Policy"]
