"""From offsets in the stored text of a page to offsets in the text a data set counts in. Pure.

Storing cleans text (invisible characters, spaces at line ends, composed letters), so the two differ in few places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LOOK_AHEAD = 400


def offsets_in(original: str, stored: str) -> list[int]:
    """For every position of ``stored``, its end included, the position in ``original`` where the same text stands."""
    if original == stored:
        return list(range(len(stored) + 1))
    places: list[int] = []
    at = 0
    for character in stored:
        if at < len(original) and original[at] != character:
            ahead = original.find(character, at, at + _LOOK_AHEAD)
            if ahead >= 0 and not _means_something(original[at:ahead]):
                at = ahead
            else:
                # A letter that was composed from two is nowhere ahead: it stands for the next one that is here.
                while at < len(original) and not original[at].isalnum():
                    at += 1
        places.append(min(at, len(original)))
        at += 1
    places.append(min(at, len(original)))
    return places


def _means_something(skipped: str) -> bool:
    """Whether text that would be skipped holds more than what cleaning takes away."""
    return any(character.isalnum() for character in skipped)


def find_words(pages: Sequence[str], words: str) -> tuple[int, int, int] | None:
    """(page, start, end) of a text on the first page that holds it, however white space runs; None when none does."""
    parts = words.split()
    if not parts:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, parts)))
    for page, text in enumerate(pages):
        if match := pattern.search(text):
            return page, match.start(), match.end()
    return None
