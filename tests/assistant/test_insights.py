"""The administrators' pictures: right numbers, and nothing that anybody asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assistant import charts
from assistant.dashboards.rolling import roll_up
from assistant.models import Answer, Conversation, Feedback, Review, Turn
from assistant.showing.insights import DAYS, insights
from knowledge.models import Collection, Document
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db
SECRET = "May the merger be told?"


def answered(user: object, days_ago: int = 0, state: str = "complete", abstained: bool = False, ms: float = 0) -> None:
    turn = Turn.objects.create(conversation=Conversation.objects.create(user=user), question=SECRET)  # type: ignore[misc]
    timings = {"total": ms} if ms else {}
    answer = Answer.objects.create(turn=turn, state=state, abstained=abstained, timings_ms=timings)
    Answer.objects.filter(pk=answer.pk).update(created=timezone.now() - timedelta(days=days_ago))


def test_answers_are_counted_by_day_and_by_how_they_ended(people: SimpleNamespace) -> None:
    for milliseconds in (1000, 2000, 3000):
        answered(people.bob, ms=milliseconds)
    answered(people.bob, abstained=True, ms=2000)
    answered(people.alice, days_ago=1, state="failed")
    answered(people.alice, days_ago=DAYS + 1)
    found = insights()
    today, yesterday = found.days[-1], found.days[-2]
    assert (today.answered, today.silent, today.unfinished, today.questions) == (3, 1, 0, 4)
    assert (yesterday.answered, yesterday.unfinished, yesterday.median) == (0, 1, None)
    assert (found.whole.questions, found.answered_percent) == (5, 75)
    assert (found.whole.median, found.whole.slow) == (pytest.approx(2, rel=0.025), pytest.approx(3, rel=0.025))
    assert len(found.days) == DAYS


def test_documents_are_counted_by_state(people: SimpleNamespace, team: Collection, make_document: MakeDocument) -> None:
    new = make_document(team, "new.md", "The new rules.", by=people.alice)
    old = make_document(team, "old.md", "The old rules.", by=people.alice)
    late = make_document(team, "late.md", "The late rules.", by=people.alice)
    Document.objects.filter(pk=old.pk).update(superseded_by=new)
    Document.objects.filter(pk=late.pk).update(review_by=timezone.localdate() - timedelta(days=1))
    Document.objects.create(collection=team, name="bad.pdf", title="Bad")
    assert insights().documents == {"ready": 1, "replaced": 1, "late": 1, "reading": 0, "failed": 1}


def test_the_page_shows_counts_and_no_question(people: SimpleNamespace, client_for: ClientFor) -> None:
    page = client_for(people.ada).get("/insights/").content.decode()
    assert "<svg" in page  # also when nothing was asked yet
    answered(people.bob, ms=1234)
    page = client_for(people.ada).get("/insights/").content.decode()
    assert "1 answered, 0 without an answer" in page
    assert "half within 1.2" in page
    assert SECRET not in page
    assert client_for(people.rita).get("/insights/").status_code == 404


@pytest.mark.parametrize(
    ("amount", "top"), [(0, 2), (0.1, 0.2), (0.9, 1), (1, 1), (3, 4), (5, 6), (7, 10), (57, 60), (601, 1000)]
)
def test_the_scale_ends_at_a_round_number(amount: float, top: float) -> None:
    assert charts.ceiling(amount) == pytest.approx(top)


def test_columns_stand_on_the_ground_one_upon_the_other() -> None:
    days = [timezone.localdate()]
    picture = charts.columns(days, [[("answered", 3), ("silent", 1), ("unfinished", 0)]], ["said"])
    answered_block, silent = picture.columns[0].blocks
    assert answered_block.y + answered_block.height == pytest.approx(picture.ground)
    assert silent.y + silent.height == pytest.approx(answered_block.y)
    assert [tick.text for tick in picture.levels] == ["0", "2", "4"]


def judged(user: object, helpful: bool) -> None:
    answer = Answer.objects.order_by("-created")[0]
    Feedback.objects.create(answer=answer, user=user, helpful=helpful)  # type: ignore[misc]
    for sentence, verdict in enumerate(("supported", "supported", "supported", "unsupported")):
        Review.objects.create(answer=answer, sentence=sentence, verdict=verdict, reviewer=user)  # type: ignore[misc]


def test_asked_back_is_not_unanswered(people: SimpleNamespace) -> None:
    answered(people.bob)
    answered(people.bob, abstained=True)
    Answer.objects.filter(abstained=True).update(asked_back="split")
    today = insights().days[-1]
    assert (today.answered, today.silent, today.asked_back, today.answered_percent) == (1, 0, 1, 100)


def test_thumbs_and_verdicts_stand_beside_the_answers(people: SimpleNamespace) -> None:
    answered(people.bob)
    judged(people.rita, helpful=False)
    whole = insights().whole
    assert (whole.up, whole.down, whole.supported, whole.unsupported, whole.precision) == (0, 1, 3, 1, 75)


def test_rolled_up_days_read_as_counted_ones_and_outlive_their_answers(people: SimpleNamespace) -> None:
    for days_ago in (0, 2, 2, 3, 40):  # yesterday is not rolled up in the first hour after midnight
        answered(people.bob, days_ago=days_ago, ms=1000 + 500 * days_ago)
    counted = insights(90)
    assert roll_up() > 30 and roll_up() == 0
    rolled = insights(90)
    assert [day.questions for day in rolled.days] == [day.questions for day in counted.days]
    assert rolled.whole.slow == counted.whole.slow
    answered(people.bob)
    assert insights(90).days[-1].questions == 2, "today is never from a row"
    Conversation.objects.all().delete()
    assert insights(90).whole.questions == 4, "counts of days that are over stay, as the spending does"


def test_costs_of_two_currencies_are_never_added(people: SimpleNamespace, client_for: ClientFor) -> None:
    """The models were paid in dollars until two days ago, and on one day in both."""
    for days_ago, cost, currency in ((3, "1.5", "USD"), (2, "0.25", "USD"), (2, "0.5", "EUR"), (0, "2", "EUR")):
        answered(people.bob, days_ago=days_ago)
        newest = Answer.objects.filter(currency="").latest("turn__created")
        Answer.objects.filter(pk=newest.pk).update(cost=cost, currency=currency, generator="model")
    paid = {"USD": Decimal("1.75"), "EUR": Decimal("2.5")}
    counted = insights()
    assert roll_up() > 0
    for found in (counted, insights()):
        assert found.whole.costs == paid
        assert [figures.costs for name, figures in found.answerers] == [paid]
    page = client_for(people.ada).get("/insights/").content.decode()
    assert "2.5000 EUR and 1.7500 USD" in page


def test_by_collection_and_by_answerer(people: SimpleNamespace, team: Collection, make_document: MakeDocument) -> None:
    document = make_document(team, "new.md", "The new rules.", by=people.alice)
    answered(people.bob)
    answered(people.bob, abstained=True)
    near = [{"passage_id": 1, "document_id": str(document.pk), "score": 1.0}]
    Answer.objects.filter(abstained=True).update(retrieved=near)
    Answer.objects.filter(abstained=False).update(generator="quoting")
    found = insights()
    assert [(name, row.questions, row.silent) for name, row in found.collections] == [("Team", 1, 1)]
    assert {name: row.questions for name, row in found.answerers} == {"quoting": 1, "none": 1}


def test_tables_can_be_taken_along_and_compute_nothing(people: SimpleNamespace, client_for: ClientFor) -> None:
    answered(people.bob)
    Answer.objects.update(generator="=cmd|' /C calc'!A0")
    ada = client_for(people.ada)
    for table in ("days", "collections", "answerers"):
        response = ada.get(f"/insights/{table}.csv?days=7")
        assert response.status_code == 200
        text = b"".join(response.streaming_content).decode()
        assert "\n=" not in text and SECRET not in text
    assert "'=cmd" in text
    assert ada.get("/insights/people.csv").status_code == 404
    assert client_for(people.rita).get("/insights/days.csv").status_code == 404


@pytest.mark.parametrize("days", [7, 28, 90, 365])
def test_every_period_has_its_pictures(days: int, people: SimpleNamespace, client_for: ClientFor) -> None:
    answered(people.bob, days_ago=days - 1)
    ada = client_for(people.ada)
    assert insights(days).whole.questions == 1
    assert sum(column.questions for column in insights(days).columns) == 1
    for page in ("/insights/", "/insights/operation/"):
        assert "<svg" in ada.get(f"{page}?days={days}").content.decode()
