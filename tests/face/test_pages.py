"""The pages as people receive them: real views, real documents, a real answer."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing import conversations
from assistant.models import Answer
from assistant.reviewing.feeding import feed
from assistant.reviewing.judging import steps
from knowledge.models import Collection, Document
from tests.conftest import ClientFor, MakeDocument

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Received

pytestmark = pytest.mark.django_db(transaction=True)

LEAVE = (
    "# Leave rules\n\nEmployees receive 27 days of paid annual leave per calendar year.\n\nInterns receive 12 days.\n"
)
PRICES = b"Article,Price\nPump P-40,1290\nSeal kit <script>,38\n"
CONTROLS = {"input", "select", "textarea"}
UNSEEN = {"hidden", "submit"}


class Page(HTMLParser):
    """What a page holds, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings = 0
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.named_buttons: list[bool] = []
        self._labels = 0
        self._button: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self.headings += tag == "h1"
        self._labels += tag == "label"
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "label" and "for" in named:
            self.labelled.add(named["for"])
        if tag in CONTROLS and named.get("type") not in UNSEEN and "aria-hidden" not in named and not self._labels:
            self.controls.append(named)
        if tag == "button":
            self._button = [named.get("aria-label", "")]

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"
        if tag == "button" and self._button is not None:
            self.named_buttons.append(bool("".join(self._button).strip()))
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.append(data)


@pytest.fixture
def shelf(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> list[Document]:
    return [
        make_document(team, "leave-rules.md", LEAVE, people.alice),
        make_document(team, "prices.csv", PRICES, people.alice),
    ]


@pytest.fixture
def answered(shelf: list[Document], people: SimpleNamespace) -> Answer:
    return ask(people.bob, "How many days of paid annual leave do employees receive?")


def ask(user: User, question: str) -> Answer:
    row = conversations.ask(user, question)
    for _ in answering(row.pk):
        pass
    return Answer.objects.get(pk=row.pk)


def sound(response: Received) -> str:
    """The text of a page whose headings, names and ids are in order."""
    assert response.status_code == 200
    text = response.content.decode()
    page = Page(text)
    assert page.headings == 1
    assert len(page.ids) == len(set(page.ids)), sorted(one for one in page.ids if page.ids.count(one) > 1)
    assert [one for one in page.controls if one.get("id") not in page.labelled and "aria-label" not in one] == []
    assert all(page.named_buttons)
    assert "{{" not in text
    assert "{%" not in text
    assert "<script>,38" not in text
    return text


def test_a_reader_asks_and_looks_things_up(
    answered: Answer, shelf: list[Document], people: SimpleNamespace, client_for: ClientFor
) -> None:
    bob = client_for(people.bob)
    assert "What would you like to know?" in sound(bob.get("/"))
    conversation = sound(bob.get(f"/c/{answered.turn.conversation_id}/"))
    assert "27 days of paid annual leave" in conversation
    assert 'data-standing="supported"' in conversation
    assert 'data-footnote="1"' in conversation
    footnote = answered.citations.get(number=1)
    opened = bob.get(f"/citations/{footnote.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert f"<mark data-mark>{footnote.quote}</mark>" in opened
    sound(bob.get(f"/citations/{footnote.pk}/"))
    assert "prices.csv" in sound(bob.get("/documents/"))
    for document in shelf:
        page = sound(bob.get(f"/documents/{document.pk}/"))
        assert "Settings" not in page
        sound(bob.get(f"/documents/{document.pk}/v/1/p/1/"))


def test_an_answer_that_is_not_there_says_what_was_searched(
    shelf: list[Document], people: SimpleNamespace, client_for: ClientFor
) -> None:
    answer = ask(people.bob, "How tall is the Eiffel tower?")
    page = sound(client_for(people.bob).get(f"/c/{answer.turn.conversation_id}/"))
    assert "data-abstained" in page
    assert "Searched 1 collection" in page
    assert "Tell us what is missing" in page


def test_somebody_without_any_document_is_told_so(people: SimpleNamespace, client_for: ClientFor) -> None:
    assert "No document is open to you yet." in sound(client_for(people.charlie).get("/"))
    assert "No document is open to you yet" in sound(client_for(people.charlie).get("/documents/"))


def test_a_curator_uploads_and_manages(shelf: list[Document], people: SimpleNamespace, client_for: ClientFor) -> None:
    alice = client_for(people.alice)
    upload = sound(alice.get("/upload/"))
    assert 'data-state="done"' in upload
    page = sound(alice.get(f"/documents/{shelf[0].pk}/"))
    assert "Who can see it, and why" in page
    assert "Delete this document?" in page


def test_a_reviewer_sees_each_sentence_beside_its_quote(
    answered: Answer, people: SimpleNamespace, client_for: ClientFor
) -> None:
    rita = client_for(people.rita)
    feed(answered.pk)
    page = sound(rita.get("/review/"))
    assert "Do the quoted words support it?" in page
    assert "data-mark" in page
    for step in steps(answered):
        rita.post(f"/review/{answered.pk}/{step.sentence}/", {"standing": "supported", "citation": step.number or ""})
    rita.post(f"/review/{answered.pk}/settle/", {"verdict": "right"})
    assert "Nothing waits for review" in sound(rita.get("/review/"))


def test_pages_before_signing_in(db: None) -> None:
    anybody = Client()
    assert "Sign in" in sound(anybody.get("/accounts/login/"))
    sound(anybody.get("/accounts/password/reset/"))


def test_the_style_guide_and_the_password_pages(people: SimpleNamespace, client_for: ClientFor) -> None:
    ada = client_for(people.ada)
    text = ada.get("/styleguide/").content.decode()
    assert all(part in text for part in ('id="standing"', 'id="folio"', 'id="dialogs"'))
    sound(ada.get("/accounts/password/change/"))
    sound(ada.get("/accounts/logout/"))
