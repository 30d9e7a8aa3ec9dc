"""Somebody new with the name or the address of somebody who is gone sees nothing of theirs."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client

from accounts import tokens
from accounts.models import AuditEvent, User
from accounts.policy import routes
from assistant.models import Answer, Conversation, Feedback
from config import exporting
from knowledge.models import Collection, Document, DocumentVersion, Grant, Restriction
from tests.assistant.conftest import Asked
from tests.assistant.conftest import asked as asked
from tests.config.test_routes import OWN, address
from tests.config.test_routes import ids as ids
from tests.conftest import PASSWORD, ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

WORDS = ("heron", "parking-of-old", "Old Bob", "old comment")


@pytest.fixture
def old(people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked) -> SimpleNamespace:
    """Bob asked, rated, uploaded, had a token, a session, a grant, a restricted document and a reset link."""
    User.objects.filter(pk=people.bob.pk).update(display_name="Old Bob")
    Grant.objects.filter(user=people.bob).update(role=Grant.Role.CURATOR)
    document = make_document(team, "parking-of-old.md", "# Parking\n\nThe heron team parks at 17.\n", people.bob)
    Document.objects.filter(pk=document.pk).update(restricted=True)
    Restriction.objects.create(document=document, user=people.bob)
    answer = asked(people.bob, "Where does the heron team park?")
    Feedback.objects.create(answer=answer, user=people.bob, helpful=False, comment="old comment")
    browser = Client()
    browser.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(people.bob.pk)
    Client().post("/accounts/password/reset/", {"email": "bob@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert link is not None
    _, secret = tokens.create(people.bob, "old script")
    return SimpleNamespace(
        pk=people.bob.pk, document=document, answer=answer, browser=browser, link=link[0], secret=secret
    )


@pytest.mark.parametrize("same", ["username", "email", "both"])
def test_the_new_one_sees_nothing_of_the_old(
    same: str, old: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, ids: dict[str, str]
) -> None:
    old.conversation = str(old.answer.turn.conversation_id)
    User.objects.get(pk=old.pk).delete()
    name = "bob" if same in {"username", "both"} else "robert"
    mailbox = "bob@example.org" if same in {"email", "both"} else "robert@example.org"
    new = User.objects.create_user(name, mailbox, PASSWORD)
    assert new.pk != old.pk, "a number is never given again"

    for rows in (
        Conversation.objects.filter(user=new),
        Answer.objects.filter(turn__conversation__user=new),
        Feedback.objects.filter(user=new),
        DocumentVersion.objects.filter(created_by=new),
        Grant.objects.filter(user=new),
        Document.objects.visible_to(new),
        Document.objects.filter(owner=new),
        AuditEvent.objects.filter(actor_id=new.pk),
        new.api_tokens.all(),
    ):
        assert rows.count() == 0, rows.model
    assert tokens.authenticate(old.secret) is None
    assert old.browser.get("/")["Location"].startswith("/accounts/login/"), "the old session is nobody's"
    followed = Client().get(old.link, follow=True)
    assert "password1" not in followed.content.decode(), "the old link sets no password"

    browser = client_for(new)
    known = ids | {"document_id": str(old.document.pk), "conversation_id": old.conversation}
    known |= {"answer_id": str(old.answer.pk), "turn_id": str(old.answer.turn_id)}
    for route, _view, view_name in routes():
        if OWN.get(view_name, ("",))[0] == "GET":
            shown = browser.get(address(route, known))
            text = "" if shown.streaming else shown.content.decode(errors="replace")
            assert not [word for word in WORDS if word in text], view_name
    assert not [word for word in WORDS if word.encode() in b"".join(exporting.stream(new))]
