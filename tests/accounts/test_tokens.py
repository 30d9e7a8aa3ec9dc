"""Tokens: random, kept as digests, and nothing for people who may not sign in."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, AuditEvent, User

pytestmark = pytest.mark.django_db


def test_a_token_opens_its_persons_account_and_its_secret_is_not_kept(people: SimpleNamespace) -> None:
    token, secret = tokens.create(people.bob, "nightly report")
    assert secret.startswith("fn_") and len(secret) > 40
    assert tokens.authenticate(secret) == people.bob
    token.refresh_from_db()
    assert token.last_used is not None
    kept = {**model_to_dict(token), "digest": token.digest}
    assert not any(secret in str(value) for value in kept.values())


def test_every_token_is_another(people: SimpleNamespace) -> None:
    assert len({tokens.create(people.bob, "a")[1] for _ in range(50)}) == 50


@pytest.mark.parametrize("wrong", ["", "fn_", "fn_" + "A" * 43, "A" * 46, "fn_\x00"])
def test_a_guess_opens_nothing(wrong: str, people: SimpleNamespace) -> None:
    tokens.create(people.bob, "script")
    assert tokens.authenticate(wrong) is None


def test_expired_revoked_and_deactivated_open_nothing(people: SimpleNamespace) -> None:
    _, expired = tokens.create(people.bob, "old", expires=timezone.now() - timedelta(seconds=1))
    assert tokens.authenticate(expired) is None

    token, revoked = tokens.create(people.bob, "lost")
    tokens.revoke(token, by=people.ada)
    assert tokens.authenticate(revoked) is None

    _, fine = tokens.create(people.bob, "script")
    assert tokens.authenticate(fine) == people.bob
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    assert tokens.authenticate(fine) is None


def test_making_and_revoking_are_on_the_trail_once(people: SimpleNamespace) -> None:
    token, _ = tokens.create(people.bob, "script")
    tokens.revoke(token, by=people.ada)
    tokens.revoke(ApiToken.objects.get(), by=people.ada)
    lines = AuditEvent.objects.filter(action__startswith="token.").order_by("id").values_list("action", "actor_id")
    assert list(lines) == [("token.created", people.bob.pk), ("token.revoked", people.ada.pk)]
