"""A verified answer ends when its sources or its reviewers do not bear it out any more; those concerned are told."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from assistant.models import Answer, Feedback, Opinion, ReviewItem, ReviewPolicy, VerifiedAnswer
from assistant.reviewing import judging, queue
from assistant.reviewing.feeding import feed
from assistant.showing.presenting import present
from assistant.tasks import keep_reviews
from assistant.verified import keeping, lapsing
from knowledge.documents import delete_document
from knowledge.models import Document, Grant
from tests.assistant.conftest import Asked
from tests.assistant.reviewing import HOTEL, RIGHT, WRONG, judge_all, rosa
from tests.assistant.verifying import SAID, corrected, hotel, settled
from tests.conftest import ClientFor, MakeDocument

__all__ = ["hotel", "rosa"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_lapses_when_a_cited_document_changes_and_comes_back_to_its_reviewer(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, make_document: MakeDocument,
    client_for: ClientFor,
) -> None:  # fmt: skip
    row = corrected(shelf, people, hotel)
    served = asked(people.alice, HOTEL)
    ReviewItem.objects.update(state=ReviewItem.State.DONE)
    changed = "# Travel policy\n\nThe hotel limit is €150."
    make_document(shelf.travel.collection, "travel-policy.md", changed, people.alice)
    row.refresh_from_db()
    assert (row.state, row.why) == ("lapsed", "changed")
    assert asked(people.alice, HOTEL).verified is None
    assert "It no longer holds" in present(Answer.objects.get(pk=served.pk), people.alice).verified
    item = ReviewItem.objects.get(answer=hotel)
    assert (item.state, item.assignee) == ("open", people.rita)
    assert item.causes.filter(kind="lapsed").exists()
    notice = people.rita.notices.get(kind="lapsed")
    assert "new version" in notice.text
    assert "It waits for you" in notice.text
    rita = client_for(people.rita)
    assert "has a new version" in rita.get(notice.link).content.decode()
    assert rita.get(f"/review/{hotel.pk}/correct/").status_code == 200
    assert lapsing.lapse() == 0  # once is enough


def test_a_worker_killed_while_one_lapses_leaves_it_to_the_next(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for the end of the process: nothing in the road catches it."""

    def dies(*args: object, **kwargs: object) -> None:
        raise Killed

    row = corrected(shelf, people, hotel)
    ReviewItem.objects.update(state=ReviewItem.State.DONE)
    yesterday = timezone.localdate() - timedelta(days=1)
    Document.objects.filter(pk=shelf.travel.pk).update(effective_until=yesterday)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(lapsing, "tell", dies)
        lapsing.lapse()
    assert lapsing.lapse() == 1
    row.refresh_from_db()
    assert row.state == "lapsed"
    assert people.rita.notices.filter(kind="lapsed").count() == 1
    assert ReviewItem.objects.get(answer=hotel).state == "open"


def test_what_lapses_again_comes_back_to_be_judged_anew(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    for _ in range(2):
        corrected(shelf, people, hotel)
        ReviewItem.objects.update(state=ReviewItem.State.DONE, first_by=people.rita, disagreed=True)
        Document.objects.filter(pk=shelf.travel.pk).update(effective_until=yesterday)
        assert lapsing.lapse() == 1
        item = ReviewItem.objects.get(answer=hotel)
        assert (item.state, item.assignee, item.first_by, item.disagreed) == ("open", people.rita, None, False)
        assert people.rita in queue.candidates(item)
        Document.objects.filter(pk=shelf.travel.pk).update(effective_until=None)


@pytest.mark.parametrize("ending", ["deleted", "expired", "superseded"])
def test_it_is_not_served_when_a_cited_document_ends(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, ending: str
) -> None:
    row = corrected(shelf, people, hotel)
    if ending == "deleted":
        delete_document(shelf.travel, people.alice)
    elif ending == "expired":
        Document.objects.filter(pk=shelf.travel.pk).update(effective_until=timezone.localdate() - timedelta(days=1))
    else:
        Document.objects.filter(pk=shelf.travel.pk).update(superseded_by=shelf.leave)
    assert asked(people.alice, HOTEL).verified is None  # at once, before anything has looked
    lapsing.lapse()
    row.refresh_from_db()
    assert row.why == ending
    assert people.rita.notices.filter(kind="lapsed").count() == 1


@pytest.mark.parametrize("looked_at", ["at once", "later"])
def test_it_lapses_when_what_a_model_was_only_given_is_deleted(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, looked_at: str
) -> None:
    """A model wrote Bob's answer about hotels, with the leave rules before it as well, which it did not cite."""
    given = [*hotel.retrieved, {"document_id": str(shelf.leave.pk), "supplied": True}]
    Answer.objects.filter(pk=hotel.pk).update(prompt_version="prose-1", retrieved=given)
    hotel.refresh_from_db()
    ReviewItem.objects.all().delete()
    feed(hotel.pk)
    judge_all(hotel, people.rita, "supported")
    row = keeping.confirm(hotel, people.rita)
    assert set(row.sources.all()) == {shelf.travel, shelf.leave}
    assert not row.citations.filter(document=shelf.leave).exists()
    ReviewItem.objects.update(state=ReviewItem.State.DONE)
    if looked_at == "at once":
        delete_document(shelf.leave, people.alice)
    else:  # the process that deleted it died before it looked
        Document.objects.filter(pk=shelf.leave.pk).update(deleted=timezone.now())
        keep_reviews()
    row.refresh_from_db()
    assert (row.state, row.why) == ("lapsed", "deleted")
    notice = people.rita.notices.get(kind="lapsed")
    assert "was deleted" in notice.text
    assert "waits" not in notice.text, "nobody may look at an answer that may hold words of it"
    assert not queue.waiting(people.rita).filter(answer=hotel).exists()
    assert lapsing.lapse() == 0


def test_nothing_waits_when_the_conversation_is_gone(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer, make_document: MakeDocument
) -> None:
    """Bob removes his conversation. What Rita wrote for his question is served on, until the policy changes."""
    row = corrected(shelf, people, hotel)
    hotel.turn.conversation.delete()
    make_document(shelf.travel.collection, "travel-policy.md", "# Travel policy\n\nNothing is paid.", people.alice)
    row.refresh_from_db()
    assert (row.state, row.why, row.answer) == ("lapsed", "changed", None)
    text = people.rita.notices.get(kind="lapsed").text
    assert text.endswith("A cited document has a new version."), "and not that it waits"
    assert not queue.waiting(people.rita).exists()


def test_a_replacement_somebody_may_not_read_is_none_for_them(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    shelf.travel.superseded_by = shelf.memo  # which Alice alone may read
    shelf.travel.save()
    assert asked(people.alice, HOTEL).verified is None
    assert asked(people.bob, HOTEL).verified == row
    assert not people.rita.notices.exists()  # nothing tells her that there is a replacement


def test_a_replacement_somebody_may_not_read_is_not_told_to_them(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, rosa: User, client_for: ClientFor
) -> None:
    """Rita, who vouches for it, may read what replaces the policy, as Alice may. Bob and Rosa may not."""
    row = corrected(shelf, people, hotel)
    before = asked(people.alice, HOTEL)
    Grant.objects.create(collection=shelf.board, user=people.rita)
    shelf.travel.superseded_by = shelf.memo
    shelf.travel.save()
    row.refresh_from_db()
    assert (row.state, row.why) == ("in_force", "superseded")
    served = asked(people.bob, HOTEL)
    assert served.verified == row
    assert "no longer holds" not in present(served, people.bob).verified
    before.refresh_from_db()
    assert "was replaced by another" in present(before, people.alice).verified
    for person, told in ((rosa, False), (people.rita, True)):
        browser = client_for(person)
        for address in ("/review/verified/", f"/review/{hotel.pk}/"):
            page = browser.get(address).content.decode()
            assert SAID in page
            assert ("was replaced by another" in page) is told, (person, address)


def test_who_may_no_longer_read_a_source_is_not_told_what_becomes_of_it(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer, make_document: MakeDocument
) -> None:
    corrected(shelf, people, hotel)
    Grant.objects.filter(user=people.rita).delete()
    make_document(shelf.travel.collection, "travel-policy.md", "# Travel policy\n\nNothing is paid.", people.alice)
    assert VerifiedAnswer.objects.get().state == "lapsed"
    assert not people.rita.notices.exists()


def test_who_could_not_read_a_source_is_not_told_that_it_was_deleted(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer
) -> None:
    corrected(shelf, people, hotel)
    Document.objects.filter(pk=shelf.travel.pk).update(restricted=True)
    shelf.travel.refresh_from_db()
    delete_document(shelf.travel, people.alice)
    assert VerifiedAnswer.objects.get().why == "deleted"
    assert not people.rita.notices.exists()


def test_what_another_reviewer_finds_wrong_is_served_no_more(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    served = asked(people.alice, HOTEL)
    Feedback.objects.create(answer=served, user=people.alice, helpful=False, reason="wrong_fact")
    item = feed(served.pk)
    assert item is not None
    Grant.objects.create(collection=shelf.travel.collection, user=people.ada)
    for step in judging.steps(served):
        judging.judge_step(served, step, people.ada, "unsupported")
    judging.settle(item, people.ada, judging.Said(Opinion.Verdict.WRONG, "wrong_fact"))
    row.refresh_from_db()
    assert (row.state, row.why) == ("lapsed", "disputed")


@pytest.mark.parametrize("second", [WRONG, RIGHT])
def test_what_is_found_of_an_answer_does_not_end_its_correction(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, rosa: User, second: Opinion.Verdict
) -> None:
    """Rita wrote what Bob should have been told, and found his answer wrong. Rosa looks at his answer, too."""
    ReviewPolicy.objects.update(second_percent=100)
    row = corrected(shelf, people, hotel)
    settled(hotel, people.rita, WRONG)
    assert ReviewItem.objects.get(answer=hotel).state == "second"
    settled(hotel, rosa, second)
    row.refresh_from_db()
    assert (row.state, row.why) == ("in_force", "")
    assert asked(people.alice, HOTEL).verified == row
    assert not people.rita.notices.filter(kind="lapsed").exists()


def test_a_second_opinion_ends_what_the_first_one_confirmed(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, rosa: User
) -> None:
    ReviewPolicy.objects.update(second_percent=100)
    settled(hotel, people.rita, RIGHT)
    row = keeping.confirm(hotel, people.rita)
    settled(hotel, rosa, Opinion.Verdict.PARTLY)
    row.refresh_from_db()
    assert (row.state, row.why) == ("lapsed", "disputed")
    assert asked(people.alice, HOTEL).verified is None


def test_what_its_own_reviewer_finds_wrong_later_is_served_no_more(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, client_for: ClientFor
) -> None:
    """Rita is the only reviewer. What she confirmed is given to Alice, who complains of it."""
    settled(hotel, people.rita, RIGHT)
    row = keeping.confirm(hotel, people.rita)
    served = asked(people.alice, HOTEL)
    assert served.verified == row
    Feedback.objects.create(answer=served, user=people.alice, helpful=False, reason="wrong_fact")
    feed(served.pk)
    rita, page = client_for(people.rita), f"/review/{served.pk}/"
    shown = rita.get(page).content.decode()
    assert "These are the words of a verified answer" in shown
    assert f"Verified by Rita on {timezone.localdate():%-d %B %Y}." in shown
    assert "These are the words" not in rita.get(f"/review/{hotel.pk}/").content.decode(), "it was made from these"
    settled(served, people.rita, WRONG)
    row.refresh_from_db()
    assert (row.state, row.why) == ("withdrawn", "taken_back")
    assert asked(people.alice, HOTEL).verified is None
    assert AuditEvent.objects.filter(action="verified.withdrawn", actor_id=people.rita.pk).count() == 1
    assert not people.rita.notices.exists(), "she knows"
    assert "It no longer holds: A reviewer took it back." in rita.get(page).content.decode()


def test_who_vouches_for_an_answer_and_finds_it_right_again_still_does(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, rosa: User, client_for: ClientFor
) -> None:
    """Rita finds that something is missing, which Rosa, whose word it is, does not."""
    settled(hotel, rosa, RIGHT)
    row = keeping.confirm(hotel, rosa)
    served = asked(people.alice, HOTEL)
    Feedback.objects.create(answer=served, user=people.alice, helpful=False, reason="missing")
    feed(served.pk)
    ReviewPolicy.objects.update(second_percent=100)
    settled(served, people.rita, Opinion.Verdict.PARTLY)
    seconds = client_for(rosa).get(f"/review/{served.pk}/").content.decode()
    assert "These are the words" not in seconds, "whether they still hold would tell what Rita found"
    settled(served, rosa, RIGHT)
    assert ReviewItem.objects.get(answer=served).disagreed
    row.refresh_from_db()
    assert row.state == "in_force"
