"""The administrators' pictures: right numbers, and nothing that anybody asked."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assistant import charts
from assistant.insights import DAYS, insights
from assistant.models import Answer, Conversation, Turn
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
    assert (found.whole.questions, found.answered_percent, found.whole.median) == (5, 75, 2.0)
    assert found.whole.slow == pytest.approx(2.7)
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
    assert "1.23" in page
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
