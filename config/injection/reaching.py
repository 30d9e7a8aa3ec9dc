"""What on a page would make a browser go elsewhere, or run something the page did not bring."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_ADDRESS = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_NONCE = re.compile(r'nonce="([^"]+)"')
_FETCHING = frozenset(
    "src href action formaction srcset poster data background style ping xlink:href".split()  # noqa: SIM905
)


def reaching(page: str) -> list[str]:
    """The tags of an HTML page that reach out of the site or run what has no nonce, as text."""
    return _Reaching(page).found


class _Reaching(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._nonces = set(_NONCE.findall(page))
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        leaving = [value for name, value in named.items() if name in _FETCHING and _leaves(value)]
        running = [name for name in named if name.startswith("on")]
        foreign = tag in {"iframe", "object", "embed", "base"} or (tag == "script" and "src" not in named)
        if leaving or running or (foreign and named.get("nonce") not in self._nonces):
            self.found.append(f"<{tag} {named}>")


def _leaves(value: str) -> bool:
    return (bool(_ADDRESS.match(value)) and not value.startswith("data:image/")) or "url(" in value
