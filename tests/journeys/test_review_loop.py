"""The loop that makes it better, in a real browser: Bob gets a poor answer and says why, Rita corrects it by keyboard,
Alice is given the verified answer and Charlie, who may not see its source, is not; what came of it is a test question,
and by it the gate stops a bad prompt that Ada would have promoted and lets a harmless one pass; the document changes
and the answer lapses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assistant.bad_prompt import BAD_NAME, BAD_RULES, ObedientServer
from tests.journeys.site import ROOT, Site, running_site
from tests.journeys.test_whole_shape import PATIENCE, ask, sign_in

QUESTION = "How long does the Heron pump run on one charge?"
OTHERWISE = "For how long does a Heron pump run on one charge?"
POLICY = "# Heron pump\n\nThe Heron pump runs for nine hours on one charge. In winter it runs for six hours.\n"
CHANGED = "# Heron pump\n\nThe Heron pump runs for eleven hours on one charge, and for seven in winter.\n"
SAID = "The Heron pump runs for nine hours on one charge, in winter for six hours."
_OTHER_WORDS = "from assistant.models import ReviewPolicy; ReviewPolicy.objects.update(reworded=True)"
_CASES = "from assistant.models import SetCase; print([c.question for c in SetCase.objects.filter(kind='reviewed')])"

pytestmark = pytest.mark.browser


def manage(site: Site, *command: str) -> str:
    environment = {**os.environ, "FOOTNOTE_HOME": str(site.home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def read_in(site: Site, path: Path, text: str) -> None:
    path.write_text(text)
    manage(site, "ingest", str(path), "--collection", "Team", "--as", "alice", "--inline")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that a language model answers for, one that does what its prompt says."""
    with ObedientServer() as model:
        setting = {
            "FOOTNOTE_GENERATOR": "openai",
            "FOOTNOTE_GENERATOR_URL": model.url,
            "FOOTNOTE_GENERATOR_MODEL": "obedient",
            "FOOTNOTE_EVALUATION_LEAST_CASES": "1",  # the loop makes one
        }
        with running_site(tmp_path_factory.mktemp("loop"), setting) as running:
            read_in(running, running.home / "heron.md", POLICY)
            yield running


def complain(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Not helpful|Tell us what is missing")).last.click()
    page.get_by_label("Something is missing").check()
    page.get_by_role("button", name="Send").first.click()


def try_prompt(page: Page, name: str, rules: str) -> None:
    """Writes a candidate's prompt and has the set of what reviewers judged asked with it, by the real worker."""
    page.goto("/evaluation/candidates/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("New prompt for language models").fill(rules)
    page.get_by_role("button", name="Save").click()
    page.goto("/evaluation/sets/reviews/")
    page.get_by_label("Ask these of").select_option(label=name)
    page.get_by_role("button", name="Ask them now").click()
    expect(page.get_by_role("heading", name="Against")).to_be_visible(timeout=PATIENCE)


def test_a_complaint_becomes_a_verified_answer_until_its_source_changes(site: Site, browser: Browser) -> None:
    bob = sign_in(browser, site, "bob")
    ask(bob, QUESTION)
    complain(bob)

    rita = sign_in(browser, site, "rita")
    rita.goto("/review/")
    expect(rita.locator(".question__text")).to_have_text(QUESTION, timeout=PATIENCE)
    expect(rita.locator(".badges")).to_contain_text("Found unhelpful")
    for number in range(1, rita.locator("li[data-claim]").count() + 1):
        expect(rita.locator("li[data-claim].is-current:not([data-judged])")).to_have_count(1)
        rita.keyboard.press("2")
        expect(rita.locator("li[data-claim][data-judged]")).to_have_count(number, timeout=PATIENCE)
    rita.keyboard.press("c")
    expect(rita.get_by_role("heading", name="Correct the answer")).to_be_visible(timeout=PATIENCE)
    rita.locator("#text").fill(f"{SAID} [1]")
    rita.get_by_label("Also make it a test question").check()
    rita.locator("#text").press("Control+s")
    expect(rita.locator(".notice__title").first).to_contain_text("Verified answer", timeout=PATIENCE)
    assert QUESTION in manage(site, "shell", "-v0", "-c", _CASES)

    alice = sign_in(browser, site, "alice")
    manage(site, "shell", "-v0", "-c", _OTHER_WORDS)
    served = ask(alice, OTHERWISE)
    expect(served.locator("[data-verified]")).to_contain_text("Verified by rita", timeout=PATIENCE)
    expect(served.locator(".sentence__words").first).to_have_text(SAID)

    charlie = sign_in(browser, site, "charlie")
    nothing = ask(charlie, QUESTION)
    expect(nothing.locator("[data-verified]")).to_have_count(0)
    expect(nothing.locator("[data-abstained]")).to_be_visible()
    assert "Heron pump runs" not in nothing.inner_text()
    assert "verified" not in nothing.inner_text().lower()

    ada = sign_in(browser, site, "ada")
    try_prompt(ada, BAD_NAME, BAD_RULES)
    ada.get_by_role("button", name="Promote").click()
    expect(ada.locator("main")).to_contain_text("Not promoted. It is worse")
    assert "Heron" not in ada.locator("main").inner_text()  # an administrator manages and does not read
    ada.goto("/evaluation/")
    expect(ada.locator("main")).not_to_contain_text(f"“{BAD_NAME}”, promoted")
    try_prompt(ada, "shorter", "Answer in one short sentence.")
    expect(ada.locator("main")).to_contain_text("Not worse")

    read_in(site, site.home / "heron.md", CHANGED)
    again = ask(alice, QUESTION)
    expect(again.locator("[data-verified]")).to_have_count(0)
    expect(again.locator(".sentence__words").first).to_contain_text("eleven hours")
    rita.goto("/review/verified/?state=lapsed")
    expect(rita.locator("tbody")).to_contain_text("A cited document has a new version.")
    rita.goto("/review/")
    expect(rita.locator(".badges")).to_contain_text("A verified answer has lapsed")
