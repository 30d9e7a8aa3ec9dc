"""Three questions to begin with, drawn from the headings of documents this person may see. The same documents give the
same questions; a document they may not see changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accounts.models import User
from knowledge.models import Document, Passage

SUGGESTED = 3
_LOOKED_AT = 12  # documents
_VAGUE = re.compile(
    r"^(?:purpose|scope|overview|introduction|summary|contents?|contact|general|notes?|history|appendix|definitions?|"
    r"background|about|further|references?|changes?|version|miscellaneous|other|next steps|attend\w+|agenda)\b",
    re.IGNORECASE,
)


def suggestions(user: User) -> list[str]:
    """Up to three questions; fewer when the visible documents have no telling headings."""
    documents = Document.objects.visible_to(user).filter(current__isnull=False, superseded_by__isnull=True)
    found: list[str] = []
    for document in documents.order_by("-current__ready", "title")[:_LOOKED_AT]:
        paths = Passage.objects.filter(version_id=document.current_id).order_by("ordinal")[:40]
        heading = _telling(document.title, paths.values_list("heading_path", flat=True))
        if heading:
            found.append(_question(document.title, heading))
        if len(found) == SUGGESTED:
            break
    return found


def _telling(title: str, paths: Iterable[list[str]]) -> str:
    """The first heading that says what a part is about; "" when there is none."""
    for path in paths:
        heading = re.sub(r"^[\d.]+\s*", "", path[-1]).strip(" .:") if path else ""
        letters = re.fullmatch(r"[^\W\d_][\w '’,()/-]{3,60}\??", heading)
        if letters and not _VAGUE.match(heading) and heading.casefold() not in title.casefold():
            return heading
    return ""


def _question(title: str, heading: str) -> str:
    if heading.endswith("?"):
        return heading
    first, _, rest = heading.partition(" ")
    plain = first if first.isupper() or not first.istitle() else first.lower()
    return f"What does “{title}” say about {f'{plain} {rest}'.strip()}?"
