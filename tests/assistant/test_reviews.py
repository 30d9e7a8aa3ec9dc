"""Reviewers judge only what they may read, in the order of the policy, and what they decide makes answers better."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.evaluating import cases
from assistant.evaluating.from_reviews import make_case
from assistant.models import (
    Answer,
    CitationVerdict,
    Feedback,
    Opinion,
    Review,
    ReviewItem,
    ReviewPolicy,
    ReviewSample,
    SetCase,
)
from assistant.reviewing import agreeing, judging, queue
from assistant.reviewing.agreeing import agreements
from assistant.reviewing.agreement import agreement
from assistant.reviewing.feeding import current_policy, feed
from assistant.reviewing.judging import Said
from assistant.showing import reviews
from assistant.showing.presenting import present
from assistant.tasks import keep_reviews
from assistant.verified import keeping
from knowledge.models import Document, Grant
from tests.assistant.conftest import Asked, quotes
from tests.config.test_exporting import exported
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"
LEAVE = "How many days of paid annual leave do employees receive?"
TAKEOVER = "What is the price of the takeover of Larkwright Sensors?"
HTMX = {"HX-Request": "true"}
RIGHT, WRONG = Opinion.Verdict.RIGHT, Opinion.Verdict.WRONG


@pytest.fixture
def policy(db: None) -> ReviewPolicy:
    """First uses are left out, so that each test sees the reason it is about; no second opinions by chance."""
    row = current_policy()
    ReviewPolicy.objects.filter(pk=row.pk).update(first_uses=0, second_percent=0)
    row.refresh_from_db()
    return row


@pytest.fixture
def rosa(people: SimpleNamespace, shelf: SimpleNamespace) -> User:
    """A second reviewer of the team's collection."""
    rosa = User.objects.create(username="rosa", role=User.Role.REVIEWER, password=make_password(None))
    Grant.objects.create(collection=shelf.travel.collection, user=rosa)
    return rosa


def disliked(answer: Answer, by: User, reason: str = "wrong_fact") -> ReviewItem:
    Feedback.objects.create(answer=answer, user=by, helpful=False, reason=reason)
    item = feed(answer.pk)
    assert item is not None
    return item


def judge_all(answer: Answer, reviewer: User, verdict: str) -> None:
    for step in judging.steps(answer):
        judging.judge_step(answer, step, reviewer, verdict)


def causes(item: ReviewItem | None) -> set[str]:
    return set(item.causes.values_list("kind", flat=True)) if item else set()


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
        assert rita.post(f"/review/{memo.pk}/{url}", {"verdict": "supported"}).status_code == 404
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


def test_footnotes_and_the_answer_are_judged_and_the_next_item_comes(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, policy: ReviewPolicy
) -> None:
    hotel, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    item = disliked(hotel, people.bob)
    disliked(leave, people.bob, "outdated")
    rita = client_for(people.rita)
    page = rita.get("/review/").content.decode()
    assert HOTEL in page
    assert "Found unhelpful" in page
    assert "A fact is wrong" in page
    early = rita.post(f"/review/{hotel.pk}/settle/", {"verdict": "right"}, headers=HTMX)
    assert "Judge every sentence first." in early.content.decode()
    for step in judging.steps(hotel):
        form = {"verdict": "supported", "citation": step.number or ""}
        rita.post(f"/review/{hotel.pk}/{step.sentence}/", form, headers=HTMX)
    assert rita.post(f"/review/{hotel.pk}/0/", {"verdict": "maybe"}).status_code == 422
    assert rita.post(f"/review/{hotel.pk}/99/", {"verdict": "partly"}).status_code == 404
    after = rita.post(f"/review/{hotel.pk}/settle/", {"verdict": "wrong", "reason": "outdated"}, headers=HTMX)
    assert LEAVE in after.content.decode()
    opinion = Opinion.objects.get(item=item)
    assert (opinion.reviewer, opinion.verdict, opinion.reason) == (people.rita, "wrong", "outdated")
    assert CitationVerdict.objects.filter(reviewer=people.rita).count() == hotel.citations.count()
    progress = queue.progress(people.rita)
    assert (progress.done, progress.left) == (1, 1)


def test_a_sentence_is_as_good_as_its_best_footnote(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    answer = asked(people.bob, HOTEL)
    first = answer.citations.get(number=1)
    first.pk, first.number = None, 7
    first.save()
    answer.sentences[0]["citations"] = [1, 7]
    answer.save()
    judging.judge_step(answer, judging.Step(0, 1), people.rita, "unsupported")
    assert Review.objects.get(sentence=0).verdict == "unsupported"
    judging.judge_step(answer, judging.Step(0, 7), people.rita, "supported")
    assert Review.objects.get(sentence=0).verdict == "supported"


def test_items_are_taken_given_and_given_back(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User,
    client_for: ClientFor,
) -> None:  # fmt: skip
    item = disliked(asked(people.bob, HOTEL), people.bob)
    rita, url = client_for(people.rita), f"/review/{item.answer_id}/assign/"
    rita.post(url, {"action": "take"})
    assert list(queue.queue(people.rita)) == [item]
    assert not queue.queue(rosa).exists()
    with pytest.raises(ReviewRefused):
        queue.take(item, rosa)
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


def test_a_second_opinion_is_given_without_seeing_the_first(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User,
    client_for: ClientFor, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(agreeing, "_KEPT_SECONDS", math.inf)  # the minute does not end in the middle of it
    ReviewPolicy.objects.update(second_percent=100)
    answer = asked(people.bob, HOTEL)
    item = disliked(answer, people.bob)
    judge_all(answer, people.rita, "supported")
    judging.settle(item, people.rita, Said(RIGHT, comment="the table is decisive"))
    assert agreements(people.rita).answers.pairs == 0, "one of two has judged"
    assert not queue.queue(people.rita).exists()
    page = client_for(rosa).get("/review/").content.decode()
    assert "Second opinion" in page
    assert "the table is decisive" not in page
    assert 'aria-pressed="true"' not in page
    item.refresh_from_db()
    judge_all(answer, rosa, "partly")
    judging.settle(item, rosa, Said(WRONG, "outdated"))
    item.refresh_from_db()
    assert (item.state, item.disagreed) == ("done", True)
    both = client_for(people.rita).get(f"/review/{answer.pk}/").content.decode()
    assert "the table is decisive" in both
    assert "second opinion" in both
    assert queue.progress(people.rita).disagreements == 1
    told = agreements(people.rita)
    assert (told.answers.pairs, told.answers.share, told.answers.kappa) == (1, 0.0, 0.0)
    assert (told.sentences.pairs, told.sentences.share) == (answer.sentence_count, 0.0)
    with django_assert_max_num_queries(2):  # whether what is kept still holds
        assert agreements(people.rita) == told
    documents = Document.objects.filter(pk__in=item.sources.values("pk"))
    documents.update(restricted=True)
    assert agreements(people.rita).answers.pairs == 0, "what she may no longer see counts no more, at once"
    documents.update(restricted=False)
    assert agreements(people.rita) == told
    with pytest.raises(ReviewRefused):
        judging.settle(item, people.rita, Said(RIGHT))
    ReviewItem.objects.update(state=ReviewItem.State.OPEN)
    assert agreements(people.rita).answers.pairs == 0, "it is to be judged anew"


def test_nobody_waits_for_a_second_opinion_that_nobody_can_give(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    ReviewPolicy.objects.update(second_percent=100)
    answer = asked(people.bob, HOTEL)
    judge_all(answer, people.rita, "supported")
    assert judging.settle(disliked(answer, people.bob), people.rita, Said(RIGHT)).state == "done"


def test_what_a_reviewer_typed_is_kept_when_it_is_refused(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User,
    client_for: ClientFor,
) -> None:  # fmt: skip
    answer = asked(people.bob, HOTEL)
    item = disliked(answer, people.bob)
    said = {"verdict": "wrong", "reason": "outdated", "comment": "See the circular of May", "case": "1"}
    rita = client_for(people.rita)
    early = rita.post(f"/review/{answer.pk}/settle/", said).content.decode()
    assert "Judge every sentence first." in early and "See the circular of May" in early
    assert early.count(" checked") == 3, "verdict, reason and test question are still chosen"
    unchosen = rita.post(f"/review/{answer.pk}/settle/", {"comment": "See the circular of May"})
    assert unchosen.status_code == 422
    assert "Choose right, partly right or wrong" in unchosen.content.decode()
    assert "See the circular of May" in unchosen.content.decode()
    judge_all(answer, rosa, "supported")
    judge_all(answer, people.rita, "unsupported")
    endless = rita.post(f"/review/{answer.pk}/settle/", {**said, "comment": 2001 * "x"}).content.decode()
    assert "The remark is too long" in endless and 2001 * "x" in endless, "nothing is cut off unseen"
    judging.settle(item, rosa, Said(RIGHT))
    late = rita.post(f"/review/{answer.pk}/settle/", said).content.decode()
    assert "has been reviewed meanwhile" in late
    assert "See the circular of May" in late, "to be taken elsewhere"


def test_a_verdict_that_was_kept_is_not_called_refused(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    disliked(answer, people.bob)
    judge_all(answer, people.rita, "unsupported")
    page = client_for(people.rita).post(f"/review/{answer.pk}/settle/", {"verdict": "wrong", "case": "1"})
    assert Opinion.objects.filter(item__answer=answer, reviewer=people.rita).exists()
    assert "Your verdict is kept." in page.content.decode()
    assert "No sentence of it was found supported" in page.content.decode()


@pytest.mark.parametrize("query", ["page=" + 5000 * "9", "reason=nonsense%00", "collection=%00", "whose=%00"])
def test_no_wrong_address_breaks_the_list(query: str, people: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(people.rita).get(f"/review/list/?{query}").status_code == 200


def test_filters_that_are_none_filter_nothing(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    disliked(asked(people.bob, HOTEL), people.bob)
    assert HOTEL in client_for(people.rita).get("/review/list/?reason=non%00sense").content.decode()


def test_a_reviewer_takes_along_what_they_judged_and_an_asker_no_words_they_may_not_read(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    judge_all(answer, people.rita, "partly")
    case = {"asked_as": people.rita, "origin": people.bob, "answerable": True}
    said = "Is the takeover of Larkwright planned for March?"
    gold = [{"document": str(shelf.memo.pk), "quote": "planned for 14 March 2027"}]
    reworded = cases.take("review-memo", {**case, "question": said, "gold": gold}, people.rita)
    hers, his = exported(client_for(people.rita)), exported(client_for(people.bob))
    footnotes = json.loads(hers.read("footnotes-judged.json"))
    assert {(row["answer"], row["verdict"]) for row in footnotes} == {(str(answer.pk), "partly")}
    assert not json.loads(his.read("footnotes-judged.json"))
    assert [row["set"] for row in json.loads(his.read("test-questions.json"))] == [reworded.set_id]
    assert said not in his.read("test-questions.json").decode(), "a reviewer's words about a memo he may not read"


def test_kappa_is_agreement_beyond_chance() -> None:
    found = agreement({("right", "right"): 20, ("right", "wrong"): 5, ("wrong", "right"): 10, ("wrong", "wrong"): 15})
    assert found.pairs == 50
    assert found.share == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert agreement({("right", "right"): 3}).kappa is None
    assert agreement({}).share is None


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


def test_what_came_of_a_review_is_a_test_question_in_one_call(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    answer = asked(people.bob, LEAVE)
    item = disliked(answer, people.bob)
    with pytest.raises(ReviewRefused):
        make_case(answer, people.rita)
    judge_all(answer, people.rita, "supported")
    judging.settle(item, people.rita, Said(RIGHT))
    first = make_case(answer, people.rita)
    case = make_case(answer, people.rita)
    assert case == first == SetCase.objects.get()
    assert (case.question, case.asked_as, case.origin, case.answerable) == (LEAVE, people.rita, people.bob, True)
    assert case.gold[0] == {"document": str(shelf.leave.pk), "quote": quotes(answer)[0]}
    people.bob.delete()
    assert not SetCase.objects.exists(), "a person's question goes with them"


def test_a_quote_that_does_not_support_is_not_used_again_for_the_same_question(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    refused = quotes(answer)[0]
    reviews.judge(answer, 0, people.rita, "unsupported", "")
    assert refused not in quotes(asked(people.bob, HOTEL))
    assert refused not in quotes(asked(people.alice, "what is the hotel limit  per night"))
    assert quotes(asked(people.bob, LEAVE)) == ["Employees receive 27 days of paid annual leave per calendar year."]


def test_a_correction_is_shown_with_the_next_answer_to_those_who_may_see_its_sources(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    reviews.judge(answer, 0, people.rita, "partly", "From July 2027 the limit will be €150.")
    again = asked(people.alice, HOTEL)
    assert "€150" in present(again, people.alice).notice
    assert "€150" not in present(asked(people.charlie, HOTEL), people.charlie).notice
    Grant.objects.filter(user=people.alice, collection=shelf.travel.collection).delete()
    again.refresh_from_db()
    assert "€150" not in present(again, people.alice).notice


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
