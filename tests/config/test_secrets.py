"""No key that this installation was given comes out of it: not in prompts, pages, JSON, logs, tracebacks or tasks."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from django.conf import settings as product
from django.core import mail
from django.core.mail import send_mail
from django.db import connection
from django.test import Client, RequestFactory
from django.views.debug import get_exception_reporter_class
from pytest_django import Settings

from accounts.models import AuditEvent
from accounts.policy import routes
from assistant.models import AnswerEvent
from config import redaction
from ingest import tasks
from tests.assistant.conftest import Asked
from tests.assistant.conftest import asked as asked
from tests.assistant.conftest import model_server as model_server
from tests.assistant.model_server import ModelServer, Script
from tests.config.test_routes import OWN, address
from tests.config.test_routes import ids as ids
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

CANARIES = {
    name: f"kanari-{name.lower().replace('_', '-')}-7f31c9"
    for name in ("GENERATOR_KEY", "EMAIL_HOST_PASSWORD", "SECRET_KEY", "AUDIT_KEY", "OIDC", "REDIS", "DATABASE", "URL")
}


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, formatted as the product formats it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    line = product.LOGGING["formatters"]["line"]
    handler.setFormatter(redaction.RedactingFormatter(line["format"], style=line["style"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def seeded(settings: Settings, model_server: ModelServer) -> ModelServer:
    for name in ("GENERATOR_KEY", "EMAIL_HOST_PASSWORD", "SECRET_KEY", "AUDIT_KEY"):
        setattr(settings, name, CANARIES[name])
    company: dict[str, Any] = {"provider_id": "company", "name": "C", "client_id": "c", "secret": CANARIES["OIDC"]}
    company["settings"] = {"server_url": "https://id.example.org"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [company]}}
    settings.REDIS_URL = f"redis://:{CANARIES['REDIS']}@127.0.0.1:1/0"
    settings.DATABASES["default"]["PASSWORD"] = CANARIES["DATABASE"]
    model_server.script = Script(pieces=("The parking place is number 17 [1].",))
    yield model_server
    settings.DATABASES["default"]["PASSWORD"] = ""


def hits(text: str) -> list[str]:
    return [name for name, canary in CANARIES.items() if canary in text]


def test_a_walk_through_everything_shows_no_key(
    ids: dict[str, str],
    seeded: ModelServer,
    logs: io.StringIO,
    people: SimpleNamespace,
    client_for: ClientFor,
    make_document: MakeDocument,
    asked: Asked,
    team: Any,
) -> None:
    sent: list[str] = []

    def keep(sender: object = None, body: object = None, headers: Any = None, **more: object) -> None:
        sent.append(repr((sender, body, headers)))

    signals.before_task_publish.connect(keep)
    try:
        make_document(team, "parking.md", "# Parking\n\nThe parking place is number 17.\n", people.alice)
        tasks.sweep()
    finally:
        signals.before_task_publish.disconnect(keep)
    for script in (Script(pieces=("It is number 17 [1].",)), Script(statuses=[500, 500, 500]), Script(raw=b"\xff\xfe")):
        seeded.script = script
        given = asked(people.bob, "Which number has the parking place?")
        assert hits(json.dumps([given.notice, given.steps, given.text, given.generator])) == []
    assert any(CANARIES["GENERATOR_KEY"] in key for key in seeded.keys), "the key went where it belongs"
    assert hits(json.dumps(seeded.requests)) == [] and seeded.requests

    pages = 0
    for person in (people.ada, people.alice, people.bob, people.rita, None):
        browser = client_for(person) if person else Client()
        browser.raise_request_exception = False
        for route, _view, name in routes():
            if OWN.get(name, ("GET",))[0] == "GET" and "events" not in route:
                response = browser.get(address(route, ids))
                if not response.streaming:
                    assert hits(response.content.decode(errors="replace")) == [], route
                assert hits(str(dict(response.headers))) == [], route
                pages += 1
    assert pages > 150
    assert hits(logs.getvalue()) == [] and logs.getvalue()
    assert hits("\n".join(sent)) == []
    assert hits(json.dumps([*AuditEvent.objects.values_list("detail", flat=True)])) == []
    assert hits(json.dumps([*AnswerEvent.objects.values_list("data", flat=True)])) == []


def boom() -> None:
    key = product.GENERATOR_KEY
    headers = {"Authorization": f"Bearer {key}"}
    raise RuntimeError(f"could not send {headers} to {product.REDIS_URL} or {product.GENERATOR_URL}")


def test_tracebacks_in_logs_and_error_pages_hold_no_key(
    seeded: ModelServer, logs: io.StringIO, settings: Settings
) -> None:
    settings.GENERATOR_URL = f"https://user:{CANARIES['URL']}@model.example.org/v1"
    try:
        boom()
    except RuntimeError as error:
        assert len(hits(traceback.format_exc())) == 3, "the text of the error has them"
        logging.getLogger("footnote.test").exception("it broke")
        request = RequestFactory().get("/")
        reporter = get_exception_reporter_class(request)(request, type(error), error, error.__traceback__)
        pages = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert redaction.MARK in logs.getvalue() and hits(logs.getvalue()) == []
    assert redaction.MARK in pages
    assert hits(pages) == []


def test_mail_and_the_database_hold_no_key(seeded: ModelServer, people: SimpleNamespace) -> None:
    send_mail("Reset", "A link", None, ["bob@example.org"])
    assert hits(str(mail.outbox[0].message())) == []
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": "bob@example.org"})
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert hits(repr(cursor.fetchall())) == [], table


def test_the_walk_would_find_a_key(seeded: ModelServer, people: SimpleNamespace, client_for: ClientFor) -> None:
    people.bob.display_name = f"Bob {CANARIES['GENERATOR_KEY']}"
    people.bob.save()
    assert hits(client_for(people.bob).get("/").content.decode()) == ["GENERATOR_KEY"]


def test_keys_lie_in_files_of_their_own_that_only_we_read(home: Path) -> None:
    for name in ("secret_key", "audit_key"):
        assert (home / name).stat().st_mode & 0o077 == 0
