"""A PDF whose skeleton is damaged, built anew. Runs in the sandbox child: no Django here."""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter

from knowledge.errors import UnreadableDocument
from knowledge.sandbox import DAMAGED


def rebuilt(source: str) -> bytes:
    """The file's pages in a sound file of their own. Raises UnreadableDocument when it is locked."""
    reader = PdfReader(source)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("encrypted", "This PDF is password-protected.")
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    if not len(writer.pages):
        raise UnreadableDocument("damaged", DAMAGED)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
