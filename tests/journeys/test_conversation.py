"""A long answer in a real browser: reloaded in the middle, followed by a queued question, stopped, edited, shared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.assistant.conftest import TRAVEL
from tests.assistant.model_server import ModelServer, Script
from tests.journeys.site import ROOT, Site, running_site
from tests.journeys.test_whole_shape import PATIENCE, sign_in

HOTEL, CAPITALS = "What is the hotel limit per night?", "What is the hotel limit in capital cities?"
# All of them different: a model that repeats itself is cut off.
SENTENCES = [
    "The hotel limit is €145 per night [1]. ",
    "Breakfast is included in that [1]. ",
    "Dearer rooms must be agreed beforehand [1]. ",
    "Somebody from accounting checks every bill [1]. ",
    "Trains come before planes on short ways [1]. ",
    "Taxis are for late evenings only [1]. ",
    "Tips are not paid back to anybody [1]. ",
    "Keep the receipts until the year is over [1]. ",
    "Ask your manager when you are in doubt [1]. ",
    "This rule was written in spring [1]. ",
]

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose model speaks slowly enough to be interrupted."""
    with ModelServer(Script(pieces=SENTENCES, between=0.6)) as model:
        monkeypatch.setenv("FOOTNOTE_GENERATOR", "openai")
        monkeypatch.setenv("FOOTNOTE_GENERATOR_URL", model.url)
        monkeypatch.setenv("FOOTNOTE_GENERATOR_MODEL", "scripted")
        policy = tmp_path / "travel-policy.md"
        policy.write_text(TRAVEL)
        with running_site(tmp_path / "home") as running:
            command = [sys.executable, str(ROOT / "manage.py"), "ingest", str(policy), "--collection", "Team"]
            environment = {**os.environ, "FOOTNOTE_HOME": str(running.home)}
            environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
            subprocess.run([*command, "--as", "alice", "--inline"], env=environment, check=True, capture_output=True)
            yield running


def test_a_long_answer_is_reloaded_followed_stopped_and_asked_otherwise(site: Site, browser: Browser) -> None:
    page = sign_in(browser, site, "bob")
    page.wait_for_load_state("load")
    page.locator("#question").fill(HOTEL)
    page.locator("#question").press("Enter")
    answers, ended = page.locator("[data-answer]"), re.compile("complete|stopped|failed")
    expect(answers.first.locator(".sentence").first).to_be_visible(timeout=PATIENCE)

    page.reload()
    expect(answers.first.locator(".sentence").nth(1)).to_be_visible(timeout=PATIENCE)
    page.locator("#question").fill(CAPITALS)
    page.locator("#question").press("Enter")
    expect(answers.nth(1)).to_have_attribute("data-state", "queued", timeout=PATIENCE)
    page.reload()
    expect(answers.nth(1)).to_have_attribute("data-state", "queued")

    page.locator("[data-stop]").click()
    expect(answers.first).to_have_attribute("data-state", "stopped", timeout=PATIENCE)
    expect(answers.first.locator("[data-sentence]").first).to_be_visible()
    expect(answers.nth(1)).to_have_attribute("data-state", "running", timeout=PATIENCE)
    expect(answers.nth(1)).to_have_attribute("data-state", ended, timeout=PATIENCE)

    page.locator("[data-turn]").nth(1).locator(".question__edit summary").click()
    page.locator(".question__edit[open] textarea").fill(f"{HOTEL} Breakfast included?")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("[data-question]").nth(1)).to_have_text(f"{HOTEL} Breakfast included?", timeout=PATIENCE)
    expect(answers.nth(1)).to_have_attribute("data-state", ended, timeout=PATIENCE)
    page.get_by_label("Earlier version of the question").click()
    expect(page.locator("[data-question]").nth(1)).to_have_text(CAPITALS)
