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
from ingest.parsers.kinds import EML, MBOX, MSG
from ingest.parsers.markdown import markdown_headings
from ingest.parsers.plain import text_document

_HEADERS = ("From", "To", "Cc", "Date")
_MSG_HEADER = re.compile(r"^\*\*(From|To):\*\* ", re.MULTILINE)
_MSG_SUBJECT = re.compile(r"^\*\*Subject:\*\* (.*)$", re.MULTILINE)


class MailParser:
    media_types = frozenset({EML})

    def parse(self, path: Path) -> ParsedDocument:
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
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
                yield ParsedPage(number, "text", text, _subject(message), markdown_headings(text))

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
    """A header's words; one the library cannot parse is taken as it stands."""
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return str(raw)


def message_text(message: EmailMessage) -> str:
    """Subject as heading, then headers, body and the names of attachments."""
    subject = _subject(message)
    headers = [(name, clean_line(_header(message, name), 2000)) for name in _HEADERS]
    parts = [
        f"# {subject}" if subject else "",
        "\n".join(f"{name}: {value}" for name, value in headers if value),
        *_bodies(message),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _bodies(message: EmailMessage) -> Iterator[str]:
    """The words of every part; of alternatives the plain one, of forwarded messages all."""
    kind = message.get_content_type()
    if kind == "message/rfc822" and message.is_multipart():
        for forwarded in message.iter_parts():
            yield message_text(cast(EmailMessage, forwarded))
    elif kind == "multipart/alternative":
        alternatives = {part.get_content_type(): part for part in message.iter_parts()}
        plain = alternatives.get("text/plain")
        best = plain if plain is not None and _words(plain).strip() else None
        for part in [best] if best is not None else alternatives.values():
            yield from _bodies(cast(EmailMessage, part))
    elif message.is_multipart():
        for part in message.iter_parts():
            yield from _bodies(cast(EmailMessage, part))
    elif message.get_content_disposition() == "attachment" or message.get_content_maintype() != "text":
        name = clean_line(message.get_filename() or "")
        yield f"Attachment (not read): {name}" if name else ""
    else:
        yield html_to_markdown(_words(message)) if kind == "text/html" else _words(message)


def _words(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return decode_as(part.get_content_charset() or "utf-8", data)
