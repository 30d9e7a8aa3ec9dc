"""Reviewers are given what the policy picks, of what they may read, in its order."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assistant.evaluating.from_reviews import make_case
from assistant.models import (
    Answer,
    Feedback,
    Review,
    ReviewItem,
    ReviewPolicy,
    ReviewSample,
    Turn,
)
from assistant.reviewing import queue
from assistant.reviewing.feeding import current_policy, feed
from assistant.showing import reviews
from assistant.tasks import keep_reviews
from assistant.verified import keeping
from knowledge.models import Grant
from tests.assistant.conftest import Asked
from tests.assistant.reviewing import (
    HOTEL,
    LEAVE,
    TAKEOVER,
    causes,
    disliked,
    judge_all,
    policy,
    rosa,
)
from tests.conftest import ClientFor, MakeDocument

__all__ = ["policy", "rosa"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_reviewed_that_no_rule_picks(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    assert feed(asked(people.bob, LEAVE).pk) is None
    assert not queue.queue(people.rita).exists()


def test_each_rule_says_why_it_picked_an_answer(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    answer = asked(people.bob, LEAVE)
    ReviewPolicy.objects.update(first_uses=1)
    item = feed(answer.pk)
    assert causes(item) == {"first_use"}
    assert item is not None
    assert reviews.cause_words(item.causes.get()) == f"First use of a document: {shelf.leave.title}"
    assert feed(asked(people.alice, LEAVE).pk) is None  # not the first any more

    ReviewSample.objects.create(collection=shelf.leave.collection, percent=100)
    assert causes(feed(answer.pk)) == {"first_use", "sample"}
    Answer.objects.filter(pk=answer.pk).update(
        sentences=[{**answer.sentences[0], "standing": "unsupported"}], disagreements=[{"kind": "x", "sides": []}]
    )
    Feedback.objects.create(answer=answer, user=people.bob, helpful=False, reason="outdated")
    assert causes(feed(answer.pk)) == {"first_use", "sample", "grounding", "conflict", "thumbs_down"}


def test_what_a_process_that_died_left_out_is_put_before_the_reviewers_later(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    """Killed between the end of an answer and the look at it."""
    ReviewSample.objects.create(collection=shelf.travel.collection, percent=100)
    hotel, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    keep_reviews()
    assert not ReviewItem.objects.exists(), "what ended a moment ago is left to the process that made it"

    long_ago = timezone.now() - timedelta(minutes=5)
    Answer.objects.update(finished=long_ago)
    Answer.objects.filter(pk=leave.pk).update(fed=True)
    keep_reviews()
    assert [item.answer for item in queue.queue(people.rita)] == [hotel]
    ReviewItem.objects.all().delete()
    keep_reviews()
    assert not ReviewItem.objects.exists(), "once is enough"


def test_the_queue_begins_with_what_readers_complained_of(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    ReviewSample.objects.create(collection=shelf.travel.collection, percent=100)
    hotel, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    feed(hotel.pk)
    assert [item.answer for item in queue.queue(people.rita)] == [hotel]
    disliked(leave, people.bob)
    assert [item.answer for item in queue.queue(people.rita)] == [leave, hotel]
    after = queue.next_item(people.rita, leave.pk)
    assert after is not None
    assert after.answer == hotel


def test_what_a_reviewer_may_not_read_is_neither_there_nor_counted(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, policy: ReviewPolicy
) -> None:
    memo, hotel = asked(people.alice, TAKEOVER), asked(people.bob, HOTEL)
    disliked(memo, people.alice)
    disliked(hotel, people.bob)
    rita = client_for(people.rita)
    assert queue.progress(people.rita).left == 1
    listed = rita.get("/review/list/").content.decode()
    assert HOTEL in listed
    assert TAKEOVER not in listed
    for url in ("", "assign/", "correct/"):
        assert rita.get(f"/review/{memo.pk}/{url}").status_code == 404
    for url in ("0/", "settle/", "assign/", "case/", "correct/"):
        assert rita.post(f"/review/{memo.pk}/{url}", {"standing": "supported", "verdict": "right"}).status_code == 404
    assert rita.get(f"/citations/{memo.citations.get(number=1).pk}/").status_code == 404
    assert not Review.objects.exists()
    Grant.objects.filter(user=people.rita).delete()
    assert queue.progress(people.rita).left == 0


def test_a_silence_comes_before_those_alone_who_may_read_all_that_was_found(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    silent = asked(people.alice, "Who invented the takeover of the hotel in Norway?")
    assert silent.abstained
    assert any(row["document_id"] == str(shelf.memo.pk) for row in silent.retrieved)
    disliked(silent, people.alice, "missing")
    assert not queue.queue(people.rita).exists()
    Grant.objects.create(collection=shelf.board, user=people.rita)
    assert queue.queue(people.rita).exists()


def test_what_was_stopped_before_its_first_sentence_comes_before_those_alone_who_may_read_what_was_found(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    """Alice asks about the board's affairs, stops at once and says why: Rita must not meet her words."""
    stopped = asked(people.alice, TAKEOVER)
    stopped.citations.all().delete()
    found = [{**row, "used": False, "supplied": False} for row in stopped.retrieved]
    said_nothing = {"state": Answer.State.STOPPED, "text": "", "sentences": [], "sentence_count": 0}
    Answer.objects.filter(pk=stopped.pk).update(**said_nothing, retrieved=found)
    alice, rita = client_for(people.alice), client_for(people.rita)
    alice.post(f"/answers/{stopped.pk}/feedback/", {"helpful": "0", "comment": "Is Larkwright told of it?"})
    assert set(ReviewItem.objects.get().sources.all()) >= {shelf.memo}
    assert "Larkwright" not in rita.get("/review/").content.decode()
    assert rita.get(f"/review/{stopped.pk}/").status_code == 404
    Grant.objects.create(collection=shelf.board, user=people.rita)
    assert "Is Larkwright told of it?" in rita.get("/review/").content.decode()


def test_a_question_of_which_nobody_knows_what_it_is_about_comes_before_nobody(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    """Nothing was found for it, be it silent or stopped before the search: it may name anything at all."""
    Grant.objects.create(collection=shelf.board, user=people.rita)
    for silent in (True, False):
        answer = asked(people.alice, "Why was Dana Larkwright dismissed?")
        nothing = {"abstained": silent, "text": "", "sentences": [], "sentence_count": 0, "retrieved": []}
        answer.citations.all().delete()
        Answer.objects.filter(pk=answer.pk).update(**nothing)
        Feedback.objects.create(answer=answer, user=people.alice, helpful=False, comment="She told me herself.")
        assert feed(answer.pk) is None
        # What was put there before this rule is nobody's either.
        ReviewItem.objects.create(answer=answer, due=timezone.localdate())
        assert client_for(people.rita).get(f"/review/{answer.pk}/").status_code == 404
    assert not queue.queue(people.rita).exists()


def test_what_was_named_to_a_mode_that_found_nothing_counts_as_found(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    alice, rita = client_for(people.alice), client_for(people.rita)
    for document, seen in ((shelf.memo, False), (shelf.leave, True)):
        silent = asked(people.alice, "Summary: the dismissal of Dana")
        Turn.objects.filter(pk=silent.turn_id).update(mode="summary", params={"documents": [str(document.pk)]})
        Answer.objects.filter(pk=silent.pk).update(abstained=True, sentences=[], sentence_count=0, retrieved=[])
        silent.citations.all().delete()
        alice.post(f"/answers/{silent.pk}/feedback/", {"helpful": "0"})
        assert set(ReviewItem.objects.get(answer=silent).sources.all()) == {document}
        status = 200 if seen else 404
        assert rita.get(f"/review/{silent.pk}/").status_code == status
        assert rita.get(f"/answers/{silent.pk}/record/").status_code == status


def test_items_are_taken_given_and_given_back(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User,
    client_for: ClientFor,
) -> None:  # fmt: skip
    item = disliked(asked(people.bob, HOTEL), people.bob)
    rita, url = client_for(people.rita), f"/review/{item.answer_id}/assign/"
    rita.post(url, {"action": "take"})
    assert list(queue.queue(people.rita)) == [item]
    assert not queue.queue(rosa).exists()
    judge_all(item.answer, rosa, "supported")
    refused = client_for(rosa).post(f"/review/{item.answer_id}/settle/", {"verdict": "right"})
    assert "Somebody else has this one" in refused.content.decode()
    for action in ("take", "back", "assign"):
        refused = client_for(rosa).post(url, {"action": action, "person": rosa.pk})
        assert "Somebody else has this one" in refused.content.decode(), action
    assert list(queue.queue(people.rita)) == [item]
    assert not queue.queue(rosa).exists()
    ReviewItem.objects.update(due=timezone.localdate() - timedelta(days=1))
    item.refresh_from_db()
    assert list(queue.listed(rosa, queue.Wanted(whose="overdue"))) == [item]
    queue.take(item, rosa)  # an overdue one may be taken over
    assert list(queue.listed(rosa, queue.Wanted(whose="mine"))) == [item]
    queue.give_back(item, rosa)
    assert list(queue.listed(rosa, queue.Wanted(whose="free"))) == [item]
    rita.post(url, {"action": "assign", "person": rosa.pk})
    assert list(queue.queue(rosa)) == [item]
    assert rosa.notices.filter(kind="review").exists()  # type: ignore[attr-defined]  # told by a model of the layer below
    rita.post(url, {"action": "assign", "person": people.charlie.pk})  # no reviewer
    item.refresh_from_db()
    assert item.assignee == rosa
    Grant.objects.filter(user=rosa).delete()
    assert queue.release_stuck() == 1
    assert list(queue.queue(people.rita)) == [item]


def test_the_list_filters_by_reason_and_collection(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    item = disliked(asked(people.bob, HOTEL), people.bob)
    assert list(queue.listed(people.rita, queue.Wanted(reason="thumbs_down"))) == [item]
    assert not queue.listed(people.rita, queue.Wanted(reason="sample")).exists()
    assert list(queue.listed(people.rita, queue.Wanted(collection="team"))) == [item]
    assert not queue.listed(people.rita, queue.Wanted(collection="board")).exists()


def test_a_page_of_the_list_is_read_at_once_and_keeps_its_order(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    asked: Asked,
    policy: ReviewPolicy,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    items = [disliked(asked(people.bob, question), people.bob) for question in (HOTEL, LEAVE)]
    for item, priority in zip(items, (1, 2), strict=True):
        ReviewItem.objects.filter(pk=item.pk).update(priority=priority, assignee=people.rita)
    waiting = queue.listed(people.rita, queue.Wanted())
    assert list(waiting) == items[::-1]
    with django_assert_max_num_queries(3):  # the page, its rows, their causes; none of the causes names a document
        rows = queue.told(waiting[:25])
        said = [(row.answer.turn.question, row.assignee, [str(cause) for cause in row.causes.all()]) for row in rows]
    assert said == [(question, people.rita, ["Found unhelpful"]) for question in (LEAVE, HOTEL)]
    assert queue.told([]) == []


@pytest.mark.parametrize("query", ["page=" + 5000 * "9", "reason=nonsense%00", "collection=%00", "whose=%00"])
def test_no_wrong_address_breaks_the_list(query: str, people: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(people.rita).get(f"/review/list/?{query}").status_code == 200


def test_filters_that_are_none_filter_nothing(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    disliked(asked(people.bob, HOTEL), people.bob)
    assert HOTEL in client_for(people.rita).get("/review/list/?reason=non%00sense").content.decode()


def test_readers_are_not_reviewers(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    for url in ("/review/", "/review/list/", "/review/verified/", "/review/policy/"):
        assert client_for(people.bob).get(url).status_code == 404
    assert client_for(people.rita).get("/review/policy/").status_code == 404


def test_administrators_set_what_is_reviewed(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, policy: ReviewPolicy
) -> None:
    form = {
        "thumbs_down": "on", "supported_percent": "50", "first_uses": "0", "second_percent": "25", "urgent_days": "1",
        "due_days": "3", f"rate-{shelf.board.pk}": "12.5",
    }  # fmt: skip
    ada = client_for(people.ada)
    assert ada.post("/review/policy/", form).status_code == 302
    kept = current_policy()
    assert (kept.thumbs_down, kept.conflicts, kept.second_percent) == (True, False, 25)
    assert ReviewSample.objects.get(collection=shelf.board).percent == 12.5
    assert ada.post("/review/policy/", {**form, "second_percent": "101"}).status_code == 422


def test_what_was_asked_before_of_closed_documents_is_not_told_with_a_follow_up(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, rosa: User, client_for: ClientFor
) -> None:
    """Alice asks about the board's memo, then about the hotel; Rita reviews the second, and may not know of the first.
    The search had put it in words that stand alone."""
    first = asked(people.alice, TAKEOVER)
    assert first.citations.filter(document=shelf.memo).exists()
    answer = asked(people.alice, HOTEL, first.turn.conversation)
    assert {row.document for row in answer.citations.all()} == {shelf.travel}
    Answer.objects.filter(pk=answer.pk).update(searched_as=f"{TAKEOVER} {HOTEL}")
    answer.refresh_from_db()
    disliked(answer, people.alice)
    judge_all(answer, people.rita, "supported")
    assert "Larkwright" not in client_for(people.rita).get(f"/review/{answer.pk}/correct/").content.decode()
    row, case = keeping.confirm(answer, people.rita), make_case(answer, people.rita)
    assert row.question == case.question == HOTEL
    # Who may read the memo, too, meets all of the question; what comes of it is for such readers alone.
    Grant.objects.create(collection=shelf.board, user=people.rita)
    row, case = keeping.confirm(answer, people.rita), make_case(answer, people.rita)
    assert row.question == case.question == f"{TAKEOVER} {HOTEL}"
    pages = {who: client_for(who).get("/review/verified/").content.decode() for who in (people.rita, rosa)}
    assert ["Larkwright" in page for page in pages.values()] == [True, False]
    pages = {who: client_for(who).get("/evaluation/sets/reviews/").content.decode() for who in (people.rita, rosa)}
    assert ["Larkwright" in page for page in pages.values()] == [True, False]


def test_what_was_asked_of_an_erased_document_is_put_before_nobody(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    silent = asked(people.alice, "Who invented the takeover of the hotel in Norway?")
    assert silent.abstained
    shelf.memo.delete()
    Feedback.objects.create(answer=silent, user=people.alice, helpful=False, reason="missing")
    assert feed(silent.pk) is None
    assert not queue.queue(people.rita).exists()


def test_purging_a_document_takes_its_items_from_the_queue(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, make_document: MakeDocument
) -> None:
    answer = asked(people.bob, HOTEL)
    disliked(answer, people.bob)
    Feedback.objects.update(comment="It says €145, that is last year's")
    shelf.travel.delete()
    assert not ReviewItem.objects.exists()
    rating = answer.feedback.get()
    assert (rating.helpful, rating.comment) == (False, ""), "the thumb stays, words that may be the document's do not"
