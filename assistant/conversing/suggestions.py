"""Three questions to begin with, drawn from the headings of documents this person may see. The same documents give the
same questions; a document they may not see changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from accounts.models import User
from knowledge.lexical import analyse
from knowledge.models import Document, Passage, replaced_for

SUGGESTED = 3
_LOOKED_AT = 20  # documents
_PASSAGES = 40  # of each
_LOOKED_THROUGH = 400  # passages, when it is about one document
_VAGUE = re.compile(
    r"^(?:purpose|scope|overview|introduction|summary|contents?|contacts?|general|notes?|history|appendix|definitions?|"
    r"background|about|further|references?|changes?|version|miscellaneous|other|next steps|attend\w+|agenda|actions?|"
    r"first steps|principles|responsibilities|timeline|results|method|recommendations|conclusions?|things|annex|"
    r"good to|reasons?|opening|questions|people|products|review|transition|special cases|"
    # Not the name of a thing: "what does it say about" cannot be put before these.
    r"an?\b|the\b|in|at|by|on|if|when|where|why|who|what|how|before|after|within|week|day|take|use|get|my|your|our|i)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:what|when|where|which|who|how|why|can|may|must|do|does|is|are|should)\b[^.?!]{12,80}\?", re.IGNORECASE
)
_TELLS = re.compile(r"\d|\b(?:must|may|can|shall|never|always)\b")


def suggestions(user: User) -> list[str]:
    """Up to three questions, each from another document; fewer when the visible ones have no telling headings."""
    documents = Document.objects.visible_to(user).filter(~replaced_for(user), current__isnull=False)
    newest = documents.order_by("-current__ready", "title").values_list("title", "current_id", "current__sha256")
    found = (_best(*one) for one in newest[:_LOOKED_AT])
    best_first = sorted((one for one in found if one is not None), key=lambda one: -one[0])
    return list(dict.fromkeys(question for _, question in best_first))[:SUGGESTED]  # two documents may ask the same


@lru_cache(maxsize=2048)
def _best(title: str, version_id: int, content: str) -> tuple[int, str] | None:
    """(worth, question) of the most telling heading. Remembered, for every opening of the first page asks this of the
    same documents; the file's hash is part of the key, so that no other file can have this answer."""
    passages = Passage.objects.filter(version_id=version_id).order_by("ordinal")[:_PASSAGES]
    best = max(_candidates(title, passages.values_list("heading_path", "text")), default=None)
    return None if best is None else (best[0], best[2])


def questions_of(document: Document) -> list[str]:
    """Up to three questions drawn from the headings of a document's current version; the most telling first."""
    passages = Passage.objects.filter(version_id=document.current_id).order_by("ordinal")
    drawn = sorted(_candidates(document.title, passages.values_list("heading_path", "text")[:_LOOKED_THROUGH]))
    return list(dict.fromkeys(question for _, _, question in reversed(drawn)))[:SUGGESTED]


def _candidates(title: str, passages: Iterable[tuple[list[str], str]]) -> Iterator[tuple[int, int, str]]:
    """(worth, minus its place, question) for every heading that a question can be made of."""
    for place, (path, text) in enumerate(passages):
        if not path:
            continue
        heading = re.sub(r"^[\d.]+\s*", "", path[-1]).strip(" .:")
        body = text.replace(path[-1], "", 1)
        tells = int(bool(_TELLS.search(body)))
        if _ASKS.fullmatch(heading) and len(analyse(heading)) > 1:
            yield 4 + tells, -place, heading
        elif _is_topic(heading) and heading.casefold() not in title.casefold():
            # Two words say what is meant: "core hours" rather than "rail". A section that speaks of them answers.
            telling = 2 <= len(heading.split()) <= 4
            spoken = telling and set(analyse(heading)) <= set(analyse(body))
            yield tells + telling + 2 * spoken, -place, _question(title, heading)


def _is_topic(heading: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_][\w ’'-]{3,40}", heading)) and not _VAGUE.match(heading)


def _question(title: str, heading: str) -> str:
    first, _, rest = heading.partition(" ")
    plain = first if first.isupper() or not first.istitle() else first.lower()
    return f"What does “{title}” say about {f'{plain} {rest}'.strip()}?"
