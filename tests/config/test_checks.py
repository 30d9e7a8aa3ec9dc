"""Footnote does not start in a combination that is unsafe or cannot work, and says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from accounts.models import User
from config import checks
from config.sample_company.company import load
from tests.conftest import ClientFor

Check = Callable[[], list[CheckMessage]]
GOOD_KEY = "k3y-Zu7rQ0pXw9LbV2sTn5mHd8cJf1gA4eYiOu6RtEw"


@pytest.mark.parametrize(
    ("check", "changed", "refused"),
    [
        (checks.check_secret_key, {"SECRET_KEY": GOOD_KEY}, False),
        (checks.check_secret_key, {"SECRET_KEY": "short"}, True),
        (checks.check_secret_key, {"SECRET_KEY": "django-insecure-" + GOOD_KEY}, True),
        (checks.check_secret_key, {"SECRET_KEY": "a" * 60}, True),
        (checks.check_debug_stays_home, {"DEBUG": True, "ALLOWED_HOSTS": ["127.0.0.1", "localhost"]}, False),
        (checks.check_debug_stays_home, {"DEBUG": True, "ALLOWED_HOSTS": ["answers.example.org"]}, True),
        (checks.check_debug_stays_home, {"DEBUG": True, "ALLOWED_HOSTS": ["*"]}, True),
        (checks.check_debug_stays_home, {"DEBUG": False, "ALLOWED_HOSTS": ["answers.example.org"]}, False),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis+socket:///srv/footnote/valkey/valkey.sock"}, False),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis://127.0.0.1:6379/0"}, False),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis://queue.example.org:6379/0"}, True),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis://:words@queue.example.org:6379/0"}, False),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis://:changeme@queue.example.org:6379/0"}, True),
        (checks.check_broker_is_guarded, {"REDIS_URL": "redis://0.0.0.0:6379/0"}, True),
        (checks.check_keys, {"GENERATOR_KEY": ""}, False),
        (checks.check_keys, {"GENERATOR_KEY": "changeme-now"}, True),
        (checks.check_keys, {"GENERATOR_KEY": GOOD_KEY, "GENERATOR_URL": "http://model.example.org/v1"}, True),
        (checks.check_keys, {"GENERATOR_KEY": GOOD_KEY, "GENERATOR_URL": "https://model.example.org/v1"}, False),
        (checks.check_keys, {"GENERATOR_KEY": GOOD_KEY, "GENERATOR_URL": "http://127.0.0.1:8080/v1"}, False),
        (checks.check_keys, {"AUDIT_KEY": "short"}, True),
        (checks.check_keys, {"AUDIT_KEY": ""}, True),
        (checks.check_home_writable, {"FOOTNOTE_HOME": Path("/nowhere/at/all")}, True),
        (checks.check_model_present, {"EMBEDDING_MODEL": ""}, False),
        (checks.check_model_present, {"EMBEDDING_MODEL": "/nowhere/at/all"}, True),
        (checks.check_generator_is_complete, {"GENERATOR": "quoting"}, False),
        (checks.check_generator_is_complete, {"GENERATOR": "openai", "GENERATOR_URL": ""}, True),
        (checks.check_generator_is_complete, {"GENERATOR": "oracle"}, True),
    ],
)
def test_each_combination(check: Check, changed: dict[str, object], refused: bool, settings: Settings) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    messages = check()
    assert bool(messages) is refused
    assert all(message.msg for message in messages)
    # Without the model the site goes on and says what it cannot do; everything else stops it.
    assert all(message.is_serious() for message in messages) is (check is not checks.check_model_present or not refused)


@pytest.mark.django_db
def test_a_server_does_not_start_with_what_is_unsafe(settings: Settings) -> None:
    checks.refuse_unsafe_start()
    settings.SECRET_KEY = "short"
    with pytest.raises(SystemExit, match="secret key"):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_published_passwords_stay_on_this_machine(settings: Settings) -> None:
    company = load()
    User.objects.create_user("alice", "alice@example.org", company.password)
    assert not checks.check_published_passwords()
    settings.ALLOWED_HOSTS = ["answers.example.org"]
    assert "alice" in checks.check_published_passwords()[0].msg
    User.objects.update(is_active=False)
    assert not checks.check_published_passwords()


@pytest.mark.django_db
def test_health_tells_strangers_only_whether_it_is_well(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings
) -> None:
    for person in (people.charlie, people.rita):
        assert client_for(person).get("/health/").content == b"ok"
    parts = client_for(people.ada).get("/health/").json()["parts"]
    assert parts["database"] == "answers"
    assert parts["queue"].startswith("does not answer"), "there is no broker in this test"

    settings.FOOTNOTE_HOME = Path("/nowhere/at/all")
    response = client_for(people.charlie).get("/health/")
    assert (response.status_code, response.content) == (503, b"not ok")
