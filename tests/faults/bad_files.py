"""Bad files by the hundred, made here: each is (name, content). The same every time."""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.ingest import files

Bad = tuple[str, bytes]

READABLE = ("pdf", "docx", "pptx", "xlsx", "xls", "odt", "html", "eml", "csv", "epub", "ipynb", "md", "txt")
FOREIGN: dict[str, bytes] = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "jpeg": b"\xff\xd8\xff\xe0" + bytes(range(256)),
    "gif": b"GIF89a" + bytes(200),
    "mp4": b"\0\0\0\x18ftypmp42" + bytes(200),
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(200),
    "exe": b"MZ\x90\0\x03\0\0\0" + bytes(200),
    "elf": b"\x7fELF" + bytes(200),
    "gzip": b"\x1f\x8b\x08\0" + bytes(range(256)),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(200),
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(200),
    "sqlite": b"SQLite format 3\0" + bytes(200),
    "rtf": b"{\\rtf1\\ansi hello}",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}
GOOD: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: files.pdf([["Rules", "Lunch is at noon."], ["More", "Doors close at six."]]),
    "docx": files.docx,
    "pptx": files.pptx,
    "xlsx": files.xlsx,
    "eml": files.eml,
}
NAMES = (
    "nul\0in the middle.txt",
    "invoice\u202efdp.exe",
    "\u2066isolated\u2069.txt",
    "tab\tand\nline.txt",
    "escape\x1b[31m.txt",
    "c1\x85\x9b.txt",
    "tags\U000e0061\U000e0062.txt",
    "width\u200b\u2060\ufeff.txt",
    "..\\..\\windows\\system32\\drivers.txt",
    "../../../../etc/passwd",
    "con.txt",
    "aux",
    "trailing dot.txt.",
    "<img src=x onerror=alert(1)>.txt",
    "'; drop table knowledge_document; --.txt",
    "$(touch owned).txt",
    "%2e%2e%2fencoded.txt",
    "long " + "x" * 3000 + ".txt",
    "many/" * 300 + "folders.txt",
    "Cafe\u0301 \u5951\u7d04\u66f8 \u0639\u0642\u062f.txt",
)
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"


def bad_files() -> Iterator[Bad]:
    for makers in (_empty, _blank, _wrong_type, _truncated, _scrambled, _locked, _scanned, _markup, _packed, _portable):
        yield from makers()
    yield from _named()


def _empty() -> Iterator[Bad]:
    yield from ((f"empty.{suffix}", b"") for suffix in READABLE)


def _blank() -> Iterator[Bad]:
    for what, content in (("spaces", b" \r\n\t " * 50), ("nul", bytes(500)), ("mark", b"\xef\xbb\xbf")):
        yield from ((f"{what}.{suffix}", content) for suffix in ("txt", "csv", "html", "pdf"))


def _wrong_type() -> Iterator[Bad]:
    for kind, content in FOREIGN.items():
        # A few bytes differ, so that none of them is taken for a double.
        yield from ((f"{kind} called.{suffix}", content + suffix.encode()) for suffix in ("pdf", "docx", "txt"))


def _truncated() -> Iterator[Bad]:
    for suffix, make in GOOD.items():
        content = make()
        for tenths in (1, 3, 5, 7, 9):
            yield f"cut at {tenths}.{suffix}", content[: len(content) * tenths // 10]


def _scrambled() -> Iterator[Bad]:
    chance = random.Random(20)
    for suffix, make in GOOD.items():
        content = make()
        for number in range(6):
            harmed = bytearray(content)
            for _ in range(10 * 4**number):
                harmed[chance.randrange(len(harmed))] = chance.randrange(256)
            yield f"scrambled {number}.{suffix}", bytes(harmed)


def _locked() -> Iterator[Bad]:
    yield "locked.pdf", files.encrypted_pdf("word")
    for suffix in ("docx", "pptx", "xlsx"):
        yield f"locked.{suffix}", _with_flag(GOOD[suffix]())


def _with_flag(content: bytes) -> bytes:
    """The first bit of the flags says of each member that it is encrypted."""
    harmed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = harmed.find(mark)
        while place >= 0:
            harmed[place + offset] |= 1
            place = harmed.find(mark, place + 4)
    return bytes(harmed)


def _scanned() -> Iterator[Bad]:
    yield "scan.pdf", files.scanned_pdf()


def _markup() -> Iterator[Bad]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield "laughs.xml", f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l>&l9;</l>'.encode()
    yield "outside.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield "deep.html", b"<html><body>" + b"<div>" * 20000 + b"deep"
    yield "unclosed.html", b"<html><body><table><tr><td>" * 500
    yield "attributes.html", b"<html " + b"a=1 " * 50000 + b">words</html>"
    yield "broken.json", b'{"a": [1, 2, {"b": '
    yield "deep.json", b"[" * 100000
    yield "broken.ipynb", b'{"nbformat": 4, "cells": [{"cell_type": 7}'
    yield "wrong.ipynb", json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}).encode()
    yield "deep.ipynb", b'{"nbformat":4,"cells":' + b"[" * 50000
    yield "brackets.md", b"[" * 50000
    yield "fences.md", b"```\n" * 20001
    yield "halves.txt", b"half \xed\xa0\x80 of a character \xff\xfe"
    yield "odd wide.txt", b"\xff\xfea\0b\0c"
    yield "columns.csv", b"a,b\n" + b",".join(b"x" for _ in range(30000))
    yield "quotes.csv", b'"' * 9999
    yield "nul.csv", b"a,b\n1,\x00\x002\n" * 5
    yield "nested.eml", _nested_mail(200)
    yield (
        "boundary.eml",
        b'From: a@b\nTo: c@d\nSubject: x\nContent-Type: multipart/mixed; boundary="q"\n\n--q\n--q\n--q',
    )
    yield (
        "charset.eml",
        b"From: a@b\nTo: c@d\nSubject: =?no-such?q?x?=\nContent-Type: text/plain; charset=no\n\n\xff\xfe",
    )
    yield "headers.eml", b"From: a@b\nTo: c@d\nSubject: x\n" + b"X-Y: z\n" * 20000 + b"\n"


def _nested_mail(depth: int) -> bytes:
    head = b"From: a@b\nTo: c@d\nSubject: x\nDate: now\n"
    return head + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth)
    )


def _archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def _packed() -> Iterator[Bad]:
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document>&e;</w:document>'
    yield "outside.docx", _archive(**{"[Content_Types]_xml": b"<Types/>", "word__document_xml": outside})
    yield "not xml.docx", _archive(word__document_xml=b"no markup at all")
    yield "not xml.xlsx", _archive(xl__workbook_xml=b"\0\1\2")
    yield "not xml.pptx", _archive(ppt__presentation_xml=b"<p>")
    yield "no part.docx", _archive(word__document_xml=b"")
    yield "climbing.docx", _archive(**{"../../../tmp/owned_xml": b"x", "word__document_xml": b"<w/>"})
    yield "no content.odt", _archive(mimetype=b"application/vnd.oasis.opendocument.text")
    yield "no spine.epub", _archive(mimetype=b"application/epub+zip")
    yield "zip in zip.zip", _archive(inner=_archive(inner=b"words"))
    yield "many members.zip", _archive(**{f"m{n}": b"" for n in range(3000)})
    yield "tail only.docx", b"PK\x05\x06" + bytes(18)
    yield "numbers.key", _archive(**{"Index.zip": b"x"})


def _object_file(*objects: bytes, root: bytes = CATALOGUE) -> bytes:
    """A PDF of these objects; the first two are the catalogue and the pages."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate((root, *objects), start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start)


def stream(content: bytes, what: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"<<%s/Length %d>>\nstream\n" % (what, len(content)) + content + b"\nendstream"


def one_page(content: bytes) -> bytes:
    """A PDF whose one page is drawn by this stream object."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return _object_file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, font)


def _portable() -> Iterator[Bad]:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
    yield "no pages.pdf", _object_file(b"<</Type/Pages/Kids[]/Count 0>>")
    yield "pages in a ring.pdf", _object_file(b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    yield "a billion pages.pdf", _object_file(b"<</Type/Pages/Kids[3 0 R]/Count 999999999>>", page)
    yield "pages below nought.pdf", _object_file(b"<</Type/Pages/Kids[3 0 R]/Count -4>>", page)
    yield "page is a word.pdf", _object_file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"(page)")
    yield "catalogue is a list.pdf", _object_file(b"<</Type/Pages>>", root=b"[1 2 3]")
    yield "catalogue points to itself.pdf", _object_file(root=b"1 0 R")
    yield "not deflated.pdf", one_page(stream(b"BT /F 9 Tf (words) Tj ET"))
    yield "unknown filter.pdf", one_page(stream(b"x", b"/Filter/NoSuchDecode"))
    yield "length too long.pdf", one_page(b"<</Length 99999999>>\nstream\nBT\nendstream")
    yield "deep lists.pdf", one_page(stream(zlib.compress(b"[" * 30000)))
    yield "deep dictionary.pdf", _object_file(b"<</A" * 3000)
    drawn = one_page(stream(zlib.compress(b"BT /F 9 Tf (w) Tj ET")))
    yield "font in a ring.pdf", drawn.replace(b"/Helvetica", b" 5 0 R    ")
    yield "only the end.pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF"
    yield "table far away.pdf", b"%PDF-1.7\nstartxref\n99999999999999\n%%EOF"
    yield "table in a ring.pdf", b"%PDF-1.7\nxref\n0 0\ntrailer<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF"


def _named() -> Iterator[Bad]:
    """Good words under bad names."""
    yield from ((name, f"Rule {number}: lunch is at noon.".encode()) for number, name in enumerate(NAMES))
