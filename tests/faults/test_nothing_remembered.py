"""Acceptance 8 and 9: what is remembered never crosses from one person to another or from one state of the documents to
the next, and documents that somebody may not see move nothing that they are shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from accounts.models import User
from assistant.conversing.suggestions import suggestions
from assistant.models import Answer
from assistant.selection import vectors
from knowledge import embedding, projection, rechecking, scope, termlists
from knowledge.documents import delete_document
from knowledge.models import Collection, Document, Grant
from knowledge.search import search
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor
from tests.faults.company import QUESTIONS, Company, ask

pytestmark = pytest.mark.django_db


def forget_everything() -> None:
    """As a process that has just started."""
    scope._held.clear()
    scope._arrays.clear()
    projection.forget_projection()
    termlists._held = termlists.TermLists(termlists._REMEMBERED)
    rechecking._decided.clear()
    vectors._vectors._values.clear()
    vectors._readings._values.clear()
    embedding._queries.clear()
    cache.clear()


def told(person: User, question: str) -> str:
    """Everything of a question that a document could move, as one text."""
    found = search(question, person)
    answer = ask(person, question)
    return json.dumps(
        {
            "evidence": [asdict(item) for item in found.evidence],
            "weights": found.term_weights,
            "collections": found.collections,
            "suggestions": suggestions(person),
            **answered(answer),
        },
        default=str,
        sort_keys=True,
    )


def answered(answer: Answer) -> dict[str, object]:
    kept = ("abstained", "degraded", "notice", "text", "sentences", "retrieved", "confidence", "signs", "steps")
    quotes = list(answer.citations.order_by("number").values_list("number", "quote", "passage_id", "start", "end"))
    found = {name: getattr(answer, name) for name in (*kept, "readings", "scope")}
    return {**found, "quotes": quotes}


def test_what_one_remembers_is_nobody_elses() -> None:
    """Everybody asks the same, one after the other, between changes; then each again as if the process were new."""
    house = Company(people=5, documents=14, seed=5)
    changes = [
        lambda: None,
        lambda: Grant.objects.create(collection=house.collections[0], user=house.people[0]),
        lambda: house.add(2),
        lambda: delete_document(house.documents[0], None),
        lambda: Grant.objects.all().first().delete(),  # type: ignore[union-attr]
        lambda: Document.objects.filter(collection=house.collections[1]).update(restricted=True),
    ]
    for number, change in enumerate(changes):
        change()
        question = QUESTIONS[number % 2]
        warm = {person.pk: told(person, question) for person in house.people}
        assert len(set(warm.values())) > 1
        for person in reversed(house.people):
            forget_everything()
            assert told(person, question) == warm[person.pk], (number, person.username)


@pytest.fixture
def hidden() -> tuple[Company, Collection]:
    """A house, and a collection in it that its last person alone may read."""
    house = Company(people=5, documents=14, seed=7)
    shelf = Collection.objects.create(name="Zulu", slug="zulu")
    Grant.objects.create(collection=shelf, user=house.people[-1])
    return house, shelf


def test_a_hundred_hidden_documents_move_nothing(hidden: tuple[Company, Collection], client_for: ClientFor) -> None:
    house, shelf = hidden
    readers = house.people[:3]
    pages = ("/documents/", "/documents/?sort=-updated", "/documents/?q=codes")

    def seen() -> dict[str, object]:
        return {
            person.username: (
                [told(person, question) for question in QUESTIONS[:2]],
                [client_for(person).get(page).context["documents"].paginator.count for page in pages],
                [[str(row) for row in client_for(person).get(page).context["documents"]] for page in pages],
                client_for(person).get("/").context["searchable"],
            )
            for person in readers
        }

    before = seen()
    owner = house.people[-1]
    owners = told(owner, QUESTIONS[0])
    house.add(100, shelf)
    assert seen() == before
    assert told(owner, QUESTIONS[0]) != owners  # and they do move what their reader is shown


def test_hidden_documents_change_not_a_byte_of_what_a_model_is_sent(
    hidden: tuple[Company, Collection], model_server: ModelServer
) -> None:
    house, shelf = hidden
    person = next(one for one in house.people[:-1] if house.theirs(one))
    model_server.script.pieces = ["The access code is known [1]. ", "It is changed [2]."]

    def sent() -> tuple[bytes, str]:
        model_server.requests.clear()
        answer = ask(person, QUESTIONS[0])
        return json.dumps(model_server.requests).encode(), json.dumps(answered(answer), sort_keys=True)

    before = sent()
    assert before[0] != b"[]"
    house.add(100, shelf)
    assert sent() == before


def test_the_same_words_in_a_hidden_document_are_not_lent(people: SimpleNamespace, team: Collection) -> None:
    """Sentence vectors and term lists are kept by text; the text alone opens nothing."""
    house = Company(people=2, documents=4, seed=9)
    reader, stranger = house.people
    Grant.objects.all().delete()
    Grant.objects.create(collection=house.documents[0].collection, user=reader)
    Document.objects.update(restricted=False)
    assert not ask(reader, QUESTIONS[0]).abstained or house.theirs(reader)
    answer = ask(stranger, QUESTIONS[0])
    assert (answer.abstained, answer.retrieved, answer.text) == (True, [], "")
