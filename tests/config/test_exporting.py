"""A person takes their data along: all of it, and nobody else's."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from types import SimpleNamespace

import pytest
from django.test import AsyncClient, Client

from accounts import audit, tokens
from accounts.models import AuditEvent
from assistant.models import Answer, Conversation, Feedback, Share
from knowledge.models import Collection, Grant
from tests.assistant.conftest import Asked
from tests.assistant.conftest import asked as asked
from tests.conftest import PASSWORD, ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

TEXT = "# Parking\n\n## Places\n\nThe parking place of the {who} team is number {number} in the yard.\n"


@pytest.fixture
def shelf(people: SimpleNamespace, team: Collection, make_document: MakeDocument) -> SimpleNamespace:
    """Alice uploads two documents, one into a collection of her own; Bob, too, uploads one."""
    Grant.objects.filter(user=people.bob).update(role=Grant.Role.CURATOR)
    secret = Collection.objects.create(name="Secret", slug="secret")
    Grant.objects.create(collection=secret, user=people.alice, role=Grant.Role.CURATOR)
    return SimpleNamespace(
        secret=secret,
        hers=make_document(team, "alice-parking.md", TEXT.format(who="heron", number=17), people.alice),
        hidden=make_document(secret, "../up/.alice-secret.md", TEXT.format(who="grebe", number=99), people.alice),
        his=make_document(team, "bob-parking.md", TEXT.format(who="curlew", number=23), people.bob),
    )


def exported(browser: Client) -> zipfile.ZipFile:
    response = browser.post("/your-data/export/")
    assert response.status_code == 200 and response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def everything(archive: zipfile.ZipFile) -> str:
    return "\n".join([*archive.namelist(), *(archive.read(name).decode() for name in archive.namelist())])


def test_all_of_theirs_and_nothing_of_others(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    hers = asked(people.alice, "Which parking place has the heron team, asks Alice?")
    asked(people.bob, "Which parking place has the curlew team, asks Bob?")
    for person in (people.alice, people.bob):
        for answer in Answer.objects.filter(turn__conversation__user=person):
            Feedback.objects.create(answer=answer, user=person, helpful=False, comment=f"said by {person.username}")
    _, secret = tokens.create(people.alice, "alice-nightly")
    archive = exported(client_for(people.alice))
    text = everything(archive)
    assert archive.testzip() is None

    assert archive.read(f"conversations/{hers.turn.conversation_id}.json").decode().count("asks Alice?") >= 1
    assert "number 17" in text and "said by alice" in text and "alice-nightly" in text
    for name in (shelf.hers, shelf.hidden):
        path = next(one for one in archive.namelist() if one.startswith(f"files/{name.current_id}/"))
        assert archive.read(path) == name.current.blob.open("rb").read()
    foreign = ("asks Bob?", "curlew", "said by bob", "bob-parking", "bob@", people.alice.password, secret)
    assert not [word for word in foreign if word in text]
    own = {row["action"] for row in map(json.loads, archive.read("trail.jsonl").decode().splitlines())}
    assert {"document.uploaded", "answer.given", "token.created", "data.exported"} <= own


def test_what_one_may_no_longer_read_is_named_and_not_included(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    asked(people.alice, "Which parking place has the grebe team?")
    assert "number 99" in everything(exported(client_for(people.alice)))
    Grant.objects.filter(collection=shelf.secret).delete()
    archive = exported(client_for(people.alice))
    assert "number 99" not in everything(archive)
    uploads = json.loads(archive.read("uploads.json"))
    assert [row["file"] is None for row in uploads] == [False, True]
    assert "Secret" not in json.dumps(uploads)


def test_no_name_leads_out_of_the_folder(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    names = exported(client_for(people.alice)).namelist()
    assert not [name for name in names if name.startswith(("/", "..")) or "/../" in name or "/." in name]


def test_who_else_took_part_stays_out_of_it(people: SimpleNamespace, client_for: ClientFor) -> None:
    audit.record(people.ada, "person.password_set", people.bob)
    lines = exported(client_for(people.bob)).read("trail.jsonl").decode()
    assert [json.loads(line)["by"] for line in lines.splitlines() if "password_set" in line] == ["somebody else"]
    assert f'"by": {people.ada.pk}' not in lines


def test_where_they_signed_in_and_what_they_shared_is_theirs_too(
    people: SimpleNamespace, client_for: ClientFor
) -> None:
    browser = Client()
    for password in ("wrong", PASSWORD):
        browser.post("/accounts/login/", {"login": "bob", "password": password})
    theirs = Conversation.objects.create(user=people.bob, title="Parking")
    Share.objects.create(conversation=theirs, user=people.alice)
    Share.objects.create(conversation=Conversation.objects.create(user=people.rita, title="Merger"), user=people.bob)
    archive = exported(browser)
    sign_ins, shares = (json.loads(archive.read(name)) for name in ("sign-ins.json", "shares.json"))
    assert len(sign_ins["sessions"]) == len(sign_ins["signed_in"]) == 1
    assert sign_ins["sessions"][0]["ip"] == "127.0.0.1"
    assert [one["to"] for one in shares["given"]] == ["alice"] and len(shares["received"]) == 1
    assert "Merger" not in everything(archive) and browser.session.session_key not in everything(archive)


def test_three_times_an_hour_and_each_is_on_the_trail(people: SimpleNamespace, client_for: ClientFor) -> None:
    browser = client_for(people.bob)
    for _ in range(3):
        exported(browser)
    refused = browser.post("/your-data/export/")
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 3600
    assert AuditEvent.objects.filter(action="data.exported", actor_id=people.bob.pk).count() == 3
    assert exported(client_for(people.alice)), "others are not held up"


def test_only_by_a_form_of_ours(people: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(people.bob).get("/your-data/export/").status_code == 405
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post("/your-data/export/").status_code == 403
    assert not AuditEvent.objects.filter(action="data.exported").exists()


def test_the_page_says_what_is_kept(people: SimpleNamespace, client_for: ClientFor) -> None:
    Conversation.objects.create(user=people.bob)
    page = client_for(people.bob).get("/your-data/").content.decode()
    assert "Download everything" in page and "Conversations" in page and "not at all" in page


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_in_pieces_by_the_server_that_is_really_used(people: SimpleNamespace) -> None:
    async def fetch() -> list[bytes]:
        browser = AsyncClient()
        await browser.aforce_login(people.bob, backend="django.contrib.auth.backends.ModelBackend")
        response = await browser.post("/your-data/export/")
        assert response.is_async
        return [piece async for piece in response.streaming_content]

    pieces = asyncio.run(fetch())
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None and len(pieces) > 1
