"""What holds at every address, whoever comes: forms need a token, looking changes nothing, every answer has headers."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.policy import routes
from assistant.streaming import running
from config.headers import SafeHeaders, everywhere
from ingest.limits import BodyLimit
from knowledge.models import Collection
from tests.config.test_routes import OWN, SIGN_IN_PAGES, address, expected, ids  # noqa: F401  # a fixture
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db
UNSAFE = ("PUT", "PATCH", "DELETE", "MOVE")


@pytest.fixture
def ada(people: SimpleNamespace) -> Client:
    """An administrator's browser that is asked for its token, as real ones are."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.ada, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_no_unsafe_method_goes_anywhere_without_a_token_or_from_elsewhere(
    ids: dict[str, str],  # noqa: F811
    ada: Client,
    people: SimpleNamespace,
    settings: Settings,
) -> None:
    settings.LIMITS = {**settings.LIMITS, "requests": (0, 60)}
    anonymous = Client(enforce_csrf_checks=True)
    token = get_token(RequestFactory().get("/"))
    ada.cookies["csrftoken"] = anonymous.cookies["csrftoken"] = token
    elsewhere = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    null = {"X-CSRFToken": token, "Origin": "null"}
    asked, let_in = 0, []
    for route, _view, _name in routes():
        url = address(route, ids)
        tries = [("POST", browser, headers) for browser in (ada, anonymous) for headers in ({}, elsewhere, null)]
        tries += [(method, ada, {}) for method in UNSAFE]
        for method, browser, headers in tries:
            asked += 1
            status = browser.generic(method, url, headers=headers).status_code
            if status != 403:
                let_in.append((browser is ada, method, url, sorted(headers), status))
    assert let_in == []
    assert asked > 1000


def test_with_its_token_a_form_of_our_own_is_taken(ada: Client, people: SimpleNamespace) -> None:
    """Otherwise the test above would hold for a site that refuses everything."""
    token = get_token(RequestFactory().get("/"))
    ada.cookies["csrftoken"] = token
    headers = {"X-CSRFToken": token, "Origin": "http://testserver"}
    assert ada.post("/sessions/others/end/", headers=headers).status_code == 302


def test_no_view_is_exempt() -> None:
    assert [route for route, view, _name in routes() if getattr(view, "csrf_exempt", False)] == []


# What a look may write: that somebody was there. Nothing of it is content.
NOTED = {
    ("INSERT", "accounts_auditevent"),
    ("UPDATE", "accounts_audithead"),  # the trail's newest line
    ("INSERT", "django_session"),
    ("UPDATE", "django_session"),
    ("INSERT", "usersessions_usersession"),
    ("UPDATE", "usersessions_usersession"),
    ("INSERT", "account_emailaddress"),  # allauth's own copy of a person's address
    ("UPDATE", "accounts_notice"),  # that it was read
    ("UPDATE", "assistant_answer"),  # when it was last followed, see below
}


def test_looking_changes_nothing_and_generates_nothing(
    ids: dict[str, str],  # noqa: F811
    people: SimpleNamespace,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every address that answers GET, as each of them, while every statement is read."""
    written: set[tuple[str, str]] = set()
    answers: set[str] = set()

    def read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        found = re.match(r'(INSERT|UPDATE|DELETE|REPLACE)[^"]*"(\w+)"', sql)
        if found and context["cursor"].rowcount > 0:  # tidying up that finds nothing to tidy changes nothing
            written.add((found[1], found[2]))
            if found[2] == "assistant_answer":
                answers.update(re.findall(r'"(\w+)" =', sql.split(" WHERE ")[0]))
        return result

    begun: list[object] = []
    monkeypatch.setattr(running, "_submit", begun.append)
    browsers = [client_for(person) for person in (people.bob, people.alice, people.rita, people.ada)]
    looked = 0
    with connection.execute_wrapper(read):
        for browser in browsers:
            browser.raise_request_exception = False
            for route, _view, name in routes():
                if (row := expected(route, name)) is None or row[0] != "GET":
                    continue
                with transaction.atomic():
                    response = browser.get(address(route, ids))
                    if stream := getattr(response, "file_to_stream", None):
                        stream.close()
                    transaction.set_rollback(True)
                looked += response.status_code == 200
    assert written - NOTED == set()
    assert answers <= {"followed"}
    assert begun == []
    assert looked > 100


# --- headers ---------------------------------------------------------------------------------------------------------


def policy_of(response: Any) -> str:
    policy = str(response.headers["Content-Security-Policy"])
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "*" not in policy and "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return policy


def test_every_answer_has_a_policy_and_pages_a_nonce_of_their_own(
    ids: dict[str, str],  # noqa: F811
    people: SimpleNamespace,
    client_for: ClientFor,
) -> None:
    kinds: dict[int, int] = {}
    nonces: list[str] = []
    for browser in (Client(), *map(client_for, (people.alice, people.ada))):
        browser.raise_request_exception = False
        for route, _view, name in routes():
            method = OWN.get(name, ("GET", ""))[0]
            with transaction.atomic():
                response = browser.generic(method, address(route, ids))
                if stream := getattr(response, "file_to_stream", None):
                    stream.close()
                transaction.set_rollback(True)
            policy = policy_of(response)
            kinds[response.status_code] = kinds.get(response.status_code, 0) + 1
            assert ("unsafe-eval" in policy) <= route.startswith("admin/"), route
            if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
                html = response.content.decode()
                if 'src="/static/js/page.js"' in html:
                    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
                    nonces.append(nonce)
                    assert f'nonce="{nonce}"' in html
    assert {200, 302, 404} <= set(kinds)
    assert len(nonces) > 100
    assert len(set(nonces)) == len(nonces), "a nonce is used once"


def test_a_page_that_breaks_has_the_policy_too(
    people: SimpleNamespace, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> HttpResponse:
        raise RuntimeError("a canary that no page shows")

    monkeypatch.setattr("knowledge.views.table", fail)
    browser = client_for(people.bob)
    browser.raise_request_exception = False
    response = browser.get("/documents/")
    assert response.status_code == 500
    policy_of(response)
    assert "canary" not in response.content.decode()


def asgi(application: Any, path: str, headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of one answer of an ASGI application."""
    given: dict[str, str] = {}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            given.update({name.decode().lower(): value.decode() for name, value in message["headers"]})

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(application(scope, receive, send))
    return given


def test_what_is_answered_before_django_has_all_headers() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 400, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})

    for application in (bare, BodyLimit(bare, 1000)):
        found = asgi(SafeHeaders(application), "/ask/", [(b"content-length", b"99999999999")])
        for name, value in everywhere().items():
            assert found[name.lower()] == ("SAMEORIGIN" if found.get("x-frame-options") == name else value) or (
                name == "X-Frame-Options"
            )
    assert "camera=()" in everywhere()["Permissions-Policy"]


# --- files as they were uploaded -------------------------------------------------------------------------------------

SCRIPT = "<script>document.title='ran'</script>"
UPLOADED = {
    "page.html": f"<!doctype html><title>x</title><h1>Rules of the house</h1><p>Employees rest.</p>{SCRIPT}".encode(),
    "notes.md": f"# Notes\n\nThe depot opens at seven. {SCRIPT}".encode(),
    "polyglot.txt": f"GIF89a/*{SCRIPT}*/ The depot opens at eight in the morning on all days.".encode(),
    "list.csv": f"Article,Price\n{SCRIPT},12\nSeal,9\n".encode(),
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><text>Depot plan</text>{SCRIPT}</svg>'.encode(),
    "letter.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><p>Depot letter</p>{SCRIPT}</html>'.encode(),
}


@pytest.mark.parametrize("name", UPLOADED)
def test_an_upload_comes_back_as_a_file_and_never_as_a_page(
    name: str, people: SimpleNamespace, team: Collection, make_document: MakeDocument, client_for: ClientFor
) -> None:
    document = make_document(team, name, UPLOADED[name], by=people.alice)
    version = document.versions.get()
    # Also what could not be read is kept; the story is about its bytes.
    type(version).objects.filter(pk=version.pk).update(state="ready")
    response = client_for(people.bob).get(f"/documents/{document.pk}/v/1/download/")
    assert b"".join(response.streaming_content) == UPLOADED[name]
    response.close()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


# --- the start -------------------------------------------------------------------------------------------------------

PRODUCTION = {
    "FOOTNOTE_TLS": "1",
    "FOOTNOTE_HOSTS": "answers.example.org",
    "FOOTNOTE_ORIGINS": "https://answers.example.org",
    "FOOTNOTE_PROXIES": "1",
    "FOOTNOTE_STAFF_MFA": "1",
}


def manage(home: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("FOOTNOTE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *command],
        cwd=product.BASE_DIR,
        env={**bare, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path


DEPLOY = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")


def test_the_settings_for_production_in_the_handbook_pass_djangos_check(home: Path) -> None:
    handbook = (Path(product.BASE_DIR) / "docs" / "operations.md").read_text()
    assert all(f"{name}={value}" in handbook for name, value in PRODUCTION.items())
    done = manage(home, *DEPLOY, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr
    less = {name: value for name, value in PRODUCTION.items() if name != "FOOTNOTE_STAFF_MFA"}
    assert manage(home, *DEPLOY, **less).returncode != 0


@pytest.mark.parametrize(
    "unsafe",
    [
        {"FOOTNOTE_SECRET_KEY": "changeme"},
        {"FOOTNOTE_SECRET_KEY": "django-insecure-k3y-Zu7rQ0pXw9LbV2sTn5mHd8cJf1gA4eYiOu6RtEw"},
        {"FOOTNOTE_DEBUG": "1", "FOOTNOTE_HOSTS": "answers.example.org"},
        {"REDIS_URL": "redis://queue.example.org:6379/0"},
    ],
)
def test_the_server_does_not_come_up_with_what_everybody_knows(home: Path, unsafe: dict[str, str]) -> None:
    """The real entry of the web server, in a process of its own."""
    done = manage(home, "-c", "import config.asgi", **unsafe)
    assert done.returncode != 0
    assert "Footnote does not start" in done.stderr
    assert "Traceback" not in done.stderr
