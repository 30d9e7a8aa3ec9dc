"""The focus, the draft and the way back in a real browser: what somebody was doing is where they left it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assistant.conftest import LEAVE, TRAVEL
from tests.journeys.site import PASSWORD, ROOT, Site, running_site
from tests.journeys.test_whole_shape import PATIENCE, ask, sign_in

HOTEL = "What is the hotel limit per night?"
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nothing-is-lost")
    for name, text in (("travel-policy.md", TRAVEL), ("leave-rules.md", LEAVE)):
        (folder / name).write_text(text)
    with running_site(folder / "home") as running:
        environment = {**os.environ, "FOOTNOTE_HOME": str(running.home), "DJANGO_SETTINGS_MODULE": "config.settings"}
        for name in ("travel-policy.md", "leave-rules.md"):
            command = [sys.executable, str(ROOT / "manage.py"), "ingest", str(folder / name), "--collection", "Team"]
            subprocess.run([*command, "--as", "alice", "--inline"], env=environment, check=True, capture_output=True)
        yield running


def control(page: Page) -> str | None:
    """The name of the control of the source pane that has the focus."""
    return page.evaluate("document.activeElement.dataset.control ?? null")  # type: ignore[no-any-return]


def test_the_pane_keeps_the_focus_and_the_way_back(site: Site, browser: Browser) -> None:
    page = sign_in(browser, site, "bob")
    turn = ask(page, HOTEL)
    turn.locator(".note [data-footnote]").first.click()
    pane = page.locator("#source-body [data-folio]")
    which = (pane.locator(".folio__which").text_content(timeout=PATIENCE) or "").strip()
    assert which.startswith("Footnote 1 of")
    page.locator("[data-control=find]").fill("hotel")
    page.locator("[data-control=find]").press("Enter")
    expect(page.locator("[data-found]")).to_contain_text("1 of", timeout=PATIENCE)
    assert control(page) == "find"
    expect(pane.locator(".folio__which")).to_have_text(which)
    page.get_by_role("link", name="Back to the quoted words").click()
    expect(pane.locator("[data-found]")).to_have_count(0, timeout=PATIENCE)
    expect(pane).to_have_attribute("data-footnote-number", "1")
    expect(pane).to_be_focused()

    turn.locator("[data-retry] button").first.click()
    expect(pane).to_have_count(0)
    fresh = page.locator("[data-answer]").last
    expect(fresh).to_have_attribute("data-state", re.compile("complete"), timeout=PATIENCE)
    expect(fresh).to_be_focused()
    fresh.locator("[id^=helpful-]").click()
    expect(page.locator("[id^=helpful-]")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    expect(page.locator("[id^=helpful-]")).to_be_focused()


def test_the_back_button_of_a_phone_closes_the_source(site: Site, browser: Browser) -> None:
    page = sign_in(browser, site, "bob")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    turn = ask(page, HOTEL)
    address = page.url
    turn.locator(".note [data-footnote]").first.click()
    pane = page.locator("#source-body [data-folio]")
    expect(pane).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.go_back()
    expect(pane).to_have_count(0)
    assert page.url == address
    turn.locator(".note [data-footnote]").first.click()
    page.get_by_role("button", name="Close the source").click()
    expect(pane).to_have_count(0)
    assert page.evaluate("history.state") is None, "nothing is left that Back would only seem to do"


def test_what_was_typed_survives_a_reload_another_form_and_the_end_of_the_session(site: Site, browser: Browser) -> None:
    page = sign_in(browser, site, "bob")
    ask(page, HOTEL)
    expect(page.locator("#question")).to_have_value("")
    page.locator("#question").fill("And in capital")
    page.reload()
    expect(page.locator("#question")).to_have_value("And in capital")

    mail = "Dear Bob,\nwhat is the hotel limit per night?"
    more = page.get_by_role("button", name="More to ask for")
    more.click()
    page.get_by_role("link", name="Draft a reply to a mail").click()
    page.locator("#mode-mail").fill(mail)
    more.click()
    page.get_by_role("link", name="Summarise").click()
    expect(page.locator("#toasts")).to_contain_text("is kept")
    more.click()
    page.get_by_role("link", name="Draft a reply to a mail").click()
    expect(page.locator("#mode-mail")).to_have_value(mail, timeout=PATIENCE)

    address = page.url
    page.context.clear_cookies(name=re.compile("session"))
    page.locator("#question").fill("And in capital cities?")
    page.locator("#question").press("Enter")
    page.wait_for_url(re.compile("/accounts/login/"))
    page.locator("input[name=login]").fill("bob")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#question")).to_have_value("And in capital cities?")
    assert page.url == address

    page.get_by_role("button", name=re.compile("^You: ")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/"))
    assert [key for key in page.evaluate("Object.keys(sessionStorage)") if key.startswith("draft:")] == []


def test_a_new_version_and_a_double_say_what_they_are(site: Site, browser: Browser, tmp_path: Path) -> None:
    page = sign_in(browser, site, "alice")
    page.goto("/documents/")
    expect(page.get_by_role("button", name="Set review date")).to_be_disabled()
    title = (page.locator("a.table__name", has_text="eave").text_content() or "").strip()
    page.locator("a.table__name", has_text="eave").click()
    page.get_by_role("link", name="Upload a new version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Version 2 of {title}")
    page.wait_for_load_state("load")

    double = tmp_path / "whatever.md"
    double.write_text(LEAVE)
    page.locator("#file").set_input_files(str(double))
    row = page.locator("[data-sending] li")
    expect(row).to_contain_text("already here", timeout=PATIENCE)
    expect(row.get_by_role("link", name=title)).to_be_visible()
    expect(page.locator("[data-sending-summary]")).to_have_text("0 of 1 received · 1 already here")

    double.write_text(LEAVE.replace("27 days", "28 days"))
    page.locator("#file").set_input_files(str(double))
    expect(page.locator("[data-job]").first).to_contain_text("version 2", timeout=PATIENCE)
    expect(page.locator("#upload")).to_be_hidden()
