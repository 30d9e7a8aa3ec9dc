"""What a file is, by its content first and its name last. Also refuses what is known to be unreadable."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import olefile

from ingest.parsers.charsets import decode
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import DAMAGED, TOO_LARGE

READABLE = (
    "PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx, .xls), OpenDocument text (.odt), web pages, "
    "e-mails (.eml, .msg, .mbox), CSV, EPUB, notebooks (.ipynb), Markdown and plain text"
)
ENCRYPTED = "This file is password-protected. Remove the password and upload it again."

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"
MSG = "application/vnd.ms-outlook"
EML = "message/rfc822"
MBOX = "application/mbox"
HTML = "text/html"
CSV = "text/csv"
TSV = "text/tab-separated-values"
IPYNB = "application/x-ipynb+json"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

UNPACKED_MAX_BYTES = 512 * 1024 * 1024
_HEAD = 64 * 1024

# What holds no text for us, by (offset, first bytes).
_OTHER_KINDS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "a picture": (
        *((0, start) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS")),
        (0, b"\0\0\1\0"),
        (8, b"WEBP"),
    ),
    "a video or sound": (
        *((0, start) for start in (b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3", b"FLV\1")),
        *((8, form) for form in (b"AVI ", b"WAVE")),
        (4, b"ftyp"),
    ),
    "a program": tuple((0, start) for start in (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\0asm")),
    "an archive": tuple((0, start) for start in (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf\x27\x1c", b"Rar!")),
    "a database": ((0, b"SQLite format 3\0"),),
}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SVG = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype svg[^>]*>\s*)?<svg\b", re.IGNORECASE)
_MARKUP_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MAIL_HEADER = re.compile(
    r"^(?:from|to|cc|date|subject|received|return-path|message-id|mime-version|delivered-to|reply-to|"
    r"content-type|x-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
# What programs write into a message and people do not write above a memo.
_MAIL_MARK = re.compile(r"^(?:message-id|received|mime-version|return-path):", re.IGNORECASE | re.MULTILINE)
_MBOX_START = re.compile(r"From \S+ .*\d\d:\d\d.* \d{4}")
_BY_EXTENSION = {
    **dict.fromkeys((".md", ".markdown"), MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".eml", ".mht", ".mhtml"), EML),
    **dict.fromkeys((".tsv", ".tab"), TSV),
    ".csv": CSV,
    ".xml": "text/xml",
    ".json": "application/json",
}


def unsupported(what: str, advice: str = "") -> UnreadableDocument:
    return UnreadableDocument("unsupported", f"This is {what}. {advice or f'Footnote reads {READABLE}.'}")


def media_type_of(path: Path, filename: str) -> str:
    """The media type a parser is chosen by. Raises UnreadableDocument for what no parser reads."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip(b"\0 \t\r\n"):
        raise UnreadableDocument("empty", "This file is empty.")
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(path)
    if head.startswith(olefile.MAGIC):
        return _compound(path)
    for what, signatures in _OTHER_KINDS.items():
        if any(head.startswith(start, offset) for offset, start in signatures) and _looks_binary(head):
            raise unsupported(what)
    if head.startswith(b"{\\rtf"):
        raise unsupported("a document in the RTF format", "Save it as .docx or PDF and upload that.")
    extension = PurePosixPath(filename).suffix.lower()
    if extension == ".pdf" and (b" obj" in head or _looks_binary(head)):
        return PDF  # its first bytes are lost, the rest may be readable
    if _looks_binary(head):
        raise unsupported("a kind of file Footnote does not know")
    return _text_kind(decode(head), extension)


def _looks_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 4:
        # Two bytes a character: hardly any of them may be unassigned, a control or no character at all.
        odd = sum(unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\t\n\r" for c in decode(head))
        return odd > len(head) // 100
    return len(_BINARY.findall(head)) > len(head) // 50


def _text_kind(text: str, extension: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    markup = _MARKUP_COMMENT.sub("", start[:16384])
    if _SVG.match(markup):
        raise unsupported("a picture")
    if _MBOX_START.match(start) and _MAIL_HEADER.search(start[:4000]):
        return MBOX
    header_block = re.split(r"\n\s*\n", start, maxsplit=1)[0]
    if (
        extension != ".md"
        and len(_MAIL_HEADER.findall(header_block)) >= 3
        and _MAIL_HEADER.match(start)
        and _MAIL_MARK.search(header_block)
    ):
        return EML
    if _HTML.match(markup):
        return HTML
    if (start.startswith("{") and '"nbformat"' in text) or extension == ".ipynb":
        return IPYNB
    return _BY_EXTENSION.get(extension, PLAIN)


def _packed(path: Path) -> str:
    """Word, Excel, PowerPoint, OpenDocument and EPUB files are ZIP archives."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            mimetype = archive.read("mimetype")[:100].strip().decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableDocument("damaged", DAMAGED) from error
    # What is unpacked never exceeds what is declared, so the declaration can be trusted as an upper bound.
    if sum(member.file_size for member in members) > UNPACKED_MAX_BYTES:
        raise UnreadableDocument("too_large", TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableDocument("encrypted", ENCRYPTED)
    if mimetype in {EPUB, ODT}:
        return mimetype
    for part, media_type in (("word/document", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation", PPTX)):
        if any(name.startswith(part) for name in names):
            return media_type
    raise _other_archive(names, mimetype)


def _other_archive(names: set[str], mimetype: str) -> UnreadableDocument:
    if mimetype.startswith("application/vnd.oasis.opendocument"):
        return unsupported("an OpenDocument file other than text", "Save it as .xlsx, .pptx or PDF and upload that.")
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        return unsupported("a Pages, Numbers or Keynote file", "Save it as PDF, .docx, .xlsx or .pptx and upload that.")
    if "xl/workbook.bin" in names:
        return unsupported("a binary Excel workbook (.xlsb)", "Save it as .xlsx and upload that.")
    if any(name.startswith("visio/") for name in names):
        return unsupported("a Visio drawing", "Save it as PDF and upload that.")
    if any(name.startswith(("word/", "xl/", "ppt/")) for name in names):
        return UnreadableDocument("damaged", DAMAGED)
    return unsupported("an archive", "Unpack it and upload the files that are in it.")


def _compound(path: Path) -> str:
    """Older Office files, Outlook messages and password-protected newer Office files."""
    try:
        with olefile.OleFileIO(path) as container:
            streams = {"/".join(entry).lower() for entry in container.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableDocument("damaged", DAMAGED) from error
    if "encryptedpackage" in streams:
        raise UnreadableDocument("encrypted", ENCRYPTED)
    if "__properties_version1.0" in streams:
        return MSG
    if streams & {"workbook", "book"}:
        return XLS
    if "worddocument" in streams:
        raise unsupported("a document in the old Word format (.doc)", "Save it as .docx or PDF and upload that.")
    if "powerpoint document" in streams:
        raise unsupported("slides in the old PowerPoint format (.ppt)", "Save them as .pptx or PDF and upload that.")
    raise unsupported("a kind of file Footnote does not know")
