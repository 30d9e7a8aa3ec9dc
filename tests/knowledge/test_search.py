"""Search as people meet it: Alice curates, Bob reads, Charlie has no access."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from knowledge import documents
from knowledge.candidates import Reading, vectors_for
from knowledge.followups import Exchange
from knowledge.models import Collection, Document, Grant, Passage
from knowledge.rechecking import still_visible
from knowledge.search import search

pytestmark = pytest.mark.django_db
MakeDocument = Callable[..., Document]

TRAVEL = "# Travel\n\nThe hotel limit in Kestrel Bay is 140 EUR a night.\n\nRail journeys are booked in second class."
LEAVE = "# Leave\n\nEvery employee has 27 days of paid leave a year.\n\nUnused days expire on 31 March."


def names(user: object, question: str, **extra: object) -> list[str]:
    return [item.document_name for item in search(question, user, **extra).evidence]  # type: ignore[arg-type]


@pytest.fixture
def shelf(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        travel=make_document(team, "travel.md", TRAVEL, by=people.alice),
        leave=make_document(team, "leave.md", LEAVE, by=people.alice),
    )


def test_the_right_passage_comes_first_with_exact_offsets(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    result = search("How expensive may a hotel be?", people.bob)
    best = result.evidence[0]
    assert best.document_id == shelf.travel.pk
    passage = Passage.objects.select_related("page").get(pk=best.passage_id)
    assert passage.page.text[best.start : best.end] == best.text
    assert "140 EUR" in best.text
    assert best.dense > 0.3
    assert set(result.timings_ms) == {"search", "embed"}


def test_a_word_the_model_does_not_know_is_found_by_full_text(
    make_document: MakeDocument, team: Collection, people: SimpleNamespace, shelf: SimpleNamespace
) -> None:
    make_document(team, "codes.md", "Error XQ-7741 means that the seal leaks.", by=people.alice)
    assert names(people.bob, "XQ-7741")[0] == "codes.md"


def test_someone_without_a_grant_finds_nothing(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    result = search("hotel limit", people.charlie)
    assert (result.evidence, result.collections) == ((), ())


def test_hidden_documents_change_neither_order_nor_scores(
    make_document: MakeDocument, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    before = search("hotel limit in Kestrel Bay", people.bob)
    hidden = Collection.objects.create(name="Hidden", slug="hidden")
    Grant.objects.create(collection=hidden, user=people.alice, role="curator")
    for number in range(12):
        make_document(
            hidden, f"hidden-{number}.md", f"The hotel limit number {number} is {number}50 EUR.", by=people.alice
        )
    after = search("hotel limit in Kestrel Bay", people.bob)
    assert before.evidence == after.evidence
    assert before.term_weights == after.term_weights


def test_a_grant_taken_back_counts_for_the_next_question(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    assert names(people.bob, "hotel limit")
    found = [item.passage_id for item in search("hotel limit", people.bob).evidence]
    Grant.objects.filter(user=people.bob).delete()
    assert names(people.bob, "hotel limit") == []
    assert still_visible(people.bob, found) == set()


def test_a_narrowed_document_is_found_by_those_named_only(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    drivers = Group.objects.create(name="Drivers")
    shelf.travel.restricted = True
    shelf.travel.save()
    shelf.travel.restrictions.create(group=drivers)
    assert "travel.md" not in names(people.bob, "hotel limit")
    people.bob.groups.add(drivers)
    assert names(people.bob, "hotel limit")[0] == "travel.md"


def test_a_deleted_document_is_gone_at_once_and_its_rows_follow(
    shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    path = shelf.travel.current.blob.path
    documents.delete_document(shelf.travel, people.alice)
    assert "travel.md" not in names(people.bob, "hotel limit")
    assert documents.purge_deleted() == 1
    assert not Document.objects.filter(pk=shelf.travel.pk).exists()
    assert not Passage.objects.filter(text__contains="140 EUR").exists()
    with pytest.raises(FileNotFoundError):
        open(path, "rb").close()  # noqa: PTH123  # the path comes from storage


def test_a_changed_file_answers_with_its_new_words_only(
    make_document: MakeDocument, team: Collection, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    again = make_document(team, "travel.md", TRAVEL.replace("140", "165"), by=people.alice)
    assert again.pk == shelf.travel.pk
    texts = [item.text for item in search("hotel limit", people.bob).evidence if item.document_name == "travel.md"]
    assert any("165 EUR" in text for text in texts)
    assert not any("140 EUR" in text for text in texts)


def test_what_was_replaced_stands_behind_its_replacement_if_that_is_visible(
    make_document: MakeDocument, team: Collection, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    newer = make_document(team, "travel-2026.md", TRAVEL.replace("140", "180"), by=people.alice)
    shelf.travel.superseded_by = newer
    shelf.travel.save()
    first, second = search("hotel limit in Kestrel Bay", people.bob).evidence[:2]
    assert (first.document_name, first.superseded) == ("travel-2026.md", False)
    assert (second.document_name, second.superseded) == ("travel.md", True)
    newer.restricted = True
    newer.save()
    (alone, *_) = search("hotel limit in Kestrel Bay", people.bob).evidence
    assert (alone.document_name, alone.superseded) == ("travel.md", False)


def test_a_follow_up_is_searched_with_what_it_refers_to(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    before = [Exchange("How many days of leave do I have?")]
    assert names(people.bob, "And when do they expire?", context=before)[0] == "leave.md"


def test_words_of_the_question_before_weigh_half(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    alone = search("How many days of leave do I have?", people.bob).term_weights
    before = [Exchange("How many days of leave do I have?")]
    after = search("And when do they expire?", people.bob, context=before).term_weights
    assert after["leav"] == pytest.approx(alone["leav"] / 2)


def test_a_version_that_is_published_during_a_search_is_found_by_it(
    make_document: MakeDocument, shelf: SimpleNamespace, people: SimpleNamespace, team: Collection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    looks: list[Reading] = []

    def published_meanwhile(reading: Reading) -> object:
        looks.append(reading)
        if len(looks) == 1:
            make_document(team, "travel.md", TRAVEL.replace("140", "150"), by=people.alice)
        return vectors_for(reading)

    monkeypatch.setattr("knowledge.search.vectors_for", published_meanwhile)
    best = search("How expensive may a hotel be?", people.bob).evidence[0]
    assert (best.document_id, best.version_number) == (shelf.travel.pk, 2)
    assert "150 EUR" in best.text
    assert len(looks) == 2

    def only_added_meanwhile(reading: Reading) -> object:
        looks.append(reading)
        make_document(team, "note.md", "Another note.", by=people.alice)
        return vectors_for(reading)

    monkeypatch.setattr("knowledge.search.vectors_for", only_added_meanwhile)
    assert search("How expensive may a hotel be?", people.bob).evidence[0].passage_id == best.passage_id
    assert len(looks) == 3, "nothing is missing, so nobody looks again"
