"""Being signed in: seen, ended from anywhere, gone at signing out; a second factor for those who manage others."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, User
from tests.conftest import PASSWORD, ClientFor

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"


def signed_in(name: str, agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Firefox/132.0") -> Client:
    browser = Client(headers={"User-Agent": agent})
    assert browser.post(LOGIN, {"login": name, "password": PASSWORD}).status_code == 302
    return browser


def buttons(browser: Client) -> list[str]:
    page = browser.get("/sessions/")
    assert page.status_code == 200
    return re.findall(r'action="(/sessions/\d+/end/)"', page.content.decode())


def test_bob_sees_where_he_is_signed_in_and_ends_his_lost_phone(people: SimpleNamespace) -> None:
    desk, phone = signed_in("bob"), signed_in("bob", PHONE)
    page = desk.get("/sessions/").content.decode()
    assert "Firefox on Linux" in page and "Chrome on Android" in page
    assert page.count("this browser") == 1
    this, other = buttons(desk)
    assert desk.post(other).status_code == 302
    assert phone.get("/documents/").status_code == 302
    assert desk.get("/documents/").status_code == 200
    assert Session.objects.count() == 1
    assert AuditEvent.objects.filter(action="session.ended", actor_id=people.bob.pk).count() == 1
    assert desk.post(this)["Location"] == LOGIN
    assert desk.get("/documents/").status_code == 302


def test_all_others_at_once_and_only_ones_own(people: SimpleNamespace) -> None:
    desk, phone, tablet, alice = signed_in("bob"), signed_in("bob", PHONE), signed_in("bob"), signed_in("alice")
    (hers,) = buttons(alice)
    assert desk.post(hers).status_code == 404, "nobody ends somebody else's"
    assert desk.post("/sessions/others/end/").status_code == 302
    assert [one.get("/documents/").status_code for one in (desk, phone, tablet, alice)] == [200, 302, 302, 200]
    assert len(buttons(desk)) == 1


def test_signing_out_leaves_no_session_behind(people: SimpleNamespace) -> None:
    bob = signed_in("bob")
    stolen = bob.cookies["sessionid"].value
    bob.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/documents/").status_code == 302
    assert not Session.objects.exists()


def test_administrators_do_not_see_the_keys_of_sessions(people: SimpleNamespace, client_for: ClientFor) -> None:
    signed_in("bob")
    key = UserSession.objects.get(user=people.bob).session_key
    ada = client_for(people.ada)
    assert ada.get("/admin/usersessions/usersession/").status_code == 404
    assert key not in ada.get("/admin/").content.decode()


# --- a second factor -------------------------------------------------------------------------------------------------


def code_of(secret: str) -> str:
    """The code of this half minute, of which enough is left to post it."""
    if (left := 30 - time.time() % 30) < 6:
        time.sleep(left + 0.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def wrong_code(secret: str) -> str:
    near = {format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)) for step in range(-3, 4)}
    return next(code for code in ("000001", "000002") if code not in near)


def test_ada_must_set_up_a_second_factor_and_can_then_work(
    people: SimpleNamespace, settings: Settings, client_for: ClientFor
) -> None:
    settings.STAFF_MFA = True
    ada = signed_in("ada")
    assert ada.post("/ask/", {"question": "?"}).status_code == 403
    for address in ("/", "/admin/", "/documents/", "/insights/", "/sessions/"):
        assert ada.get(address)["Location"] == "/accounts/2fa/totp/activate/", address
    assert signed_in("bob").get("/documents/").status_code == 200, "readers need none"

    page = ada.get("/accounts/2fa/totp/activate/", follow=True)
    assert "needs a second factor" in page.content.decode()
    # The password once more, before something that matters.
    ada.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = ada.session["mfa.totp.secret"]
    assert ada.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert ada.get("/admin/").status_code == 200

    again = Client()
    response = again.post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert response["Location"].startswith(CODE)
    assert again.get("/admin/")["Location"].startswith(LOGIN), "the password alone opens nothing"
    assert again.post(CODE, {"code": wrong_code(secret)}).status_code == 200
    assert again.get("/admin/").status_code == 302
    assert AuditEvent.objects.filter(action="signin.code_failed").count() == 1


@pytest.fixture
def guarded(people: SimpleNamespace) -> str:
    """Ada has an authenticator and codes to recover with; gives the secret."""
    secret = generate_totp_secret()
    TOTP.activate(people.ada, secret)
    RecoveryCodes.activate(people.ada)
    return str(secret)


def at_the_code(agent: str = "") -> Client:
    browser = Client(headers={"User-Agent": agent})
    assert browser.post(LOGIN, {"login": "ada", "password": PASSWORD})["Location"].startswith(CODE)
    return browser


def test_a_code_opens_once_and_a_recovery_code_too(guarded: str, people: SimpleNamespace) -> None:
    code = code_of(guarded)
    assert at_the_code().post(CODE, {"code": code}).status_code == 302
    assert at_the_code().post(CODE, {"code": code}).status_code == 200, "a code that was looked at is worth nothing"
    recovery = Authenticator.objects.get(user=people.ada, type="recovery_codes").wrap().get_unused_codes()[0]
    browser = at_the_code()
    assert browser.post(CODE, {"code": recovery}).status_code == 302
    assert browser.get("/admin/").status_code == 200
    assert at_the_code().post(CODE, {"code": recovery}).status_code == 200


def test_codes_cannot_be_guessed(guarded: str, people: SimpleNamespace) -> None:
    """Ten guesses over several sign-ins; then even the right code waits."""
    for _ in range(2):
        browser = at_the_code()
        for _ in range(5):
            assert browser.post(CODE, {"code": wrong_code(guarded)}).status_code == 200
    response = at_the_code().post(CODE, {"code": code_of(guarded)})
    assert response.status_code == 200
    assert "Try again in" in response.content.decode()


# --- a forgotten password --------------------------------------------------------------------------------------------


def asked_for_reset(address: str = "bob@example.org") -> str:
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": address})
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert found is not None
    return found[1]


def set_password(link: str, password: str) -> Client:
    """As a browser does it: the link leads to a form."""
    browser = Client()
    page = browser.get(link, follow=True)
    form = page.redirect_chain[-1][0] if page.redirect_chain else link
    browser.post(form, {"password1": password, "password2": password})
    return browser


def test_a_link_for_a_new_password_works_once(people: SimpleNamespace) -> None:
    link = asked_for_reset()
    set_password(link, "a quite new password")
    assert User.objects.get(username="bob").check_password("a quite new password")
    set_password(link, "a password of the thief")
    assert not User.objects.get(username="bob").check_password("a password of the thief")


NO_KEYS = ["", "-", "null", "None", "undefined", "0", "set-password", "1-", "1-null", "1-set-password", "%00"]


@pytest.mark.parametrize("key", NO_KEYS)
def test_no_empty_or_made_up_link_sets_a_password(key: str, people: SimpleNamespace) -> None:
    before = list(User.objects.order_by("pk").values_list("password", flat=True))
    asked_for_reset()
    for start in ("", "1-", f"{people.bob.pk}-", "0-", "null-"):
        browser = set_password(f"/accounts/password/reset/key/{start}{key}/", "a password of the thief")
        assert browser.get("/documents/").status_code == 302
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == before


def test_a_link_of_one_person_opens_nobody_else(people: SimpleNamespace) -> None:
    link = asked_for_reset()
    who, _, key = link.rstrip("/").rsplit("/", 1)[-1].partition("-")
    assert who
    set_password(f"/accounts/password/reset/key/{people.alice.pk}-{key}/", "a password of the thief")
    assert not User.objects.get(username="alice").check_password("a password of the thief")
