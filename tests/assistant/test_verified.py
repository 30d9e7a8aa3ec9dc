"""Verified answers: served to those who may see all their sources, to nobody else, and only while the sources hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from assistant.errors import ReviewRefused
from assistant.models import Answer, Feedback, Opinion, ReviewItem, ReviewPolicy, VerifiedAnswer, VerifiedCitation
from assistant.reviewing import judging, queue
from assistant.reviewing.feeding import current_policy, feed
from assistant.showing.presenting import present
from assistant.sources import may_see
from assistant.tasks import keep_reviews
from assistant.verified import keeping, lapsing, matching
from assistant.verified.keeping import Draft
from assistant.verified.serving import standing_words
from config.sample_company.same_question import labelled, measure
from knowledge.documents import delete_document
from knowledge.models import Document, Grant, Passage, Restriction
from tests.assistant.conftest import Asked, quotes
from tests.assistant.reviewing import RIGHT, WRONG
from tests.config.test_exporting import exported
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"
OTHERWISE = "What is the limit for a hotel per night?"
SAID = "A night may cost €145 in general and €190 in capital cities."


@pytest.fixture
def hotel(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> Answer:
    """Bob's answer, which he found wanting. Other words count as the same question."""
    ReviewPolicy.objects.filter(pk=current_policy().pk).update(reworded=True)
    answer = asked(people.bob, HOTEL)
    Feedback.objects.create(answer=answer, user=people.bob, helpful=False, reason="missing")
    feed(answer.pk)
    return answer


@pytest.fixture
def rosa(people: SimpleNamespace, shelf: SimpleNamespace) -> User:
    """Another reviewer of the team's documents."""
    rosa = User.objects.create(username="rosa", display_name="Rosa", role=User.Role.REVIEWER)
    Grant.objects.create(collection=shelf.travel.collection, user=rosa)
    return rosa


def passage(document: Document, words: str) -> int:
    return Passage.objects.get(version__document=document, version=document.current, text__contains=words).pk


def corrected(shelf: SimpleNamespace, people: SimpleNamespace, answer: Answer) -> VerifiedAnswer:
    draft = Draft(HOTEL, f"{SAID} [1]", (passage(shelf.travel, "hotel limit"),))
    return keeping.correct(draft, people.rita, answer)


def judge_all(answer: Answer, reviewer: User) -> None:
    for step in judging.steps(answer):
        judging.judge_step(answer, step, reviewer, "supported")


def settled(answer: Answer, reviewer: User, verdict: Opinion.Verdict) -> None:
    """Every footnote judged, and the answer as a whole."""
    for step in judging.steps(answer):
        judging.judge_step(answer, step, reviewer, "supported" if verdict == RIGHT else "unsupported")
    judging.settle(ReviewItem.objects.get(answer=answer), reviewer, judging.Said(verdict))


def texts(answer: Answer) -> list[str]:
    return [sentence["text"] for sentence in answer.sentences]


def test_a_corrected_answer_is_served_with_its_footnotes_and_with_whose_word_it_is(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    for question in (HOTEL, OTHERWISE):
        served = asked(people.alice, question)
        assert served.verified == row
        assert texts(served) == [SAID]
        assert quotes(served)[0].startswith("The hotel limit is €145")
        view = present(served, people.alice)
        assert view.verified == f"Verified by Rita on {timezone.localdate():%-d %B %Y}."
    assert VerifiedAnswer.objects.get().served == 2
    assert asked(people.alice, "What is the hotel limit in capital cities?").verified is None


def test_other_words_count_only_when_the_policy_says_so(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    ReviewPolicy.objects.update(reworded=False)
    assert asked(people.alice, OTHERWISE).verified is None
    assert asked(people.alice, HOTEL.upper().rstrip("?")).verified == row


def test_a_confirmed_answer_is_served_as_it_was(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, client_for: ClientFor
) -> None:
    with pytest.raises(ReviewRefused):
        keeping.confirm(hotel, people.rita)  # before every sentence was judged
    rita = client_for(people.rita)
    for step in judging.steps(hotel):
        form = {"standing": "supported", "citation": step.number or ""}
        rita.post(f"/review/{hotel.pk}/{step.sentence}/", form)
    rita.post(f"/review/{hotel.pk}/settle/", {"verdict": "right", "serve": "1", "case": "1"})
    served = asked(people.alice, OTHERWISE)
    assert served.verified is not None
    assert served.verified.kind == "confirmed"
    assert texts(served) == texts(hotel)
    assert quotes(served) == quotes(hotel)


def test_who_may_not_see_every_source_gets_the_ordinary_answer(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    """Charlie reads the leave rules alone; the verified answer rests on both documents."""
    Grant.objects.create(collection=shelf.travel.collection, user=people.charlie)
    Document.objects.filter(pk=shelf.travel.pk).update(restricted=True)
    for person in (people.bob, people.rita):
        Restriction.objects.create(document=shelf.travel, user=person)
    leave = "How many days of paid annual leave do employees receive?"
    before = asked(people.charlie, leave)
    draft = Draft(
        leave,
        "Employees receive 27 days of paid annual leave per calendar year. [1]\nThe hotel limit is €145 per night. [2]",
        (passage(shelf.leave, "27 days"), passage(shelf.travel, "hotel limit")),
    )
    keeping.correct(draft, people.rita, None)
    assert asked(people.bob, leave).verified is not None
    after = asked(people.charlie, leave)
    assert after.verified is None
    assert (texts(after), after.steps, after.notice) == (texts(before), before.steps, before.notice)
    assert matching.find(leave, people.charlie) is None


def test_a_served_answer_is_withheld_when_a_source_is_closed(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    row.sources.add(shelf.leave)  # a model was given it too, say
    served = asked(people.alice, HOTEL)
    assert may_see(served, people.alice)
    Document.objects.filter(pk=shelf.leave.pk).update(restricted=True)
    assert not may_see(served, people.alice)
    assert asked(people.alice, HOTEL).verified is None


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
    judge_all(hotel, people.rita)
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


def test_questions_nobody_may_know_of_crowd_none_out(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    """Alice's board keeps many answers to what is nearer to Bob's wording than the one he may have."""
    row = corrected(shelf, people, hotel)
    vector, model = keeping.embedded(OTHERWISE)
    for number in range(30):
        hidden = VerifiedAnswer.objects.create(
            question=f"Board matter {number}", vector=vector, model_id=model, kind="corrected", by=people.alice
        )
        hidden.sources.add(shelf.memo)
    assert asked(people.bob, OTHERWISE).verified == row


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


def test_a_correction_needs_passages_that_say_it_and_that_the_reviewer_may_read(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer, client_for: ClientFor
) -> None:
    rita, url = client_for(people.rita), f"/review/{hotel.pk}/correct/"
    assert "The hotel limit is €145" in rita.get(url).content.decode()
    cited, memo = passage(shelf.travel, "hotel limit"), passage(shelf.memo, "takeover")
    form = {"question": HOTEL, "text": "A night may cost €245. [1]", "passages": str(cited), "action": "save"}
    refused = rita.post(url, form)
    assert refused.status_code == 422
    assert "is not borne out" in refused.content.decode()
    found = rita.post(url, {**form, "action": "search", "q": "takeover price Larkwright"}).content.decode()
    assert "€11 million" not in found
    forged = {**form, "passages": str(memo), "text": "The takeover is at a price of €11 million. [1]"}
    forged_page = rita.post(url, {**forged, "action": "check"}).content.decode()
    assert "Board memo" not in forged_page
    assert rita.post(url, forged).status_code == 422
    assert not VerifiedAnswer.objects.exists()
    offered = rita.post(url, {**form, "action": "search", "q": "rail travel first class"}).content.decode()
    assert "Rail travel is in second class" in offered
    assert rita.post(url, {**form, "text": f"{SAID} [1]"}).status_code == 302
    assert VerifiedCitation.objects.get().quote.startswith("The hotel limit is €145")


def test_nothing_is_cut_off_a_correction_that_is_too_long(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer, client_for: ClientFor
) -> None:
    number = passage(shelf.travel, "hotel limit")
    lines = [f"{SAID} [1]"] * (keeping.LONGEST_TEXT // len(SAID) + 1)
    form = {"action": "save", "question": HOTEL, "passages": str(number), "text": "\n".join(lines)}
    page = client_for(people.rita).post(f"/review/{hotel.pk}/correct/", form)
    assert page.status_code == 422
    assert f"at most {keeping.LONGEST_TEXT} characters" in page.content.decode()
    assert page.content.decode().count(f"{SAID} [1]") >= len(lines), "what was typed is still there"
    assert not VerifiedAnswer.objects.exists()


def test_lines_end_as_browsers_send_them(shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer) -> None:
    """A browser counts the end of a line as one character and sends two."""
    last = f"{SAID} [1]"
    text = "\r\n" * (keeping.LONGEST_TEXT - len(last)) + last
    row = keeping.correct(Draft(HOTEL, text, (passage(shelf.travel, "hotel limit"),)), people.rita, hotel)
    assert [sentence["text"] for sentence in row.sentences] == [SAID]


def test_a_silence_is_corrected_with_passages_the_reviewer_found(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    question = "Who pays the whisky on the train?"
    silent = asked(people.bob, question)
    assert silent.abstained
    text = "First class is paid on journeys of more than four hours. [1]"
    keeping.correct(Draft(question, text, (passage(shelf.travel, "Rail"),)), people.rita, silent)
    assert not asked(people.alice, question).abstained


def test_a_verified_answer_is_taken_back_and_one_follows_another(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, client_for: ClientFor
) -> None:
    first, second = corrected(shelf, people, hotel), corrected(shelf, people, hotel)
    first.refresh_from_db()
    assert (first.state, first.why) == ("withdrawn", "renewed")
    assert client_for(people.rita).post(f"/review/verified/{second.pk}/withdraw/").status_code == 302
    assert asked(people.alice, HOTEL).verified is None


def test_whoever_chooses_whom_to_ask_is_not_given_it(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    corrected(shelf, people, hotel)
    answer = asked(people.alice, HOTEL)
    assert "quoting" in {choice.key for choice in present(answer, people.alice).others}


def test_erasing_a_document_erases_its_words_in_verified_answers(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    served = asked(people.alice, HOTEL)
    shelf.travel.delete()
    row.refresh_from_db()
    served.refresh_from_db()
    assert (row.question, row.sentences, bytes(row.vector), row.state) == ("", [], b"", "lapsed")
    assert not VerifiedCitation.objects.exists()
    assert served.text == ""
    assert not queue.queue(people.rita).exists()


def test_a_person_who_is_erased_takes_their_own_words_along(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, hotel: Answer, client_for: ClientFor
) -> None:
    judge_all(hotel, people.rita)
    row = keeping.confirm(hotel, people.rita)
    mail = "Is first class paid on a journey of five hours, I am Bob of room 12?"
    rail = asked(people.bob, mail)
    draft = Draft("When is first class paid?", "First class is paid on journeys of more than four hours. [1]",
                  (passage(shelf.travel, "First class"),))  # fmt: skip
    general = keeping.correct(draft, people.rita, rail)
    served = asked(people.alice, HOTEL)
    assert served.verified == row
    his = exported(client_for(people.bob)).read("verified-questions.json")
    assert [one["question"] for one in json.loads(his)] == [HOTEL]

    people.bob.delete()
    row.refresh_from_db()
    assert (row.question, bytes(row.vector), row.state, row.why) == ("", b"", "withdrawn", "asker_gone")
    assert asked(people.alice, HOTEL).verified is None
    told = people.rita.notices.get(kind="lapsed").text
    assert "was erased" in told and "waits" not in told
    assert may_see(served, people.alice) and present(served, people.alice).sentences, "Alice keeps her answer"
    general.refresh_from_db()
    assert general.state == "in_force", "the question is Rita's, in general words"
    assert asked(people.alice, "When is first class paid?").verified == general


def test_the_day_is_that_of_the_clock_on_the_wall(
    shelf: SimpleNamespace, people: SimpleNamespace, hotel: Answer
) -> None:
    row = corrected(shelf, people, hotel)
    row.at = datetime(2027, 5, 3, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        assert "on 4 May 2027" in standing_words(row, people.alice)



def test_matching_keeps_to_what_was_measured() -> None:
    """A floor below the measured figures (see the decision on verified answers), so that a change that harms shows."""
    figures = measure(labelled("all"))
    assert min(figures.same, figures.near) >= 120
    assert figures.precision is not None
    assert figures.precision >= 0.95
    assert figures.recall >= 0.65
