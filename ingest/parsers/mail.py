"""E-mails, mailboxes and Outlook messages: sender, receivers, date, subject and the words of the body.

Attachments are named, not read: each has its own readers and belongs in the collection as a document of its
own.
"""

from __future__ import annotations

import email
import mailbox
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.policy import default as modern
from pathlib import Path
from typing import cast

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.charsets import decode_as
from ingest.parsers.cleaning import clean_line, clean_text
from ingest.parsers.html import html_to_markdown
from ingest.parsers.kinds import EML, MBOX, MSG, unsupported
from ingest.parsers.markdown import markdown_headings
from ingest.parsers.plain import text_document
from knowledge.errors import UnreadableDocument

_HEADERS = ("From", "To", "Cc", "Date")
# Written by programs for programs.
_TECHNICAL = re.compile(
    r"subject|received.*|return-path|message-id|mime-version|references|in-reply-to|authentication-results|"
    r"delivered-to|envelope-to|user-agent|precedence|auto-submitted|accept-language|autocrypt|feedback-id|status|"
    r"msip_labels|(?:content|x|dkim|domainkey|arc|list|thread|resent)-.*",
    re.IGNORECASE,
)
ENCRYPTED = (
    "This e-mail is encrypted, so only the mail program of its receiver can read it. Save it there without encryption "
    "and upload that."
)
_ENCRYPTED_HERE = "This message is encrypted and was not read."
ENCRYPTED_NOTE = "Encrypted messages were not read. Save them without encryption and upload those."
_PACKED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
# Of the words of the formatted text, so many stand in the plain one when that is no mere stub of it.
_SAME = 0.8
_WORD = re.compile(r"\w+")
_MSG_HEADER = re.compile(r"^\*\*(From|To):\*\* ", re.MULTILINE)
_MSG_SUBJECT = re.compile(r"^\*\*Subject:\*\* (.*)$", re.MULTILINE)


class MailParser:
    media_types = frozenset({EML})

    def parse(self, path: Path) -> ParsedDocument:
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        if _is_encrypted(message):
            raise UnreadableDocument("encrypted", ENCRYPTED)
        if message.get_content_type() in _PACKED:
            raise unsupported(
                "an e-mail that is packed into its signature", "Save it without the signature and upload that."
            )
        return text_document(message_text(message), _subject(message))


class MailboxParser:
    """One page per message."""

    media_types = frozenset({MBOX})

    def parse(self, path: Path) -> ParsedDocument:
        box = mailbox.mbox(path, factory=None, create=False)

        def pages() -> Iterator[ParsedPage]:
            for number, key in enumerate(box.iterkeys(), start=1):
                message = email.message_from_bytes(box.get_bytes(key), policy=modern)
                text = clean_text(message_text(message))
                notes = (ENCRYPTED_NOTE,) if _is_encrypted(message) else ()
                yield ParsedPage(number, "text", text, _subject(message), markdown_headings(text), notes=notes)

        return ParsedDocument(len(box), pages())


class OutlookParser:
    media_types = frozenset({MSG})

    def parse(self, path: Path) -> ParsedDocument:
        # Importing it costs most of a second; plain files and PDF do without.
        from markitdown import StreamInfo
        from markitdown.converters import OutlookMsgConverter

        with path.open("rb") as stream:
            markdown = OutlookMsgConverter().convert(stream, StreamInfo(extension=".msg")).markdown
        head, _, body = markdown.partition("\n## Content\n")
        subject = _MSG_SUBJECT.search(head)
        title = clean_line(subject[1]) if subject else ""
        people = _MSG_HEADER.sub(r"\1: ", _MSG_SUBJECT.sub("", head.removeprefix("# Email Message"))).strip()
        return text_document("\n\n".join(filter(None, [f"# {title}" if title else "", people, body.strip()])), title)


def _subject(message: Message) -> str:
    return clean_line(_header(message, "Subject"))


def _header(message: Message, name: str) -> str:
    """A header's words, of each of that name; those the library cannot parse are taken as they stand."""
    try:
        return ", ".join(map(str, message.get_all(name, [])))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ", ".join(str(value) for key, value in message.raw_items() if key.lower() == name.lower())


def message_text(message: EmailMessage) -> str:
    """Subject as heading, then headers, body and the names of attachments."""
    subject = _subject(message)
    others = (name for name in message if name.title() not in _HEADERS and not _TECHNICAL.fullmatch(name))
    headers = [(name, clean_line(_header(message, name), 2000)) for name in dict.fromkeys((*_HEADERS, *others))]
    parts = [
        f"# {subject}" if subject else "",
        "\n".join(f"{name}: {value}" for name, value in headers if value),
        *([_ENCRYPTED_HERE] if _is_encrypted(message) else _texts(message)),
        *(f"Attachment (not read): {name}" for name in _attachments(message)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _is_encrypted(message: EmailMessage) -> bool:
    """To be told before anything is read of it: what little can be read says nothing."""
    kind = message.get_content_type()
    if kind in _PACKED:
        return str(message.get_param("smime-type", "")).lower() not in {"signed-data", "compressed-data", "certs-only"}
    return kind == "multipart/encrypted" or (
        kind == "text/plain" and _words(message).lstrip().startswith("-----BEGIN PGP MESSAGE-----")
    )


def _texts(message: EmailMessage) -> Iterator[str]:
    """The words of every part; of alternatives the best one, of forwarded messages all."""
    kind = message.get_content_type()
    if kind == "message/rfc822" and message.is_multipart():
        for forwarded in _parts(message):
            yield message_text(forwarded)
    elif message.is_multipart():
        for part in _best(_parts(message)) if kind == "multipart/alternative" else _parts(message):
            yield from _texts(part)
    elif not _is_attachment(message):
        yield html_to_markdown(_words(message)) if kind == "text/html" else _words(message)


def _best(alternatives: list[EmailMessage]) -> list[EmailMessage]:
    """The plain text, unless it is missing or a stub, with words of the formatted one not in it."""
    plain = [part for part in alternatives if part.get_content_type() == "text/plain" and _words(part).strip()]
    formatted = [part for part in alternatives if part.is_multipart() or part.get_content_type() == "text/html"]
    if not plain:
        return formatted or alternatives
    said = {word for part in formatted for text in _texts(part) for word in _distinct(text)}
    return plain[:1] if len(said & _distinct(_words(plain[0]))) >= _SAME * len(said) else formatted


def _distinct(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _attachments(message: EmailMessage) -> Iterator[str]:
    """Names of what is attached anywhere, beside alternatives that are not read too; forwarded messages tell theirs."""
    if message.get_content_type() == "message/rfc822":
        return
    if message.is_multipart():
        for part in _parts(message):
            yield from _attachments(part)
    elif _is_attachment(message) and (name := clean_line(message.get_filename() or "")):
        yield name


def _is_attachment(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _parts(message: EmailMessage) -> list[EmailMessage]:
    return [cast(EmailMessage, part) for part in message.iter_parts()]


def _words(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return decode_as(part.get_content_charset() or "utf-8", data)
