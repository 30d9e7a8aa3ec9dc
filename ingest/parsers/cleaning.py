"""The one place where text from files is cleaned before it is stored, embedded, shown or sent on. Pure.

Removed is what no reader sees but a machine would read: control characters, direction overrides, tag
characters and other carriers of hidden text. Letters are composed (NFC), so that the same word is the same
characters.
"""

from __future__ import annotations

import re
import unicodedata

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u00ad\u200b\u2060-\u2064\ufeff"  # soft hyphen, characters without width (joiners stay: some scripts need them)
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, overrides and isolates
    "\ufff9-\ufffb\ufff0-\ufff8"  # annotation
    "\ud800-\udfff"  # halves of characters
    "\U000e0000-\U000e0fff"  # tags and supplementary variation selectors
    "]"
)
_BLANK_LINES = re.compile(r"\n{4,}")


def clean_text(text: str) -> str:
    """Text of a page as it is stored. Cleaning it again changes nothing."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    # Line by line, not by a pattern: one that looks for spaces before a line's end is slow on long runs of spaces.
    text = "\n".join(line.rstrip(" \t\u00a0") for line in unicodedata.normalize("NFC", text).split("\n"))
    return _BLANK_LINES.sub("\n\n\n", text).strip("\n")


def clean_line(text: str, limit: int = 200) -> str:
    """A label or heading: one line, at most ``limit`` characters."""
    return " ".join(clean_text(text).split())[:limit].rstrip()
