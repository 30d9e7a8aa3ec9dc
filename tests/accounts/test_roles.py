"""What a role opens, and what it does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.admin import LAST_ADMINISTRATOR
from accounts.models import AuditEvent, User
from accounts.policy import Audience, covers
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db

EVERYBODY = ("anonymous", "charlie", "bob", "alice", "rita", "ada")
OPEN_TO = {
    Audience.ANYONE: EVERYBODY,
    Audience.SIGNED_IN: EVERYBODY[1:],
    Audience.CURATOR: ("alice", "ada"),
    Audience.REVIEWER: ("rita", "ada"),
    Audience.ADMINISTRATOR: ("ada",),
    Audience.MONITOR: (),
    Audience.NOBODY: (),
}


@pytest.mark.parametrize("audience", Audience)
def test_each_audience_covers_exactly_these_people(audience: Audience, people: SimpleNamespace) -> None:
    asking = {**vars(people), "anonymous": AnonymousUser()}
    assert {name for name, person in asking.items() if covers(audience, person)} == set(OPEN_TO[audience])


def test_a_deactivated_person_is_nobody(people: SimpleNamespace, client_for: ClientFor) -> None:
    browser = client_for(people.ada)
    assert browser.get("/admin/").status_code == 200
    User.objects.filter(pk=people.ada.pk).update(is_active=False)
    assert browser.get("/admin/").status_code == 302
    people.ada.refresh_from_db()
    assert not any(covers(audience, people.ada) for audience in Audience if audience is not Audience.ANYONE)


def test_the_flags_of_django_follow_the_role(people: SimpleNamespace) -> None:
    people.bob.role = User.Role.ADMINISTRATOR
    people.bob.save()
    assert people.bob.is_staff and people.bob.is_superuser
    people.bob.role = User.Role.READER
    people.bob.save()
    assert not people.bob.is_staff and not people.bob.is_superuser


def change(browser: Client, person: User, **fields: object) -> str:
    form = {"username": person.username, "display_name": person.display_name, "email": person.email, **fields}
    return browser.post(f"/admin/accounts/user/{person.pk}/change/", form, follow=True).content.decode()


def test_the_last_administrator_stays(people: SimpleNamespace, client_for: ClientFor) -> None:
    page = change(client_for(people.ada), people.ada, role="reader", is_active="on")
    assert LAST_ADMINISTRATOR in page
    people.ada.refresh_from_db()
    assert people.ada.is_administrator


def test_a_change_of_role_is_on_the_trail(people: SimpleNamespace, client_for: ClientFor) -> None:
    change(client_for(people.ada), people.bob, role="reviewer", is_active="on")
    people.bob.refresh_from_db()
    assert people.bob.is_reviewer
    line = AuditEvent.objects.get(action="user.changed")
    assert (line.actor_id, line.object_id) == (people.ada.pk, str(people.bob.pk))
    assert "role" in line.detail["fields"]
