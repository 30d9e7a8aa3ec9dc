"""What a document calls itself, when that says more than what its file was called. Pure."""

from __future__ import annotations

import re

from ingest.names import title_from
from ingest.parsers.base import ParsedPage
from ingest.parsers.cleaning import clean_line

_SHORTEST, _LONGEST = 4, 120
_NEAR_THE_TOP = 300  # characters; a heading further down is one of a part
_READ_FOR_WORDS = 4000
_REPLY = re.compile(r"^(?:(?:re|aw|fw|fwd|wg)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_PROGRAM = re.compile(r"^microsoft \w+ - ", re.IGNORECASE)
_FILE = re.compile(r"[\w)-]\.(?:docx?|pptx?|xlsx?|pdf|html?|txt|indd|odt|rtf|tex|md)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[ivx]+\.|chapter|section|part|§)\s", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"(?:untitled|no title|document|presentation|powerpoint presentation|book|folder|scan|new)[\s_\d-]*|"
    r"(?:table of )?contents|introduction|overview|summary|preface|foreword|purpose|scope|home|index|notes?:?|agenda",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{2,}")


def own_title(stated: str, first: ParsedPage, name: str) -> str:
    """The heading that begins the first page, else what the file states of itself; "" when neither is a title. Of a
    PDF the other way round: its headings are guessed from type.

    Files carry the titles of the templates they were made from, so a stated one counts only when most of its
    words stand on the first page or in the file's name.
    """
    heading = next((h.title for h in first.headings[:1] if h.level == 1 and h.offset < _NEAR_THE_TOP), "")
    candidates = [heading, stated if _belongs(stated, first.text, name) else ""]
    for candidate in reversed(candidates) if first.kind == "page" else candidates:
        title = _REPLY.sub("", clean_line(candidate, _LONGEST + 1))
        if _is_title(title):
            return title
    return ""


def _is_title(title: str) -> bool:
    return (
        _SHORTEST <= len(title) <= _LONGEST
        and sum(letter.isalpha() for letter in title) >= _SHORTEST
        and not _SAYS_NOTHING.fullmatch(title)
        and not any(pattern.search(title) for pattern in (_PROGRAM, _FILE, _NUMBERED))
    )


def _belongs(stated: str, text: str, name: str) -> bool:
    words = _words(stated)
    return bool(words) and len(words & (_words(text[:_READ_FOR_WORDS]) | _words(title_from(name)))) * 2 > len(words)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
