"""A token, wherever somebody puts it, opens no more than its person may; and nothing works after deactivation."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import ApiToken, User
from accounts.policy import routes
from assistant.conversing import conversations
from assistant.models import Answer, Conversation
from assistant.streaming import running
from tests.assistant.conftest import asked as asked
from tests.assistant.conftest import model_server as model_server
from tests.assistant.model_server import ModelServer, Script
from tests.config.test_routes import OWN, address
from tests.config.test_routes import ids as ids
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

COOKIES = ("token", "api_key", "access_token", "sessionid", "Authorization")
QUERIES = ("token", "api_key", "access_token", "key", "auth")


def placements(secret: str) -> list[tuple[str, dict[str, str], dict[str, str], str]]:
    """(name, headers, cookies, query string) of every place that peers read a token from."""
    headers = [
        {"Authorization": f"Bearer {secret}"},
        {"Authorization": f"Token {secret}"},
        {"Authorization": secret},
        {"X-API-Key": secret},
        {"X-Auth-Token": secret},
        {"Api-Key": secret},
        {"Cookie": f"token={secret}"},
    ]
    places = [(str(header), header, {}, "") for header in headers]
    places += [(f"cookie {name}", {}, {name: secret}, "") for name in COOKIES]
    places += [(f"query {name}", {}, {}, f"?{name}={secret}") for name in QUERIES]
    return places


@pytest.mark.slow
def test_no_route_takes_a_token_in_any_place(ids: dict[str, str], people: SimpleNamespace) -> None:
    """No page of today's is meant for programs; one that will be must use ``tokens.authenticate`` and change this."""
    _, secret = tokens.create(people.ada, "everything")
    before = Conversation.objects.count()
    for place, headers, cookies, query in placements(secret):
        for route, _view, name in routes():
            if name not in OWN:
                continue
            method = OWN[name][0]
            with_token, without = Client(headers=headers), Client()
            for key, value in cookies.items():
                with_token.cookies[key] = value
            url = address(route, ids)
            call = (with_token.get, without.get) if method == "GET" else (with_token.post, without.post)
            got, plain = call[0](url + query), call[1](url)
            assert got.status_code == plain.status_code, f"{place} at {name}"
            assert "_auth_user_id" not in with_token.session, f"{place} at {name}"
    assert Conversation.objects.count() == before
    assert ApiToken.objects.get().last_used is None


def test_secrets_are_random_and_the_database_has_no_way_back(people: SimpleNamespace) -> None:
    made = [tokens.create(people.bob, "a")[1] for _ in range(200)]
    assert len(set(made)) == 200 and all(len(secret) == 46 for secret in made)
    rows = repr(list(ApiToken.objects.values()))
    assert not [secret for secret in made if secret in rows or secret[9:] in rows]
    # Of 43 letters, each should be any of 64: about as many different ones in each place as chance gives.
    for place in range(9, 40, 5):
        assert len({secret[place] for secret in made}) > 40


@pytest.mark.slow
def test_a_deactivated_person_gets_nothing_by_session_or_token(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    browser = client_for(people.bob)
    _, secret = tokens.create(people.bob, "script")
    assert browser.get("/").status_code == 200
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    before = (Conversation.objects.count(), Answer.objects.count())
    for route, _view, name in routes():
        if name in OWN and name not in {"health", "favicon", "metrics"}:
            url = address(route, ids)
            response = browser.get(url) if OWN[name][0] == "GET" else browser.post(url, {"question": "Anything?"})
            assert response.status_code == 302 and response["Location"].startswith("/accounts/login/"), name
    assert tokens.authenticate(secret) is None
    assert (Conversation.objects.count(), Answer.objects.count()) == before
    assert Client().post("/accounts/login/", {"login": "bob", "password": "a long test password"}).status_code in {
        200,
        302,
    }
    assert not Client().session.get("_auth_user_id")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_answer_in_the_making_ends_with_its_person(
    people: SimpleNamespace, team: object, make_document: MakeDocument, model_server: ModelServer
) -> None:
    make_document(team, "parking.md", "# Parking\n\nThe parking place of the heron team is number 17.\n", people.alice)
    begun = threading.Event()
    model_server.script = Script(
        pieces=("The place is number 17 [1]. ",) * 3, between=0.4, endless=True, then=lambda piece: begun.set()
    )
    given = conversations.ask(people.bob, "Which number has the parking place of the heron team?")
    work = threading.Thread(target=running._work, args=(given.pk,))
    work.start()
    Answer.objects.filter(pk=given.pk).update(followed=None)
    begun.wait(60)
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    work.join(60)
    assert not work.is_alive()
    given.refresh_from_db()
    assert begun.is_set() and given.state != Answer.State.COMPLETE
    assert model_server.closed.wait(30), "and the model stopped speaking"
