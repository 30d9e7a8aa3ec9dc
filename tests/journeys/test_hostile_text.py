"""Hostile texts on every page, in a real browser whose content policy is switched off: only escaping protects it.

Then the policy alone is tried, a signing out with Back, and an uploaded page. One site serves all of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.assistant.model_server import ModelServer, Script
from tests.journeys import payloads
from tests.journeys.site import PASSWORD, ROOT, Site, running_site

pytestmark = pytest.mark.browser
PATIENCE = 90_000  # milliseconds
QUESTION = "How long is the warranty of the Heron pump?"
# What no page of ours has, and what a text taken for markup would make.
FOREIGN = """() => [...document.querySelectorAll("*")].filter((e) =>
  [...e.attributes].some((a) => (/^(on|x-init|hx-on)/i.test(a.name) && /xss/.test(a.value))
    || /^\\s*(java\\s*script|data:text)/i.test(a.value)
    || (/evil\\.example/.test(a.value) && /^(src|href|action|ping|poster|style|data|srcdoc)$/.test(a.name)))
  || ["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "MATH"].includes(e.tagName)
  || (e.tagName === "SCRIPT" && /xss/.test(e.textContent)) || (e.tagName === "IMG" && e.getAttribute("src") === "x")
).map((e) => e.outerHTML.slice(0, 160))"""
ADMINISTRATION = (
    "knowledge/collection",
    "knowledge/document",
    "knowledge/documentversion",
    "ingest/ingestjob",
    "accounts/user",
    "accounts/auditevent",
    "assistant/answer",
)


@dataclass
class Seeded:
    site: Site
    model: ModelServer
    texts: list[str]
    pages: list[str]
    heron: str
    file: str


@pytest.fixture(scope="module", params=["everyday", pytest.param("full", marks=pytest.mark.full)])
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    texts = getattr(payloads, request.param)()
    home = tmp_path_factory.mktemp("home")
    words = re.findall(r"\S+\s*", payloads.model_output())
    with pytest.MonkeyPatch.context() as patch, ModelServer(Script(pieces=words)) as model:
        patch.setenv("FOOTNOTE_GENERATOR", "openai")
        patch.setenv("FOOTNOTE_GENERATOR_URL", model.url)
        patch.setenv("FOOTNOTE_GENERATOR_MODEL", "scripted")
        with running_site(home) as site:
            told = home / "told.json"
            (home / "texts.json").write_text(json.dumps(texts))
            code = (
                "import json, pathlib; from tests.journeys.hostile import seed; "
                f"seed(json.loads(pathlib.Path({str(home / 'texts.json')!r}).read_text()), pathlib.Path({str(told)!r}))"
            )
            environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
            command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", code]
            subprocess.run(command, env=environment, check=True, cwd=ROOT)
            yield Seeded(site, model, texts, **json.loads(told.read_text()))


@dataclass
class Watched:
    """A browser window that tells what ran and what it asked of other places."""

    page: Page
    context: BrowserContext
    ran: list[object] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str) -> str:
        self.page.goto(path, wait_until="load")
        assert self.page.evaluate(FOREIGN) == [], path
        return self.page.content()


def window(browser: Browser, seeded: Seeded, person: str, bypass_csp: bool = True) -> Watched:
    """Somebody's window after signing in."""
    context = browser.new_context(base_url=seeded.site.url, bypass_csp=bypass_csp)
    watched = Watched(context.new_page(), context)
    context.expose_binding("xss", lambda source, *said: watched.ran.append((source["page"].url, said)))

    def note(url: str) -> None:
        if not url.startswith((f"{seeded.site.url}/", "data:")):
            watched.outside.append(url)

    def blocked(request: Request) -> None:
        """A request that the policy stopped is told of, but never left."""
        if "csp" in (request.failure or "") and request.url in watched.outside:
            watched.outside.remove(request.url)

    context.set_default_timeout(PATIENCE)
    context.on("request", lambda request: note(request.url))
    context.on("requestfailed", blocked)
    watched.page.on("dialog", lambda dialog: (watched.ran.append(dialog.message), dialog.dismiss()))
    sign_in(watched.page, person)
    return watched


def sign_in(page: Page, person: str) -> None:
    page.goto("/")
    page.locator("input[name=login]").fill(person)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#question")).to_be_visible(timeout=PATIENCE)


def test_a_reader_sees_hostile_texts_and_nothing_runs(seeded: Seeded, browser: Browser) -> None:
    bob = window(browser, seeded, "bob")
    seen = "".join(bob.open(path) for path in ("/", "/documents/", *seeded.pages))
    assert seen.count("evil.example") > 20, "the texts are there to be read"
    assert len(seeded.texts) >= 40
    for footnote in bob.page.locator("[data-footnote]:visible").all()[:3]:
        footnote.hover()
    assert (bob.ran, bob.outside) == ([], [])
    bob.context.close()


def test_those_who_manage_see_them_and_nothing_runs(seeded: Seeded, browser: Browser) -> None:
    paths = {
        "alice": ["/upload/", *seeded.pages[:2]],
        "rita": ["/review/"],
        "ada": ["/insights/", "/sessions/", "/admin/", *(f"/admin/{place}/" for place in ADMINISTRATION)],
    }
    for person, places in paths.items():
        watched = window(browser, seeded, person)
        for place in places:
            watched.open(place)
        assert (watched.ran, watched.outside) == ([], []), person
        watched.context.close()


@pytest.mark.parametrize("bypass_csp", [True, False])
def test_a_model_that_obeys_everything_sends_nothing_away(seeded: Seeded, browser: Browser, bypass_csp: bool) -> None:
    bob = window(browser, seeded, "bob", bypass_csp)
    asked = len(seeded.model.requests)
    bob.page.wait_for_load_state("load")
    bob.page.locator("#question").fill(QUESTION)
    bob.page.locator("#question").press("Enter")
    turn = bob.page.locator("[data-turn]").last
    expect(turn.locator("[data-question]")).to_have_text(QUESTION, timeout=PATIENCE)
    expect(turn.locator("[data-answer]")).to_have_attribute(
        "data-state", re.compile("complete|stopped|failed"), timeout=PATIENCE
    )
    assert len(seeded.model.requests) > asked, "the model was asked"
    expect(turn).to_contain_text("42 months")
    assert bob.page.evaluate(FOREIGN) == []
    bob.page.reload(wait_until="load")
    assert bob.page.evaluate(FOREIGN) == []
    assert (bob.ran, bob.outside) == ([], [])
    bob.context.close()


def test_an_uploaded_page_is_a_file_to_the_browser(seeded: Seeded, browser: Browser) -> None:
    bob = window(browser, seeded, "bob")
    with bob.page.expect_download(timeout=PATIENCE) as download:
        bob.page.evaluate("address => { location.href = address; }", seeded.file)
    assert b"xss(62)" in Path(download.value.path()).read_bytes()
    assert bob.page.url == f"{seeded.site.url}/", "the page stayed where it was"
    assert bob.ran == []
    bob.context.close()


def test_the_policy_alone_stops_what_would_run(seeded: Seeded, browser: Browser) -> None:
    """Should escaping ever fail somewhere: markup put into a page by hand neither runs nor fetches."""
    bob = window(browser, seeded, "bob", bypass_csp=False)
    bob.page.evaluate(
        """() => { const place = document.createElement("div");
        place.innerHTML = "<img src=https://evil.example/a.png><img src=x onerror=xss(70)><iframe src=//evil.example>";
        document.body.append(place);
        const script = document.createElement("script");
        script.textContent = "xss(71)"; document.body.append(script); }"""
    )
    bob.page.wait_for_load_state("networkidle")
    assert bob.ran == []
    assert bob.outside == []
    bob.context.close()


def test_after_signing_out_back_shows_nothing_and_the_next_person_sees_no_trace(
    seeded: Seeded, browser: Browser
) -> None:
    bob = window(browser, seeded, "bob", bypass_csp=False)
    page, traces = bob.page, ("evil.example", "bob", "heron")
    page.goto(seeded.heron)
    assert "heron" in page.content().lower()
    page.goto(seeded.pages[3])
    page.goto("/")
    page.get_by_role("button", name=re.compile("^You: ")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    for _ in range(3):
        page.go_back(wait_until="load")
        assert "/accounts/login/" in page.url
        assert not [trace for trace in traces if trace in page.content().lower()]
    page.goto("/accounts/login/")
    sign_in(page, "charlie")
    for path in ("/", "/documents/", "/conversations/"):
        page.goto(path)
        assert not [trace for trace in traces if trace in page.content().lower()]
    kept = page.evaluate("async () => [{...localStorage}, {...sessionStorage}, await caches.keys()]")
    # htmx notes the address of the page that is open, which is one of Charlie's own.
    assert [kept[0], set(kept[1]) - {"htmx-current-path-for-history"}, kept[2]] == [{}, set(), []]
    assert not [trace for trace in (*traces, "/c/") if trace in json.dumps(kept)]
    bob.context.close()
