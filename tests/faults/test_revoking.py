"""Acceptance 4 and 5: access that is taken away is gone with the next request, not reindexed, and in mid-stream."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from knowledge.models import Document, Grant, IndexChange, Restriction
from tests.assistant.model_server import ModelServer, Script
from tests.conftest import ClientFor
from tests.faults.company import ask
from tests.journeys.site import _PEOPLE, PASSWORD, ROOT, _free_port

HOTEL = "What is the hotel limit per night?"


def take_the_grant(bob: User, document: Document) -> None:
    Grant.objects.filter(user=bob).delete()


def leave_the_group(bob: User, document: Document) -> None:
    bob.groups.clear()


def narrow(bob: User, document: Document) -> None:
    Document.objects.filter(collection=document.collection_id).update(restricted=True)
    Restriction.objects.create(document=document, user=User.objects.get(username="alice"))


def move_away(bob: User, document: Document) -> None:
    board = Document.objects.exclude(collection=document.collection_id).values_list("collection", flat=True)[0]
    Document.objects.filter(collection=document.collection_id).update(collection=board)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [take_the_grant, leave_the_group, narrow, move_away])
def test_the_next_request_finds_it_gone(
    change: Callable[[User, Document], None], shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    if change is leave_the_group:
        crew = Group.objects.create(name="Crew")
        people.bob.groups.add(crew)
        Grant.objects.filter(user=people.bob).update(user=None, group=crew)
    browser = client_for(people.bob)
    answer = ask(people.bob, HOTEL)
    citation = answer.citations.all()[0]
    pages = {
        "history": f"/c/{answer.turn.conversation_id}/",
        "answer": f"/answers/{answer.pk}/",
        "citation": f"/citations/{citation.pk}/",
        "document": f"/documents/{citation.document_id}/",
        "page": f"/documents/{citation.document_id}/v/1/p/1/",
        "download": f"/documents/{citation.document_id}/v/1/download/",
    }
    shown = {name: browser.get(page) for name, page in pages.items()}
    assert {response.status_code for response in shown.values()} == {200}
    assert all("€145" in shown[name].content.decode() for name in ("history", "answer", "page"))
    b"".join(shown["download"].streaming_content)

    indexed = IndexChange.objects.count()
    change(people.bob, shelf.travel)
    assert [browser.get(pages[name]).status_code for name in ("citation", "document", "page", "download")] == [404] * 4
    for name in ("history", "answer"):
        page = browser.get(pages[name])
        assert page.status_code == 200
        assert "€145" not in page.content.decode() and "can no longer read" in page.content.decode()
    again = ask(people.bob, HOTEL)
    assert (again.abstained, again.retrieved, again.text) == (True, [], "")
    assert IndexChange.objects.count() == indexed


@pytest.mark.django_db
def test_a_deactivated_person_is_out_at_once(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    browser = client_for(people.bob)
    answer = ask(people.bob, HOTEL)
    pages = ["/", f"/answers/{answer.pk}/", f"/citations/{answer.citations.all()[0].pk}/", "/conversations/"]
    pages += [f"/documents/{shelf.travel.pk}/v/1/download/", f"/answers/{answer.pk}/events/"]
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    for page in pages:
        response = browser.get(page)
        assert response.status_code == 302 and response["Location"].startswith("/accounts/login/"), page
    assert browser.post("/ask/", {"question": HOTEL})["Location"].startswith("/accounts/login/")
    login = {"login": "bob", "password": "a long test password"}
    fresh = Client()
    fresh.post("/accounts/login/", login)
    assert not fresh.session.get("_auth_user_id")
    assert ask(people.bob, HOTEL).text == ""


@contextmanager
def server(home: Path, model: ModelServer) -> Iterator[str]:
    """The web process alone, as it is run, with one document of the team and a slow language model."""
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"FOOTNOTE_GENERATOR": "openai", "FOOTNOTE_GENERATOR_URL": model.url}
    environment["FOOTNOTE_GENERATOR_MODEL"] = "m"
    environment.pop("DATABASE_URL", None)
    note = home / "hotels.md"
    note.write_text("# Hotels\n\nThe hotel limit is €145 per night, breakfast included.\n")
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (["migrate", "-v0"], ["shell", "-v0", "-c", _PEOPLE]):
        subprocess.run([*manage, *command], env=environment, check=True)
    ingest = ["ingest", str(note), "--collection", "Team", "--as", "alice", "--inline"]
    subprocess.run([*manage, *ingest], env=environment, check=True, capture_output=True)
    port = _free_port()
    run = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(run, env=environment, cwd=ROOT)
    try:
        for _ in range(1200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def signed_in(url: str, name: str) -> httpx.Client:
    web = httpx.Client(base_url=url, timeout=120, headers={"Referer": url})
    web.get("/accounts/login/")
    form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": web.cookies["csrftoken"]}
    assert web.post("/accounts/login/", data=form).status_code == 302
    return web


def stored_state(home: Path) -> str:
    """How the one answer ended; the answering thread may still be writing it down."""
    state = ""
    for _ in range(300):
        with closing(sqlite3.connect(home / "footnote.sqlite3", timeout=30)) as rows:
            [(state,)] = rows.execute("SELECT state FROM assistant_answer").fetchall()
        if state != "running":
            break
        time.sleep(0.1)
    return str(state)


@pytest.mark.slow
def test_access_that_goes_in_mid_stream_ends_the_stream(tmp_path: Path) -> None:
    """A model says 200 words; at the tenth Bob's grant is removed, straight in the database, by another process."""
    revoked: list[int] = []
    said = ["The hotel limit is €145 per night [1]. ", *(f"word{number} " for number in range(200))]

    def at(piece: int) -> None:
        if piece == 10:
            with closing(sqlite3.connect(tmp_path / "footnote.sqlite3", timeout=30)) as rows, rows:
                [(bob,)] = rows.execute("SELECT id FROM accounts_user WHERE username = 'bob'").fetchall()
                rows.execute("DELETE FROM knowledge_grant WHERE user_id = ?", [bob])
            revoked.append(piece)

    with (
        ModelServer(Script(pieces=said, between=0.1, then=at)) as model,
        server(tmp_path, model) as url,
        closing(signed_in(url, "bob")) as web,
    ):
        token = {"X-CSRFToken": web.cookies["csrftoken"], "X-Requested-With": "fetch"}
        started = web.post("/ask/", data={"question": HOTEL}, headers=token)
        assert started.status_code == 200, started.text
        answer = started.text.split("/answers/")[1].split("/")[0]
        events, shown = [], ""
        with web.stream("GET", f"/answers/{answer}/events/") as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    events.append(json.loads(line[6:]))
                    shown += events[-1].get("text", "")
        page = web.get(f"/answers/{answer}/").text
        state, let_go = stored_state(tmp_path), model.closed.wait(30)
    assert revoked, "the model was never asked for its tenth word"
    assert "€145" in shown  # words that were out before cannot be called back
    assert "word100" not in shown  # of twenty seconds of words it heard a small part
    assert let_go  # and the model was let go
    assert "€145" not in page and "word1" not in page
    assert state == "stopped"
