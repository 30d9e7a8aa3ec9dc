"""Acceptance 2: many people, many documents, grants drawn by chance, a word in each document. Whatever anybody is
shown, through whichever door, holds no word of a document that is not theirs to see."""

from __future__ import annotations

import uuid
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from assistant.conversing.suggestions import suggestions
from assistant.models import Answer, Citation
from assistant.streaming import sse
from knowledge.models import Document
from tests.conftest import ClientFor
from tests.faults.company import QUESTIONS, THINGS, Company, ask, words_in

pytestmark = pytest.mark.django_db(transaction=True)  # a stream looks through a connection of its own


class Everything:
    """Opens every door as one person after another, and notes what does not belong there."""

    def __init__(self, house: Company) -> None:
        self.house = house
        self.responses = 0
        self.own = 0
        self.foreign: list[tuple[str, str, str]] = []
        self.answers: list[Answer] = []
        self.theirs = {person.pk: house.theirs(person) for person in house.people}  # nothing changes meanwhile

    def shown(self, person: User, door: str, *parts: object) -> None:
        self.responses += 1
        theirs = self.theirs[person.pk]
        for word in words_in(*parts):
            self.own += word in theirs
            if word not in theirs:
                self.foreign.append((person.username, door, word))

    def get(self, person: User, browser: Client, url: str, **form: object) -> None:
        response = browser.post(url, form) if form else browser.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        self.shown(person, url.split("/")[1], body, dict(response.headers))

    def questions(self, person: User, browser: Client, questions: tuple[str, ...]) -> None:
        for question in questions:
            answer = ask(person, question)
            self.answers.append(answer)
            self.shown(person, "stream", *sse._look(person.pk, answer.pk, 0).frames)
            self.get(person, browser, f"/answers/{answer.pk}/")
            self.get(person, browser, f"/c/{answer.turn.conversation_id}/")
            for citation in answer.citations.all():
                self.get(person, browser, f"/citations/{citation.pk}/")
            for command in ("search", "ask"):
                call_command(command, question, "--as", person.username, "--json", stdout=(out := StringIO()))
                self.shown(person, command, out.getvalue())

    def documents(self, person: User, browser: Client, documents: list[Document]) -> None:
        for one in documents:
            page = f"/documents/{one.pk}/v/1/p/1/"
            for url in (f"/documents/{one.pk}/", page, f"{page}?start=0&end=9", f"{page}image.png"):
                self.get(person, browser, url)
            self.get(person, browser, f"/documents/{one.pk}/v/1/download/")
            self.get(person, browser, f"/documents/{one.pk}/answers/?q=code")
            self.get(person, browser, f"/documents/{one.pk}/settings/", superseded_by=str(one.pk))
            self.get(person, browser, "/documents/change/", document=str(one.pk), action="nothing")

    def lists(self, person: User, browser: Client) -> None:
        for url in ("/", "/documents/", "/documents/checking/", "/upload/", "/upload/jobs/", "/conversations/?q=code"):
            self.get(person, browser, url)
        for query in THINGS[:3]:
            self.get(person, browser, f"/documents/?q={query}&sort=-updated")
        self.get(person, browser, f"/documents/{uuid.uuid4()}/")
        shelf = self.house.dice.choice(self.house.collections)
        file = SimpleUploadedFile("Codes of the north depot.md", b"")
        self.get(person, browser, "/upload/files/", collection=shelf.pk, file=file)
        self.shown(person, "suggestions", *suggestions(person))

    def others(self, person: User, browser: Client) -> None:
        """What belongs to somebody else: their answers, streams and footnotes."""
        for answer in self.house.dice.sample(self.answers, min(4, len(self.answers))):
            if answer.turn.conversation.user_id == person.pk:
                continue
            for url in (f"/answers/{answer.pk}/", f"/c/{answer.turn.conversation_id}/", f"/review/{answer.pk}/"):
                self.get(person, browser, url)
            self.shown(person, "stream", *sse._look(person.pk, answer.pk, 0).frames)
            for pk in Citation.objects.filter(answer=answer).values_list("pk", flat=True):
                self.get(person, browser, f"/citations/{pk}/")


def walk(house: Company, client_for: ClientFor, questions: int, documents: int) -> Everything:
    seen = Everything(house)
    for person in house.people:
        browser = client_for(person)
        seen.questions(person, browser, QUESTIONS[:questions])
        seen.documents(person, browser, house.dice.sample(house.documents, documents))
        seen.lists(person, browser)
        seen.others(person, browser)
    return seen


def test_nobody_is_shown_a_word_of_a_document_that_is_not_theirs(client_for: ClientFor) -> None:
    seen = walk(Company(people=10, documents=40), client_for, questions=2, documents=3)
    assert seen.foreign == []
    assert seen.responses >= 500
    assert seen.own > 100  # and what is theirs was shown


@pytest.mark.full
@pytest.mark.parametrize("seed", [2])
def test_fifty_people_two_hundred_documents_ten_thousand_responses(client_for: ClientFor, seed: int) -> None:
    seen = walk(Company(people=50, documents=200, seed=seed), client_for, questions=7, documents=14)
    assert seen.foreign == []
    assert seen.responses >= 10_000


def test_a_person_who_is_gone_is_shown_nothing() -> None:
    house = Company(people=3, documents=6)
    User.objects.filter(pk=house.people[0].pk).update(is_active=False)
    for command in ("search", "ask"):
        with pytest.raises(CommandError):
            call_command(command, QUESTIONS[0], "--as", house.people[0].username)
