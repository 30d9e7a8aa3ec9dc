"""E-mails and what looks like them: no line of a memo is lost, nor what only one form of a message holds."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.parsers import read_file
from ingest.parsers.mail import ENCRYPTED_NOTE
from knowledge.errors import UnreadableDocument

Read = Callable[..., tuple[str, list[dict[str, object]]]]
HEAD = "From: a@b.example\nTo: c@d.example\nDate: Thu, 1 Oct 2026 10:00:00 +0000\nSubject: Limits\nMIME-Version: 1.0\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(data: str | bytes, name: str = "mail.eml") -> tuple[str, list[dict[str, object]]]:
        (tmp_path / "blob").write_bytes(data if isinstance(data, bytes) else data.encode())
        first, *pages = read_file(str(tmp_path / "blob"), name)
        return first["media_type"], pages

    return run


def _message(plain: str, formatted: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Limits"
    message.set_content(plain)
    message.add_alternative(formatted, subtype="html")
    return message


@pytest.mark.parametrize("name", ["memo.txt", "memo", "memo.doc"])
@pytest.mark.parametrize(
    "memo",
    [
        "To: All staff\nFrom: HR\nDate: 1 March 2026\nRe: Parental leave\nEffective: 1 April 2026\n"
        "Applies to: employees in Lisbon\n\nLeave is 20 weeks.",
        "From: the desk of Ann\nTo: all staff\nSubject: Parking rules\nCars may park.\n\nThe fee is 5 euros.",
        "From the desk of Ann\nTo: all staff\nDate: 1 March 2026\n\nThe fee is 5 euros.",
    ],
)
def test_a_memo_is_a_text_and_keeps_its_lines(read: Read, memo: str, name: str) -> None:
    media_type, [page] = read(memo, name)
    assert (media_type, page["text"]) == ("text/plain", memo)


@pytest.mark.parametrize("mark", ["Message-ID: <1@b>", "Received: by b", "MIME-Version: 1.0", "Return-Path: <a@b>"])
def test_a_mail_is_known_by_what_its_programs_wrote(read: Read, mark: str) -> None:
    media_type, [page] = read(f"From: a@b\nTo: c@d\nSubject: Limits\n{mark}\n\nThe limit is 140.\n", "saved.txt")
    assert media_type == "message/rfc822"
    assert page["text"] == "# Limits\n\nFrom: a@b\nTo: c@d\n\nThe limit is 140."


def test_lines_of_people_above_a_mail_are_kept_and_those_of_programs_are_not(read: Read) -> None:
    lines = "Effective: 1 April 2026\nEffective: 1 May 2026\nReply-To: hr@b\nX-Spam: no\nReceived: by x\nList-Id: y\n"
    _, [page] = read(f"{HEAD}{lines}\nLeave is 20 weeks.\n")
    assert "Effective: 1 April 2026, 1 May 2026\nReply-To: hr@b\n\nLeave is 20 weeks." in str(page["text"])
    assert not any(word in str(page["text"]) for word in ("X-Spam", "Received", "List-Id", "MIME"))


def test_a_plain_text_that_is_a_stub_gives_way_to_the_formatted_one(read: Read) -> None:
    stub = "Your mail program does not show HTML. Open the web version."
    formatted = "<p>The hotel limit is <b>140</b> euros.</p><table><tr><td>Lisbon</td><td>150</td></tr></table>"
    text = str(read(_message(stub, formatted).as_bytes())[1][0]["text"])
    assert "The hotel limit is 140 euros." in text
    assert "| Lisbon | 150 |" in text
    same = str(read(_message("The hotel limit is 140 euros.\n\nLisbon 150", formatted).as_bytes())[1][0]["text"])
    assert same.endswith("The hotel limit is 140 euros.\n\nLisbon 150")


def test_attachments_are_named_wherever_they_hang(read: Read) -> None:
    """As Apple's program builds messages: the attachment belongs to the formatted alternative."""
    body = (
        "Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nHello, see contract.\n"
        "--B\nContent-Type: multipart/mixed; boundary=C\n\n"
        "--C\nContent-Type: text/html\n\n<p>Hello, see contract.</p>\n"
        "--C\nContent-Type: application/pdf; name=contract.pdf\n"
        "Content-Disposition: attachment; filename=contract.pdf\n\nxx\n--C--\n--B--\n"
    )
    _, [page] = read(HEAD + body)
    assert str(page["text"]).endswith("Hello, see contract.\n\nAttachment (not read): contract.pdf")


@pytest.mark.parametrize(
    "content",
    [
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
        "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=smime.p7m\n\nTUlJQg==\n",
        "Content-Type: application/x-pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nTUlJQg==\n",
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=B\n\n--B\n'
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n"
        "--B\nContent-Type: application/octet-stream\n\nxx\n--B--\n",
        "Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
    ],
)
def test_an_encrypted_mail_is_refused_as_such(read: Read, content: str) -> None:
    with pytest.raises(UnreadableDocument, match="only the mail program of its receiver") as caught:
        read(HEAD + content)
    assert caught.value.code == "encrypted"


def test_a_mail_packed_into_its_signature_is_refused(read: Read) -> None:
    packed = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nTUlJQg==\n"
    with pytest.raises(UnreadableDocument, match="Save it without the signature") as caught:
        read(HEAD + packed)
    assert caught.value.code == "unsupported"


def test_one_encrypted_message_does_not_cost_a_mailbox_the_others(read: Read) -> None:
    start = "From a@b Thu Oct  1 11:42:06 2026\n"
    closed = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nTUlJQg==\n\n"
    media_type, pages = read(f"{start}{HEAD}{closed}{start}{HEAD}\nThe limit is 140.\n", "old.mbox")
    assert media_type == "application/mbox"
    assert str(pages[0]["text"]).endswith("This message is encrypted and was not read.")
    assert "The limit is 140." in str(pages[1]["text"])
    assert [page["notes"] for page in pages] == [(ENCRYPTED_NOTE,), ()]
