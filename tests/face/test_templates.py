"""What can break in the face without anybody noticing: a template that does not compile, something the browser's policy
would refuse, an address that does not exist, a colour that cannot be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import get_resolver

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html"))
STYLES = (TEMPLATES / "static" / "css" / "footnote.css").read_text()
SCRIPTS = sorted((TEMPLATES / "static" / "js").glob("*.js"))

REFUSED = {
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "an event attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:-][^=]*)\s*=", re.I),
    "an evaluated expression": re.compile(r"\shx-(?:vals|vars|headers)=[\"']js:", re.I),
    "something from elsewhere": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.I),
    "text that is not escaped": re.compile(r"\{%\s*autoescape off|\{\{[^}]*\|safe(?!seq)[^}]*\}\}"),
}
# Help text of a form is Django's own, and may hold the list of password rules.
# The picture of groups is a file of its own, opened from the disk.
ALLOWED = {("components/_field.html", "text that is not escaped"), ("gaps/picture.html", "an inline style")}

# Text on ground, in the pairs the stylesheet uses.
GROUNDS = ("paper", "sheet", "sunken")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong") for ground in GROUNDS),
    *((ink, ground) for ink in ("good", "fair", "poor") for ground in ("paper", "sheet", f"{ink}-wash")),
    ("ink", "good-wash"), ("ink", "fair-wash"), ("ink", "poor-wash"), ("ink", "accent-wash"),
    ("accent-strong", "accent-wash"), ("ink-soft", "line"), ("ink", "line"),
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("mark-ink", "mark"), ("paper", "ink"),
]  # fmt: skip
# The outline of a control must be seen too, at 3:1.
EDGES = [("line-strong", "paper"), ("line-strong", "sheet"), ("accent", "paper"), ("accent", "line")]


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def without_comments(text: str) -> str:
    return re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_template_compiles(path: Path) -> None:
    get_template(name(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_the_browsers_policy_refuses(path: Path) -> None:
    text = without_comments(path.read_text())
    found = [what for what, pattern in REFUSED.items() if pattern.search(text) and (name(path), what) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_address_is_known(path: Path) -> None:
    known = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    named = set(re.findall(r"\{% url [\"']([a-z_]+)[\"']", path.read_text()))
    assert named <= known


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_static_file_and_partial_is_there(path: Path) -> None:
    text = path.read_text()
    for static in re.findall(r"\{% static [\"']([^\"']+)[\"']", text):
        assert finders.find(static), static
    for partial in re.findall(r"\{% (?:include|extends) [\"']([^\"']+)[\"']", text):
        get_template(partial)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_form_that_posts_has_a_token(path: Path) -> None:
    forms = re.findall(r"<form\b.*?</form>", path.read_text(), flags=re.S)
    posting = [form for form in forms if re.search(r"method=\"post\"", form)]
    assert all("{% csrf_token %}" in form for form in posting)


def test_models_text_is_never_set_as_html() -> None:
    for path in SCRIPTS:
        assert not re.search(
            r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(", path.read_text()
        ), path


def test_every_property_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\((--[a-z0-9-]+)(?!,)\)", STYLES))
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", STYLES))
    assert used <= defined
    assert not re.search(r"url\(|@import", STYLES), "the stylesheet fetches nothing"


def tokens() -> dict[str, tuple[str, str]]:
    """Colour tokens as (light, dark)."""
    pattern = r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {token: (light, dark) for token, light, dark in re.findall(pattern, STYLES)}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"), [*((*pair, 4.5) for pair in PAIRS), *((*pair, 3.0) for pair in EDGES)]
)
def test_colours_can_be_read(front: str, ground: str, least: float, theme: int) -> None:
    colours = tokens()
    assert contrast(colours[front][theme], colours[ground][theme]) >= least


@pytest.mark.parametrize(
    "page", ["404.html", "403.html", "403_csrf.html", "429.html", "500.html", "account/lockout.html"]
)
def test_error_pages_need_nothing_from_the_view(page: str, db: None) -> None:
    html = get_template(page).render({}, RequestFactory().get("/nowhere/") if page != "500.html" else None)
    assert "<h1>" in html
    assert "nowhere" not in html
