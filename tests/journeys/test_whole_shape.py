"""The whole shape once, as people meet it: a real site with real workers, a real broker and a real browser.

Alice uploads a PDF and watches it become ready; Bob asks and opens the footnote; Charlie asks the same and learns
nothing; Rita judges the citation.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.journeys.site import PASSWORD, Site

QUESTION = "How long is the warranty of the Heron pump?"
WORDS = "The warranty of the Heron pump is 42 months from the day of delivery."
PATIENCE = 90_000  # milliseconds: the first question loads the model

pytestmark = pytest.mark.browser


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """Three pages; the words that answer stand on the second, at a known place."""
    path = tmp_path / "heron-pump-manual.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number, lines in enumerate(
        (
            ["Heron pump manual", "This manual describes how the Heron pump is set up and cleaned."],
            ["2 Warranty and service", WORDS, "Seals are wearing parts and are not covered."],
            ["3 Cleaning", "Rinse the pump with fresh water after every use."],
        ),
        start=1,
    ):
        canvas.setFont("Helvetica", 12)
        for row, line in enumerate(lines):
            canvas.drawString(72, 760 - 30 * row, line)
        canvas.drawString(72, 40, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return path


def sign_in(browser: Browser, site: Site, username: str) -> Page:
    page = browser.new_context(base_url=site.url).new_page()
    page.goto("/")
    page.get_by_label("Username").or_(page.locator("input[name=login]")).first.fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#question")).to_be_visible()
    return page


def ask(page: Page, question: str) -> Locator:
    """Asks and waits until the answer is finished. Gives the last turn."""
    page.wait_for_load_state("load")  # before the page's script runs, Enter only begins a line
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    turn = page.locator("[data-turn]").last
    expect(turn.locator("[data-question]")).to_have_text(question, timeout=PATIENCE)
    expect(turn.locator("[data-answer]")).to_have_attribute(
        "data-state", re.compile("complete|stopped|failed"), timeout=PATIENCE
    )
    return turn


def test_from_upload_to_review(site: Site, browser: Browser, manual: Path) -> None:
    alice = sign_in(browser, site, "alice")
    upload_and_wait(alice, manual)
    bob = sign_in(browser, site, "bob")
    turn = ask(bob, QUESTION)
    expect(turn.locator("[data-sentence]").first).to_contain_text("42 months")
    expect(turn.locator("[data-standing]").first).to_have_attribute("data-standing", "supported")
    the_footnote_marks_the_words(bob, turn)
    nothing_is_told_to_charlie(sign_in(browser, site, "charlie"))
    rita_judges(sign_in(browser, site, "rita"))


def upload_and_wait(page: Page, manual: Path) -> None:
    page.goto("/upload/")
    page.locator("input[data-input=file]").set_input_files(str(manual))
    row = page.locator("[data-job]", has_text="heron-pump-manual.pdf")
    expect(row).to_be_visible(timeout=PATIENCE)
    page.goto("/documents/")  # leaving the page changes nothing
    page.goto("/upload/")
    expect(row).to_have_attribute("data-state", "done", timeout=PATIENCE)
    expect(row).to_contain_text("3 pages")


def the_footnote_marks_the_words(page: Page, turn: Locator) -> None:
    turn.locator("[data-footnote='1']").first.click()
    pane = page.locator("#source-body [data-folio]")
    expect(pane).to_contain_text("page 2")
    expect(pane.locator("blockquote")).to_contain_text(WORDS)
    picture = pane.locator("img")
    expect(picture).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    box = pane.locator("[data-box]")
    expect(box).to_have_count(1)
    found, whole = box.bounding_box(), picture.bounding_box()
    assert found is not None
    assert whole is not None
    # Where the words were drawn on the paper, there the mark must lie on the picture: within 1 % of the page.
    width, height = A4
    left = 72 / width
    right = left + stringWidth(WORDS, "Helvetica", 12) / width
    baseline = (height - 730) / height
    assert (found["x"] - whole["x"]) / whole["width"] == pytest.approx(left, abs=0.01)
    assert (found["x"] + found["width"] - whole["x"]) / whole["width"] == pytest.approx(right, abs=0.01)
    assert (found["y"] - whole["y"]) / whole["height"] < baseline
    assert (found["y"] + found["height"] - whole["y"]) / whole["height"] == pytest.approx(baseline, abs=0.01)


def nothing_is_told_to_charlie(page: Page) -> None:
    turn = ask(page, QUESTION)
    expect(turn.locator("[data-sentence]")).to_have_count(0)
    expect(turn).to_contain_text("No answer, rather than a guess")
    body = page.content()
    for trace in ("heron-pump-manual", "42 months", "wearing parts"):
        assert trace not in body
    page.goto("/documents/")
    assert "heron" not in page.content().lower()


def rita_judges(page: Page) -> None:
    page.goto("/review/")
    claim = page.locator("[data-claim]").first
    expect(page.locator("#review")).to_contain_text(QUESTION)
    expect(claim.locator("[data-box]")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator("[data-settle].is-current:not([data-judged])")).to_have_count(1, timeout=PATIENCE)
    page.keyboard.press("1")
    expect(page.locator("#review")).to_contain_text("Nothing waits for review", timeout=PATIENCE)


def test_no_page_reaches_outside(site: Site, browser: Browser) -> None:
    page = browser.new_context(base_url=site.url).new_page()
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site.url) else outside.append(request.url))
    failures: list[str] = []
    page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    page.goto("/")
    page.locator("input[name=login]").fill("bob")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    for path in ("/", "/documents/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert outside == []
    assert failures == []
