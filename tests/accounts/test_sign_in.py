"""Signing in: with name or address, throttled, on the trail, and only for people an administrator has added."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core import mail
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.adapters import AccountAdapter, SocialAccountAdapter, client_ip
from accounts.models import AuditEvent, User
from tests.conftest import PASSWORD, ClientFor

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
COMPANY = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "company",
                "name": "Company",
                "client_id": "footnote",
                "secret": "not used here",
                "settings": {"server_url": "https://sign-in.example.org"},
            }
        ]
    }
}


def sign_in(browser: Client, login: str, password: str = PASSWORD) -> int:
    return browser.post(LOGIN, {"login": login, "password": password}).status_code


def trail(start: str) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(action__startswith=start).order_by("id").values_list("action", "object_id"))


@pytest.mark.parametrize("login", ["bob", "bob@example.org", "BOB@example.org"])
def test_bob_signs_in_and_out(login: str, people: SimpleNamespace) -> None:
    browser = Client()
    assert sign_in(browser, login) == 302
    assert browser.get("/documents/").status_code == 200
    key = browser.session.session_key
    browser.post("/accounts/logout/")
    assert browser.get("/documents/").status_code == 302
    assert not browser.session.exists(key)
    assert trail("sign") == [("signin", str(people.bob.pk)), ("signout", str(people.bob.pk))]


def test_a_wrong_password_is_on_the_trail_without_what_was_typed(people: SimpleNamespace) -> None:
    assert sign_in(Client(), "bob", "wrong words here") == 200
    assert sign_in(Client(), "my secret typed here", "x") == 200
    assert trail("signin.failed") == [("signin.failed", str(people.bob.pk)), ("signin.failed", "")]
    assert not any("secret" in str(line) for line in AuditEvent.objects.values_list("detail", "object_id"))


def test_ten_failures_lock_this_name_here_and_nobody_else(people: SimpleNamespace) -> None:
    browser = Client()
    # By name and by address alike: they count together.
    codes = [sign_in(browser, ("bob", "bob@example.org")[n % 2], "wrong") for n in range(10)]
    assert codes[:9] == [200] * 9
    assert codes[9] == 429
    assert sign_in(browser, "bob") == 429, "the right password no longer helps"
    page = browser.post(LOGIN, {"login": "bob", "password": PASSWORD})
    assert page["Retry-After"] == "900"
    assert "is paused until <time" in page.content.decode()
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "bob") == 302, "Bob at his own desk is not kept out"
    assert sign_in(Client(), "alice") == 302


def test_a_forged_forwarding_header_does_not_escape_the_throttle(people: SimpleNamespace) -> None:
    browsers = [Client(headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(11)]
    codes = [sign_in(browser, "bob", "wrong") for browser in browsers]
    assert codes[-1] == 429


def test_behind_proxies_of_ones_own_the_client_is_told_apart(settings: Settings, rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7, 10.0.0.9"})
    assert client_ip(request) == "10.0.0.2"
    settings.PROXIES = 2
    assert client_ip(request) == "192.0.2.7"
    assert client_ip(rf.get("/", REMOTE_ADDR="10.0.0.2")) == "10.0.0.2"


@pytest.mark.parametrize(
    "address", ["signup/", "email/", "3rdparty/", "3rdparty/signup/", "social/signup/", "password/set/"]
)
def test_nobody_makes_an_account_or_changes_an_address(
    address: str, rf: RequestFactory, people: SimpleNamespace, client_for: ClientFor
) -> None:
    form = {"username": "eve", "email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD}
    before = User.objects.count()
    for browser in (Client(), client_for(people.bob), client_for(people.ada)):
        assert browser.get(f"/accounts/{address}").status_code == 404
        assert browser.post(f"/accounts/{address}", form).status_code == 404
    assert User.objects.count() == before
    assert AccountAdapter().is_open_for_signup(rf.get("/")) is False


def test_an_address_that_was_changed_opens_the_account_no_more(people: SimpleNamespace) -> None:
    def mailed(address: str) -> list[str]:
        mail.outbox.clear()
        Client().post("/accounts/password/reset/", {"email": address})
        return [str(sent.body) for sent in mail.outbox if "/accounts/password/reset/key/" in str(sent.body)]

    assert mailed("bob@example.org")
    assert EmailAddress.objects.filter(user=people.bob).exists(), "allauth keeps the address by itself"
    people.bob.email = "Bob.Berg@Example.org"
    people.bob.save()
    assert not mailed("bob@example.org")
    assert mailed("Bob.Berg@example.org")
    assert sign_in(Client(), "BOB.berg@example.org") == 302


@pytest.fixture
def request_with_messages(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/accounts/oidc/company/login/callback/")
    request.session = {}  # type: ignore[assignment]  # enough of a session for messages
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def company_login(address: str, verified: bool) -> SocialLogin:
    return SocialLogin(
        user=User(email=address),
        account=SocialAccount(provider="company", uid="42"),
        email_addresses=[EmailAddress(email=address, verified=verified, primary=True)],
    )


def test_a_company_sign_in_opens_the_account_with_its_verified_address(
    people: SimpleNamespace, request_with_messages: HttpRequest, settings: Settings
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = COMPANY
    login = company_login("Bob@Example.org", verified=True)
    SocialAccountAdapter().pre_social_login(request_with_messages, login)
    assert SocialAccount.objects.get().user == people.bob


@pytest.mark.parametrize("verified", [True, False])
def test_an_unverified_address_or_a_deactivated_person_is_refused(
    verified: bool, people: SimpleNamespace, request_with_messages: HttpRequest
) -> None:
    User.objects.filter(pk=people.bob.pk).update(is_active=not verified)
    with pytest.raises(ImmediateHttpResponse):
        SocialAccountAdapter().pre_social_login(request_with_messages, company_login("bob@example.org", verified))
    assert not SocialAccount.objects.exists()


def test_a_new_colleague_comes_in_only_through_a_configured_company_sign_in(
    settings: Settings, rf: RequestFactory, people: SimpleNamespace
) -> None:
    login, unknown = company_login("new@example.org", verified=True), company_login("new@example.org", verified=False)
    adapter = SocialAccountAdapter()
    assert not adapter.is_open_for_signup(rf.get("/"), login)
    settings.SOCIALACCOUNT_PROVIDERS = COMPANY
    assert adapter.is_open_for_signup(rf.get("/"), login)
    assert not adapter.is_open_for_signup(rf.get("/"), unknown)


def test_the_browser_keeps_nothing_of_what_was_read_while_signed_in(
    people: SimpleNamespace, client_for: ClientFor
) -> None:
    bob = client_for(people.bob)
    for address in ("/", "/documents/", "/conversations/", "/nowhere/"):
        assert bob.get(address)["Cache-Control"] == "private, no-store", address
