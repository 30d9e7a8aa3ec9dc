"""Verified answers: served to those who may see all their sources, to nobody else, and only while the sources hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assistant.errors import ReviewRefused
from assistant.models import Answer, ReviewPolicy, VerifiedAnswer, VerifiedCitation
from assistant.reviewing import judging, queue
from assistant.showing.presenting import present
from assistant.sources import may_see
from assistant.verified import keeping, matching
from assistant.verified.keeping import Draft
from assistant.verified.serving import standing_words
from config.sample_company.same_question import labelled, measure
from knowledge.models import Document, Grant, Restriction
from tests.assistant.conftest import Asked, quotes
from tests.assistant.reviewing import HOTEL, judge_all, rosa
from tests.assistant.verifying import OTHERWISE, SAID, corrected, hotel, passage, texts
from tests.config.test_exporting import exported
from tests.conftest import ClientFor

__all__ = ["hotel", "rosa"]

pytestmark = pytest.mark.django_db(transaction=True)


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
    judge_all(hotel, people.rita, "supported")
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
