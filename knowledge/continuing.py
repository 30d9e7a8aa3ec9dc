"""A sentence that a page break cuts in two: where its rest stands. A quote never leaves its page; the reader may."""

from __future__ import annotations

import re

from django.urls import reverse

from knowledge.models import Page
from knowledge.sentences import split_sentences

_ENDED = re.compile(r"[.!?…:;|][\"'”’)\]*_]*\s*$")
_GOES_ON = re.compile(r"[\"'“‘(\[]*[a-zß-öø-ÿа-яё]")


def rest_url(page: Page, end: int) -> str:
    """The address of the rest of a quote that ends in mid-sentence with its page, marked there; "" for any other."""
    if page.kind != Page.Kind.PAGE or page.text[end:].strip() or _ENDED.search(page.text[:end]):
        return ""
    following = page.version.pages.filter(number=page.number + 1).first()
    spans = split_sentences(following.text) if following is not None else []
    if following is None or not spans or not _GOES_ON.match(following.text[spans[0][0] :]):
        return ""
    address = reverse("document_page", args=[page.version.document_id, page.version.number, following.number])
    return f"{address}?start={spans[0][0]}&end={spans[0][1]}"
