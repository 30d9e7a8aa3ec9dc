"""Figures for monitoring: for a program on this machine or with the token, and for nobody else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import Settings

from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db


def test_a_program_on_this_machine_reads_counts_only(people: SimpleNamespace) -> None:
    response = Client().get("/metrics")
    assert response.status_code == 200 and response["Content-Type"].startswith("text/plain")
    page = response.content.decode()
    assert 'footnote_answers_today{ended="answered"} 0.0' in page and 'footnote_up{part="database"} 1.0' in page
    assert "alice" not in page and "Team" not in page


@pytest.mark.parametrize(
    "meta",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
    ],
)
def test_others_find_nothing_nor_does_one_who_comes_through_a_proxy_here(meta: dict[str, str]) -> None:
    assert Client().get("/metrics", **meta).status_code == 404  # type: ignore[arg-type]  # headers


def test_behind_a_proxy_only_the_token_counts(settings: Settings) -> None:
    settings.PROXIES = 1
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a long random token"
    far = {"REMOTE_ADDR": "203.0.113.9"}
    right = {"HTTP_AUTHORIZATION": "Bearer a long random token"}
    assert Client().get("/metrics", **far, **right).status_code == 200  # type: ignore[arg-type]  # headers
    for wrong in ("", "Bearer ", "Bearer another", "a long random token", "Bearer ä"):
        assert Client().get("/metrics", HTTP_AUTHORIZATION=wrong).status_code == 404


def test_signing_in_opens_nothing(people: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(people.ada).get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
