"""Reviewers judge each footnote and the answer, twice where the policy says so, and lose nothing they typed."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.models import (
    CitationVerdict,
    Opinion,
    Review,
    ReviewItem,
    ReviewPolicy,
    ReviewSample,
)
from assistant.reviewing import agreeing, judging, queue
from assistant.reviewing.agreeing import agreements
from assistant.reviewing.agreement import agreement
from assistant.reviewing.feeding import feed
from assistant.reviewing.judging import Said, steps
from assistant.verified import keeping
from knowledge.models import Document
from tests.assistant.conftest import Asked
from tests.assistant.reviewing import (
    HOTEL,
    HTMX,
    LEAVE,
    RIGHT,
    WRONG,
    disliked,
    judge_all,
    policy,
    rosa,
)
from tests.conftest import ClientFor

__all__ = ["policy", "rosa"]

pytestmark = pytest.mark.django_db(transaction=True)


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
        form = {"standing": "supported", "citation": step.number or ""}
        rita.post(f"/review/{hotel.pk}/{step.sentence}/", form, headers=HTMX)
    assert rita.post(f"/review/{hotel.pk}/0/", {"standing": "maybe"}).status_code == 422
    assert rita.post(f"/review/{hotel.pk}/99/", {"standing": "partly"}).status_code == 404
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
    record = f"/answers/{answer.pk}/record/"
    assert "verdicts" not in client_for(rosa).get(record).content.decode(), "nor does what is kept of the answer tell"
    assert "Reviewers' verdicts" in client_for(people.rita).get(record).content.decode(), "her own"
    item.refresh_from_db()
    judge_all(answer, rosa, "partly")
    judging.settle(item, rosa, Said(WRONG, "outdated"))
    told_now = client_for(rosa).get(record).content.decode()
    assert "1 supported" in told_now and "1 partly" in told_now
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


def test_what_comes_back_is_judged_as_if_nobody_had(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User
) -> None:
    """Rita and Rosa differ about an answer. Later it comes back for another reason."""
    ReviewPolicy.objects.update(second_percent=100)
    answer = asked(people.bob, HOTEL)
    item = disliked(answer, people.bob)
    judge_all(answer, people.rita, "supported")
    judging.settle(item, people.rita, Said(RIGHT))
    judge_all(answer, rosa, "unsupported")
    judging.settle(item, rosa, Said(WRONG))
    assert queue.progress(people.rita).disagreements == 1
    ReviewSample.objects.create(collection=shelf.travel.collection, percent=100)
    feed(answer.pk)
    item.refresh_from_db()
    assert (item.state, item.first_by, item.disagreed) == ("open", None, False)
    assert queue.progress(people.rita).disagreements == 0, "nobody has judged it this time"
    queue.assign(item, people.rita, rosa)
    assert judging.settle(item, people.rita, Said(RIGHT)).state == "second"


def test_a_first_opinion_differs_from_none(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, rosa: User
) -> None:
    """An item that came back while it still was said of such items that opinions on them differ."""
    ReviewPolicy.objects.update(second_percent=100)
    answer = asked(people.bob, HOTEL)
    item = disliked(answer, people.bob)
    ReviewItem.objects.update(disagreed=True)
    judge_all(answer, rosa, "supported")
    row = keeping.confirm(answer, rosa)
    judge_all(answer, people.rita, "supported")
    settled = judging.settle(item, people.rita, Said(RIGHT))
    assert (settled.state, settled.disagreed) == ("second", False)
    row.refresh_from_db()
    assert row.state == "in_force", "both find it right"


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


def test_what_a_reviewer_typed_is_kept_while_they_judge_sentence_by_sentence(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    """Rita writes her remark first and then presses the buttons above it; each of them shows the item anew."""
    answer = asked(people.bob, HOTEL)
    disliked(answer, people.bob)
    rita = client_for(people.rita)
    page = rita.get(f"/review/{answer.pk}/").content.decode()
    whole = form_of(page, "data-settle")
    assert {"verdict", "reason", "comment", "case"} <= fields(whole)
    for mark in ("data-verdict", "data-take"):
        form = form_of(page, mark)
        assert 'hx-include="#settle"' in form and " novalidate " in form, "what is filled in below comes along"
        assert fields(form) & fields(whole) == {"csrfmiddlewaretoken"}, "of two fields with one name one is lost"
    said = {"verdict": "wrong", "reason": "outdated", "comment": "See the circular of May", "case": "1"}
    pressed = [(f"{step.sentence}", {"citation": step.number or "", "standing": "partly"}) for step in steps(answer)]
    for url, button in [*pressed, ("assign", {"action": "take"}), ("assign", {"action": "back"})]:
        after = rita.post(f"/review/{answer.pk}/{url}/", {**button, **said}, headers=HTMX).content.decode()
        assert "See the circular of May</textarea>" in form_of(after, "data-settle")
        assert after.count(" checked") == 3, "verdict, reason and test question are still chosen"
    assert set(judging.judged(answer, people.rita).values()) == {"partly"}, "not the verdict on the whole"
    assert not Opinion.objects.exists(), "nothing is said before it is sent"


def form_of(page: str, mark: str) -> str:
    found = re.search(rf"<form[^>]* {mark}[ >].*?</form>", page, re.S)
    assert found is not None, mark
    return found[0]


def fields(form: str) -> set[str]:
    return set(re.findall(r' name="(\w+)"', form))


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


def test_kappa_is_agreement_beyond_chance() -> None:
    found = agreement({("right", "right"): 20, ("right", "wrong"): 5, ("wrong", "right"): 10, ("wrong", "wrong"): 15})
    assert found.pairs == 50
    assert found.share == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert agreement({("right", "right"): 3}).kappa is None
    assert agreement({}).share is None
