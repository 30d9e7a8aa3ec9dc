"""Acceptance 1, 3 and 7: no method of any address opens more than the table says; what is hidden looks like what does
not exist; other people's ids in any writing change no row."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client

from accounts.policy import routes
from assistant.models import Answer, Citation, Turn
from knowledge.models import Collection, Document, Grant
from tests.config.test_routes import OWN, PEOPLE, address, expected, ids
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db
__all__ = ["ids"]  # a fixture
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
OBJECTS = ("conversation_id", "turn_id", "answer_id", "pk", "document_id", "job_id", "person_id", "share_id")


def body(response: HttpResponseBase) -> bytes:
    """Without the form token and the scripts' word, which are new in every response."""
    if response.streaming:
        return b"stream"
    return re.sub(rb'[A-Za-z0-9]{64}|(?<=nonce=")[^"]+', b"", response.content)  # type: ignore[attr-defined]  # not streaming


def headers(response: HttpResponseBase) -> dict[str, str]:
    nonce = re.compile(r"nonce-[\w+/=-]+")
    return {name: nonce.sub("nonce", value) for name, value in response.headers.items()}


def tried(browser: Client, method: str, url: str, form: dict[str, object] | None = None) -> HttpResponseBase:
    """A request whose changes are taken back."""
    with transaction.atomic():
        response = getattr(browser, method)(url, form or {}) if method == "post" else getattr(browser, method)(url)
        if download := getattr(response, "file_to_stream", None):
            download.close()
        transaction.set_rollback(True)
    return response


@pytest.mark.slow
def test_no_method_opens_more_than_the_table_says(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    """Whom the table keeps out is kept out by every method: sign-in, "not found", or "not this method"."""
    browsers = {name: client_for(getattr(people, name)) if name != "anonymous" else Client() for name in PEOPLE}
    deviations, walked = [], 0
    for route, _view, name in routes():
        row = expected(route, name)
        assert row is not None, route
        if route.startswith(("accounts/", "admin/")) and name not in {"index", "account_email"}:
            continue  # tens of pages of one view each; the walk of tests/config goes through them
        url = address(route, ids)
        for person, wanted in zip(PEOPLE, row[1].split(), strict=True):
            for method in METHODS:
                response = tried(browsers[person], method, url)
                walked += 1
                inside = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
                allowed = {"ok": True, "in": inside or response.status_code == 405}.get(
                    wanted, response.status_code in {404, 405}
                )
                if not allowed or response.status_code >= 500:
                    deviations.append(f"{person} {method} {url}: {response.status_code}, expected {wanted}")
    assert not deviations, "\n".join(deviations)
    assert walked >= len(OWN) * len(PEOPLE) * len(METHODS)


def nothing_like(ids: dict[str, str]) -> dict[str, str]:
    """Ids of the same kinds that nothing has."""
    return {
        name: value if name not in OBJECTS else str(int(value) + 10**6) if value.isdigit() else str(uuid.uuid4())
        for name, value in ids.items()
    }


@pytest.mark.parametrize("person", ["charlie", "bob", "rita", "ada"])
def test_hidden_and_non_existent_are_the_same_response(
    person: str, ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    """For every address with an object in it, for everybody whom the table keeps from that object."""
    browser, compared = client_for(getattr(people, person)), 0
    for route, _view, name in routes():
        if name not in OWN or not any(f":{part}>" in route for part in OBJECTS):
            continue
        if OWN[name][1].split()[PEOPLE.index(person)] == "ok":
            continue
        for method in ("get", "head", "post"):
            hidden = tried(browser, method, address(route, ids))
            nothing = tried(browser, method, address(route, nothing_like(ids)))
            assert hidden.status_code == nothing.status_code, (method, route)
            assert body(hidden) == body(nothing), (method, route)
            assert headers(hidden) == headers(nothing), (method, route)
            compared += 1
    assert compared >= 12


@dataclass(frozen=True, slots=True)
class Foreign:
    """A writing with somebody else's ids; ``status`` is how it is refused."""

    url: str
    form: dict[str, object]
    status: int = 404


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the product but sessions and the trail."""
    labels = ("accounts", "knowledge", "ingest", "assistant")
    mine = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=str)
        for model in mine
        if model._meta.label not in {"accounts.AuditEvent", "accounts.AuditHead", "knowledge.Passage"}
    }


def writings(ids: dict[str, str], own: Document, turn: Turn) -> list[Foreign]:
    """Every writing address of the table, and the forms in which ids travel in bodies."""
    found = [
        Foreign(address(route, ids), {"question": "x?", "title": "x", "helpful": "1", "standing": "partly", "q": "x"})
        for route, _view, name in routes()
        if OWN.get(name, ("GET", ""))[0] == "POST" and any(f":{part}>" in route for part in OBJECTS)
    ]
    conversation, document = ids["conversation_id"], ids["document_id"]
    team = Document.objects.get(pk=document).collection_id
    file = SimpleUploadedFile("note.md", b"words")
    mine = str(turn.conversation_id)
    return [
        *found,
        Foreign("/ask/", {"question": "What then?", "conversation": conversation}),
        Foreign("/ask/", {"question": "What then?", "conversation": conversation, "parent": ids["turn_id"]}),
        Foreign("/ask/", {"question": "What then?", "conversation": mine, "parent": ids["turn_id"]}),
        Foreign("/documents/change/", {"document": document, "action": "delete"}, 302),  # as if none was ticked
        Foreign("/documents/change/", {"document": document, "action": "review", "review_by": "2030-01-01"}, 302),
        Foreign("/upload/files/", {"collection": str(team), "file": file}, 302),
        Foreign(f"/documents/{own.pk}/settings/", {"title": "Mine", "superseded_by": document}, 422),
        Foreign(f"/documents/{own.pk}/settings/", {"title": "Mine", "supersedes": document}, 422),
    ]


def test_other_peoples_ids_change_nothing(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor, make_document: MakeDocument
) -> None:
    """Charlie curates a shelf of his own and has asked a question, so that no door is closed to him by its role."""
    shelf = Collection.objects.create(name="Charlie's", slug="charlies")
    Grant.objects.create(collection=shelf, user=people.charlie, role=Grant.Role.CURATOR)
    own = make_document(shelf, "mine.md", "The rope hangs in the loft.", by=people.charlie)
    browser = client_for(people.charlie)
    browser.post("/ask/", {"question": "Where is the rope?"})
    turn = Turn.objects.get(conversation__user=people.charlie)
    Answer.objects.filter(turn=turn).update(state=Answer.State.COMPLETE)
    before = rows()
    assert len(before["assistant.Citation"]) == Citation.objects.count() > 0
    for one in writings(ids, own, turn):
        response = browser.post(one.url, one.form)
        assert response.status_code == one.status, (one, response.content[:400])
        after = rows()
        assert {name for name in before if before[name] != after[name]} == set(), one
    assert browser.post(f"/documents/{own.pk}/settings/", {"title": "Loft", "name": own.name}).status_code in {302, 422}


def test_a_teammate_who_may_read_may_still_not_write(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    browser, before = client_for(people.bob), rows()
    document = ids["document_id"]
    for url in (f"/documents/{document}/settings/", f"/documents/{document}/delete/", "/documents/change/"):
        assert browser.post(url, {"document": document, "action": "delete", "title": "x"}).status_code == 404
    assert rows() == before
