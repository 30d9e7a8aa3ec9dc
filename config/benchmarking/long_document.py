"""A long PDF file made of given texts: plain pages of one typeface, each with a heading. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import cycle, islice

PAGES = 100
_CHARACTERS, _WIDTH = 1400, 88
_EDIT = "This sentence was changed this morning, and nothing else was."


def long_document(texts: Sequence[str], edited: int = 0) -> bytes:
    """100 pages of these texts; the page of that number begins with another sentence."""
    words = cycle(" ".join(texts).split())
    pages = []
    for number in range(1, PAGES + 1):
        body = " ".join(islice(words, _CHARACTERS // 6))[:_CHARACTERS]
        if number == edited:
            body = f"{_EDIT} {body}"
        pages.append(_page(f"Chapter {number}", textwrap.wrap(body, _WIDTH)))
    return _file(pages)


def _page(heading: str, lines: Sequence[str]) -> bytes:
    shown = [f"BT /F1 18 Tf 60 780 Td ({_escaped(heading)}) Tj ET", "BT /F1 10 Tf 14 TL 60 740 Td"]
    shown += [f"({_escaped(line)}) Tj T*" for line in lines]
    return "\n".join([*shown, "ET"]).encode("latin-1", "replace")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(pages: Sequence[bytes]) -> bytes:
    """Objects 1 catalogue, 2 page tree, 3 typeface, then a page and its content by turns."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, content in enumerate(pages):
        link = f"/Contents {5 + 2 * place} 0 R /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {link} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out = bytearray(b"%PDF-1.4\n")
    starts = []
    for number, content in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
