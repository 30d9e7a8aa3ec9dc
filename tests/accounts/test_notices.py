"""Alice is told what concerns her, where she chose, and nobody reads there what they may not read elsewhere."""

from __future__ import annotations

import io
import json
import smtplib
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Notice, NoticeChoice, NoticeKind, User
from accounts.notices import mailing
from accounts.notices.rows import Mail
from accounts.notices.telling import tell, unread
from config import retention
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Collection, Grant
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

DUE = "{it} should be looked at again by 3 May 2027."


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Settings) -> None:
    settings.MAILS, settings.SITE_URL = True, "https://answers.example.org"


class Writing(locmem.EmailBackend):
    """Writes out addresses, as the backend that talks to a mail server does."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            for address in message.recipients():
                sanitize_address(address, message.encoding or "utf-8")
        return super().send_messages(messages)


def choose(user: User, in_app: bool, by_mail: Mail, kind: NoticeKind = NoticeKind.REVIEW_BY) -> None:
    NoticeChoice.objects.update_or_create(user=user, kind=kind, defaults={"in_app": in_app, "mail": by_mail})


def told(user: User, about: str = "", once: str = "") -> int:
    return tell([user], NoticeKind.REVIEW_BY, DUE, "/documents/", about=about, once=once)


def test_the_list_counts_what_is_unread_and_leads_on(people: SimpleNamespace, client_for: ClientFor) -> None:
    told(people.alice)
    told(people.alice)
    row = Notice.objects.all()[0]
    alice = client_for(people.alice)
    page = alice.get("/notices/").content.decode()
    assert "Notices: 2 unread" in page and page.count("data-notice") == 2
    assert alice.get(f"/notices/{row.pk}/")["Location"] == "/documents/"
    assert unread(people.alice) == 1
    assert client_for(people.bob).get(f"/notices/{row.pk}/").status_code == 404
    client_for(people.bob).post("/notices/read/")
    assert unread(people.alice) == 1, "Bob reads for himself only"
    alice.post("/notices/read/")
    assert unread(people.alice) == 0 and "Nothing unread" in alice.get("/notices/").content.decode()


def test_a_title_is_shown_to_those_who_may_read_it_at_that_moment(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, client_for: ClientFor
) -> None:
    document = make_document(team, "leave.md", "# Leave of the team\n\nThirty days a year.\n", people.alice)
    told(people.bob, about=f"document:{document.pk}")
    bob = client_for(people.bob)
    assert "Leave of the team" in bob.get("/notices/").content.decode()
    Grant.objects.filter(user=people.bob).delete()
    page = bob.get("/notices/").content.decode()
    assert "Leave of the team" not in page and "A document that you cannot read now" in page
    choose(people.bob, False, Mail.ONCE)
    told(people.bob, about=f"document:{document.pk}")
    assert mailing.send_due() == (1, 0)
    assert "Leave of the team" not in mail.outbox[0].body, "nor does the mail say it"


def test_notices_of_an_erased_document_go_with_it(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    document = make_document(team, "leave.md", "# Leave\n\nThirty days a year.\n", people.alice)
    told(people.alice, about=f"document:{document.pk}")
    delete_document(document, people.alice)
    purge_deleted()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("in_app", "by_mail", "listed", "mails"),
    [(True, Mail.NO, 1, 0), (False, Mail.ONCE, 0, 1), (True, Mail.ONCE, 1, 1), (False, Mail.NO, 0, 0)],
)
def test_everybody_chooses(people: SimpleNamespace, in_app: bool, by_mail: Mail, listed: int, mails: int) -> None:
    choose(people.alice, in_app, by_mail)
    told(people.alice)
    mailing.send_due()
    assert (unread(people.alice), len(mail.outbox)) == (listed, mails)


def test_the_choice_is_made_on_a_page(people: SimpleNamespace, client_for: ClientFor) -> None:
    alice = client_for(people.alice)
    page = alice.get("/notices/choices/").content.decode()
    assert "alice@example.org" in page and "budget" not in page, "only what can reach her"
    wanted = {"review_by_mail": "once", "answered_mail": "no", "gap_mail": "daily", "shared_mail": "no"}
    alice.post("/notices/choices/", wanted)
    row = NoticeChoice.objects.get(user=people.alice, kind=NoticeKind.REVIEW_BY)
    assert (row.in_app, row.mail) == (False, Mail.ONCE)
    refused = alice.post("/notices/choices/", {"review_by_mail": "hourly"})
    assert refused.status_code == 200 and "field__error" in refused.content.decode()
    assert "budget" in client_for(people.ada).get("/notices/choices/").content.decode()


def test_once_a_day_all_in_one_mail(people: SimpleNamespace) -> None:
    told(people.alice)
    told(people.alice)
    assert mailing.send_due() == (0, 0), "not before seven"
    tomorrow = timezone.now() + timedelta(days=1)
    assert mailing.send_due(tomorrow) == (1, 0)
    assert mailing.send_due(tomorrow) == (0, 0), "once"
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.org"] and sent.subject == "Footnote: 2 notices"
    assert sent.body.count("https://answers.example.org/documents/") == 2


class Refusing(BaseEmailBackend):
    """A mail server that takes nothing while ``shut``."""

    shut: ClassVar[bool] = True
    taken: ClassVar[list[EmailMessage]] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if self.shut:
            raise smtplib.SMTPServerDisconnected("try later")
        self.taken.extend(messages)
        return len(messages)


def test_a_mail_that_is_not_taken_comes_again_later_and_later(people: SimpleNamespace, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.shut, Refusing.taken[:] = True, []
    choose(people.alice, True, Mail.ONCE)
    told(people.alice)
    now = timezone.now()
    assert mailing.send_due(now) == (0, 1)
    assert mailing.send_due(now + timedelta(minutes=1)) == (0, 0), "not at once"
    assert mailing.send_due(now + timedelta(minutes=3)) == (0, 1)
    assert mailing.send_due(now + timedelta(minutes=5)) == (0, 0), "it waits twice as long"
    Refusing.shut = False
    assert mailing.send_due(now + timedelta(minutes=8)) == (1, 0)
    assert len(Refusing.taken) == 1 and Notice.objects.get().mailed


def test_it_gives_up_in_the_end(people: SimpleNamespace, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.shut = True
    choose(people.alice, True, Mail.ONCE)
    told(people.alice)
    now = timezone.now()
    tries = sum(mailing.send_due(now + timedelta(days=day))[1] for day in range(20))
    assert tries == mailing.MAX_TRIES and unread(people.alice) == 1, "the list still has it"


def test_an_address_that_cannot_be_written_keeps_nobody_elses_mail_back(
    people: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Writing"
    for person in (people.alice, people.bob):
        choose(person, True, Mail.ONCE)
        told(person)
    User.objects.filter(pk=people.alice.pk).update(email="alice@one@two, <")
    now = timezone.now()
    assert mailing.send_due(now) == (1, 1)
    assert [one.to for one in mail.outbox] == [[people.bob.email]]
    assert sum(mailing.send_due(now + timedelta(days=day))[1] for day in range(1, 20)) == mailing.MAX_TRIES - 1
    assert unread(people.alice) == 1, "the list still has it"


def test_nobody_is_told_twice_and_no_link_leads_away(people: SimpleNamespace) -> None:
    assert told(people.alice, once="due:1") == 1
    assert told(people.alice, once="due:1") == 0
    assert told(people.bob, once="due:1") == 1
    for link in ("https://elsewhere.example.org/", "//elsewhere.example.org/", "javascript:alert(1)"):
        with pytest.raises(ValueError, match="path of this site"):
            tell([people.alice], NoticeKind.GAP, "Look.", link)


def test_without_mail_set_up_nothing_is_mailed(people: SimpleNamespace, settings: Settings) -> None:
    settings.MAILS = False
    choose(people.alice, True, Mail.ONCE)
    told(people.alice)
    assert mailing.send_due() == (0, 0) and not mail.outbox and unread(people.alice) == 1


def test_those_who_left_and_synthetic_users_are_not_told(people: SimpleNamespace) -> None:
    people.bob.is_active = False
    people.bob.save()
    probe = User.everybody.create(username="probe", synthetic=True)
    assert not tell([people.bob, probe], NoticeKind.GAP, "Look.", "/")


def test_retention_and_erasure_reach_them(people: SimpleNamespace, settings: Settings) -> None:
    told(people.alice)
    told(people.bob)
    choose(people.bob, True, Mail.NO)
    Notice.objects.filter(user=people.alice).update(created=timezone.now() - timedelta(days=91))
    assert retention.apply()["notices"] == 1
    assert list(Notice.objects.values_list("user__username", flat=True)) == ["bob"]
    people.bob.delete()
    assert not Notice.objects.exists() and not NoticeChoice.objects.exists()


def test_they_are_in_ones_own_data(people: SimpleNamespace, client_for: ClientFor) -> None:
    told(people.alice)
    told(people.bob)
    choose(people.alice, True, Mail.ONCE)
    response = client_for(people.alice).post("/your-data/export/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    kept = json.loads(archive.read("notices.json"))
    assert [row["kind"] for row in kept["told"]] == ["review_by"] and kept["choices"][0]["mail"] == "once"
