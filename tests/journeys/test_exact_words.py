"""A long document on a phone and in the dark: the mark is in sight, words are found, the picture grows by key."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.journeys.site import PASSWORD, Site
from tests.journeys.test_whole_shape import PATIENCE

pytestmark = pytest.mark.browser
WORDS = "The spare key of the archive lies with the porter."


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    """Forty pages; the words stand at the foot of the thirtieth."""
    path = tmp_path / "house-handbook.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number in range(1, 41):
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 760, f"Chapter {number} of the house handbook tells of room {number}.")
        canvas.drawString(72, 90, WORDS if number == 30 else "Nothing else is kept here.")
        canvas.showPage()
    canvas.save()
    return path


def in_sight(page: Page) -> None:
    """The first mark lies inside the window, and the page does not scroll sideways."""
    mark = page.locator("[data-box]").first
    expect(mark).to_be_in_viewport(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_are_found_and_seen_on_a_phone(site: Site, browser: Browser, handbook: Path) -> None:
    context = browser.new_context(
        base_url=site.url, viewport={"width": 360, "height": 740}, color_scheme="dark", has_touch=True
    )
    page = context.new_page()
    page.goto("/")
    page.locator("input[name=login]").fill("alice")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/upload/")
    page.locator("input[data-input=file]").set_input_files(str(handbook))
    row = page.locator("[data-job]", has_text="house-handbook.pdf")
    expect(row).to_have_attribute("data-state", "done", timeout=PATIENCE)
    page.goto("/documents/")
    page.get_by_role("link", name="house handbook").first.click()
    expect(page.locator(".page-list__link")).to_have_count(24)
    page.get_by_label("Go to page").fill("29")
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Search in this document").fill("spare KEY")
    page.get_by_label("Search in this document").press("Enter")
    expect(page.locator("[data-found]")).to_have_text("1 of 1", timeout=PATIENCE)
    expect(page.locator("[data-folio]")).to_contain_text("page 30")
    in_sight(page)
    page.locator("[data-leaf]").first.focus()
    page.keyboard.press("+")
    expect(page.locator("[data-zoom-level]")).to_have_text("125 %")
    in_sight(page)
    context.close()
