"""What is remembered of the full text never differs from what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection, transaction

from accounts.models import User
from knowledge import documents, lexical, postings, stamps, termlists
from knowledge.models import Collection, Document, Grant, Passage, VisibilityStamp
from knowledge.termlists import TermLists

pytestmark = pytest.mark.django_db
MakeDocument = Callable[..., Document]
Answer = tuple[list[int], list[float], list[float], list[float]]

TRAVEL = "# Travel\n\nThe hotel limit in Kestrel Bay is 140 EUR a night.\n\nRail journeys need no approval."
LEAVE = "# Leave\n\nHotel staff have 27 days of leave a year, limited to 10 days at once."
QUESTION = "What is the hotel limit, and who needs approval of travel or leave?"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(termlists, "_held", TermLists(1_000_000))


@pytest.fixture
def shelf(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        travel=make_document(team, "travel.md", TRAVEL, by=people.alice),
        leave=make_document(team, "leave.md", LEAVE, by=people.alice),
    )


def asked(user: User) -> Answer:
    """Ids, BM25, weights of the terms and shares of the title: everything read from the full text."""
    rows = Passage.objects.visible_to(user).searchable().order_by("pk").values_list("pk", "start", "end")
    table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
    question = lexical.analyse_question(QUESTION)
    hits = lexical.search(question, table[:, 0], table[:, 2] - table[:, 1])
    shares = lexical.title_shares(question, table[:, 0])
    return table[:, 0].tolist(), hits.scores.tolist(), hits.inverse, shares.tolist()


def freshly_asked(user: User, monkeypatch: pytest.MonkeyPatch) -> Answer:
    with monkeypatch.context() as patched:
        patched.setattr(termlists, "_held", TermLists(0))
        return asked(user)


def test_after_every_change_the_remembered_answer_is_the_fresh_one(
    make_document: MakeDocument,
    team: Collection,
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [asked(people.bob)]

    def changed() -> None:
        answers.append(asked(people.bob))
        assert answers[-1] == freshly_asked(people.bob, monkeypatch)
        assert answers[-1] != answers[-2]

    make_document(team, "hotels.md", "Hotel approval is given by the travel desk.", by=people.alice)
    changed()
    make_document(team, "travel.md", TRAVEL.replace("hotel limit", "hotel and travel limit"), by=people.alice)
    changed()
    documents.delete_document(Document.objects.get(pk=shelf.leave.pk), people.alice)
    changed()
    documents.purge_deleted()
    assert asked(people.bob) == freshly_asked(people.bob, monkeypatch) == answers[-1]


def test_a_title_read_anew_counts_for_the_next_question(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(people.bob)
    Document.objects.filter(pk=shelf.leave.pk).update(title="Approval of hotels")
    with transaction.atomic():
        lexical.index_version(shelf.leave.current_id)
    assert before != asked(people.bob) == freshly_asked(people.bob, monkeypatch)


def test_what_was_taken_back_leaves_nothing_behind(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(people.bob)
    with transaction.atomic():
        documents.delete_document(shelf.leave, people.alice)
        postings.put_rows(connection, [(before[0][0], "hotel", "hotel", "hotel hotel limit")])
        assert asked(people.bob) == freshly_asked(people.bob, monkeypatch) != before
        transaction.set_rollback(True)
    assert asked(people.bob) == before
    # Another change after the one taken back: what was read within that one must not stand for this one.
    postings.drop_rows(connection, before[0][:1])
    assert asked(people.bob) == freshly_asked(people.bob, monkeypatch) != before


def test_what_charlie_alone_may_read_moves_none_of_bobs_scores(
    make_document: MakeDocument, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    before = asked(people.bob)
    own = Collection.objects.create(name="Own", slug="own")
    Grant.objects.create(collection=own, user=people.charlie, role="curator")
    make_document(own, "own.md", "The hotel limit needs approval, the travel limit none.", by=people.charlie)
    charlies = asked(people.charlie)
    assert sum(charlies[1]) > 0
    assert asked(people.bob) == before
    assert asked(people.charlie) == charlies


def test_a_second_question_reads_the_mark_alone(
    shelf: SimpleNamespace, people: SimpleNamespace, django_assert_num_queries: Callable[..., object]
) -> None:
    question, ids = lexical.analyse_question(QUESTION), np.array([1, 2], dtype=np.int64)
    lexical.search(question, ids, ids)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        lexical.search(question, ids, ids)


def test_without_a_mark_nothing_is_remembered(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    before = asked(people.bob)
    VisibilityStamp.objects.filter(part=stamps.WORDS).delete()
    assert asked(people.bob) == before
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM knowledge_fulltext")
    assert sum(asked(people.bob)[1]) == 0


def test_migrating_leaves_a_mark(people: SimpleNamespace) -> None:
    first = stamps.read_words(connection)
    stamps.install(connection)
    second = stamps.read_words(connection)
    assert first != second != ()


def _list(length: int) -> postings.TermList:
    column = postings.Column(np.arange(length, dtype=np.int64), np.ones(length, dtype=np.int32))
    return postings.TermList((column, column, column))


def test_what_is_remembered_is_bounded_and_belongs_to_one_mark() -> None:
    one = _list(100)
    held, mark = TermLists(2 * one.nbytes), ((0, 1),)
    held.put(mark, "a", one)
    held.put(mark, "b", one)
    assert held.get(mark, "a") is one
    held.put(mark, "c", one)
    assert [held.get(mark, term) is one for term in "abc"] == [True, False, True]
    held.put(mark, "d", _list(1000))
    assert held.get(mark, "d") is None
    later = ((0, 2),)
    assert held.get(later, "a") is None
    held.put(later, "b", one)
    assert [held.get(later, term) is one for term in "abc"] == [False, True, False]
    assert held.get(mark, "a") is None


@pytest.mark.parametrize(
    "allowed", [[37], [1, 2, 3], range(2, 400, 2), range(1, 500), [3, 90, 40_000_000], [600, 700], []]
)
def test_counts_inside_the_visible_set_are_those_of_the_texts(allowed: Sequence[int]) -> None:
    """However many may be seen beside how often a word stands."""
    bodies = {number: "common " * (1 + number % 3) + ("rare " if number % 250 == 3 else "") for number in range(1, 450)}
    bodies[40_000_000] = "common rare"
    rows = [(number, "common" if number % 5 == 0 else "", "rare", body) for number, body in bodies.items()]
    postings.put_rows(connection, rows)
    visible = lexical._Visible(np.array(allowed, dtype=np.int64))
    held = {number: (title, heading, body) for number, title, heading, body in rows}
    for word in ("common", "rare", "nowhere"):
        expected = [
            sum(
                weight * text.split().count(word)
                for weight, text in zip((1.0, 0.7, 1.0), held.get(number, ("", "", "")), strict=True)
            )
            for number in allowed
        ]
        assert visible.frequencies((word,), lexical.FIELD_WEIGHTS).tolist() == pytest.approx(expected)
