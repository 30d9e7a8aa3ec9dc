"""Review outcomes become cases, candidates are measured on them, and what is worse never comes to answer people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import AuditEvent
from accounts.notices.rows import Notice
from assistant import configuration
from assistant.conversing import conversations, listing
from assistant.endpoints.spending import account, this_month
from assistant.errors import ReviewRefused
from assistant.evaluating import cases, comparing, gate, nights, runs
from assistant.evaluating.from_reviews import make_case
from assistant.evaluating.statistics import paired, sign_test
from assistant.models import (
    Answer,
    Candidate,
    CaseOutcome,
    Conversation,
    EvalCase,
    EvaluationSet,
    ModelEndpoint,
    ModelSpending,
    Opinion,
    Promotion,
    ReviewCause,
    SetCase,
    SetRun,
    Standing,
)
from assistant.reviewing.feeding import Cause, current_policy, put
from assistant.reviewing.judging import Said, judge_step, settle, steps
from assistant.showing.insights import insights
from assistant.tasks import run_evaluation
from ingest.lanes import LONG
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Grant
from tests.assistant.bad_prompt import ObedientServer, as_text, bad_candidate, confirm, measured
from tests.assistant.conftest import Asked
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
QUESTIONS = (
    "What is the hotel limit per night?",
    "How many days of paid annual leave do employees receive?",
    "In which class is rail travel?",
    "How long ahead is leave requested?",
)


@pytest.fixture
def model(settings: Settings) -> Iterator[ObedientServer]:
    with ObedientServer() as server:
        settings.GENERATOR = "openai"
        settings.GENERATOR_URL = server.url
        settings.GENERATOR_MODEL = "scripted"
        settings.EVALUATION_LEAST_CASES = len(QUESTIONS)
        yield server


@pytest.fixture
def reviewed(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, model: ObedientServer
) -> EvaluationSet:
    """Bob asked, Rita confirmed, and each became a case."""
    for question in QUESTIONS:
        answer = asked(people.bob, question)
        assert answer.sentences, question
        confirm(answer, people.rita)
    return EvaluationSet.objects.get(name=cases.FROM_REVIEWS)


def test_a_bad_prompt_is_measured_and_stopped(
    reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor
) -> None:
    run = measured(reviewed, bad_candidate(people.ada), people.ada)
    assert run.state == SetRun.State.COMPLETE
    assert run.baseline is not None
    assert run.baseline.figures["score"] == 1.0
    assert run.figures["score"] < 0.5
    assert "surely treats everybody" in as_text(run)
    assert {row.prompt_version for row in run.outcomes.all()} == {"cheerful"}
    found = gate.verdict(run)
    assert not found.passes
    assert "It is worse" in found.reasons[0]
    with pytest.raises(gate.PromotionRefused, match="It is worse"):
        gate.promote(run, people.ada)
    assert not Promotion.objects.exists()
    assert configuration.in_force() == configuration.Configuration()


def test_what_is_not_worse_is_promoted_answers_next_and_can_be_taken_back(
    reviewed: EvaluationSet, people: SimpleNamespace, asked: Asked
) -> None:
    candidate = Candidate.objects.create(name="quotes", answerer="quoting", by=people.ada)
    run = measured(reviewed, candidate, people.ada)
    assert gate.verdict(run).passes, gate.verdict(run).reasons
    assert asked(people.bob, QUESTIONS[0]).generator == "openai:scripted"
    promotion = gate.promote(run, people.ada)
    promoted = asked(people.bob, QUESTIONS[0])
    assert promoted.generator == "quoting"
    assert promoted.made_with["configuration"]["overrides"] == {"answerer": "quoting"}
    gate.roll_back(promotion.pk, people.ada)
    assert asked(people.bob, QUESTIONS[0]).generator == "openai:scripted"
    lines = AuditEvent.objects.filter(action__startswith="configuration.").order_by("pk")
    actions = lines.values_list("action", flat=True)
    assert list(actions) == ["configuration.promoted", "configuration.rolled_back"]
    with pytest.raises(gate.PromotionRefused, match="Nothing was promoted"):
        gate.roll_back(promotion.pk, people.ada)


def test_what_was_measured_in_another_world_is_not_promoted(
    reviewed: EvaluationSet, people: SimpleNamespace, settings: Settings
) -> None:
    candidate = Candidate.objects.create(name="quotes", answerer="quoting", by=people.ada)
    run = measured(reviewed, candidate, people.ada)
    assert runs.start(reviewed, candidate).baseline == run.baseline  # what was measured just now is used again
    settings.EVALUATION_LEAST_CASES = 5
    assert "at least 5" in gate.verdict(run).reasons[0]
    settings.EVALUATION_LEAST_CASES = 4
    settings.GENERATOR_MODEL = "another"
    assert "models or their order" in gate.verdict(run).reasons[0]
    settings.GENERATOR_MODEL = "scripted"
    Candidate.objects.update(passages=4)
    run.refresh_from_db()
    assert "changed after it was measured" in gate.verdict(SetRun.objects.get(pk=run.pk)).reasons[0]
    Candidate.objects.update(passages=None)
    case = cases.cases_of(reviewed).first()
    assert case is not None
    cases.remove(case, people.rita)
    assert "The set has changed" in gate.verdict(SetRun.objects.get(pk=run.pk)).reasons[0]


def test_a_candidate_that_failed_is_not_promoted_on_the_strength_of_what_stood_in(
    reviewed: EvaluationSet, people: SimpleNamespace, settings: Settings
) -> None:
    row = ModelEndpoint.objects.create(name="Away", base_url="http://127.0.0.1:9/v1", model="m", enabled=False)
    candidate = Candidate.objects.create(name="away", answerer=f"row:{row.pk}", by=people.ada)
    run = measured(reviewed, candidate, people.ada)
    assert run.figures["score"] == 1.0  # the usual model answered instead
    assert "something else answered" in " ".join(gate.verdict(run).reasons)


def test_measuring_leaves_nothing_in_what_people_asked_and_spent(
    reviewed: EvaluationSet, people: SimpleNamespace, settings: Settings
) -> None:
    settings.GENERATOR_PRICE_IN = settings.GENERATOR_PRICE_OUT = Decimal(1000)
    settings.GENERATOR_CURRENCY = "EUR"
    before = (insights().whole.questions, Answer.everything.count(), Conversation.everything.count())
    lines = [line.calls for line in this_month()]
    given = AuditEvent.objects.filter(action="answer.given").count()
    runs.work(runs.start(reviewed, by=people.ada).pk)
    assert (insights().whole.questions, Answer.everything.count(), Conversation.everything.count()) == before
    assert [line.calls for line in this_month()] == lines
    assert AuditEvent.objects.filter(action="answer.given").count() == given
    assert listing.listed(people.rita).conversations == ()
    # It is money all the same: the budget counts it, and the run says how much it was.
    spent = account("EUR").spent
    assert spent > 0
    assert Decimal(SetRun.objects.get().figures["cost"]["EUR"]) == spent
    assert ModelSpending.everything.filter(apart=True).count() == 1


def test_what_is_being_measured_meets_no_list_of_the_person(people: SimpleNamespace, shelf: SimpleNamespace) -> None:
    conversation = Conversation.everything.create(user=people.rita, title="Apart", apart=True)
    given = conversations.remember(conversation, QUESTIONS[0], "The hotel limit")
    assert given.apart
    assert listing.listed(people.rita).conversations == ()
    assert not Answer.objects.exists()
    assert not Conversation.objects.exists()


def test_a_change_of_a_case_makes_a_version_and_runs_keep_theirs(
    reviewed: EvaluationSet, people: SimpleNamespace
) -> None:
    old = runs.work(runs.start(reviewed).pk)
    assert old is not None
    case = cases.cases_of(reviewed).first()
    assert case is not None
    changed = cases.change(case, people.rita, "Which limit holds for hotels?", case.answer)
    reviewed.refresh_from_db()
    assert reviewed.version == old.version + 1 == changed.since
    assert case in cases.cases_of(reviewed, old.version)
    assert case not in cases.cases_of(reviewed)
    cases.remove(changed, people.rita)
    reviewed.refresh_from_db()
    assert cases.cases_of(reviewed).count() == len(QUESTIONS) - 1
    assert cases.cases_of(reviewed, old.version).count() == len(QUESTIONS)


def test_a_killed_worker_is_gone_on_with_case_by_case(reviewed: EvaluationSet, model: ObedientServer) -> None:
    class Killed(BaseException):
        """Stands for the end of the process: nothing in the road catches it."""

    def dies(done: int, total: int) -> None:
        if done == 2:
            raise Killed

    run = runs.start(reviewed)
    with pytest.raises(Killed):
        runs.work(run.pk, dies)
    asked_before = len(model.requests)
    assert runs.work(run.pk) is None  # the lease of the dead one still holds
    SetRun.objects.update(lease="2020-01-01T00:00:00Z")
    assert runs.work(run.pk) is not None
    assert len(model.requests) - asked_before == len(QUESTIONS) - 2
    run.refresh_from_db()
    assert run.state == SetRun.State.COMPLETE
    assert run.outcomes.count() == len(QUESTIONS)


def test_a_worker_killed_before_anybody_was_told_leaves_the_telling_to_the_next(
    reviewed: EvaluationSet, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for the end of the process: nothing in the road catches it."""

    def dies(*args: object, **kwargs: object) -> None:
        raise Killed

    run = runs.start(reviewed, by=people.ada)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(nights, "tell", dies)
        runs.work(run.pk)
    SetRun.objects.update(lease="2020-01-01T00:00:00Z")
    assert runs.work(run.pk) is not None, "a run that nobody was told of is not over"
    assert Notice.objects.filter(user=people.ada, once=f"evaluation:{run.pk}:ended").count() == 1


def test_a_night_that_is_worse_than_what_was_accepted_tells_the_administrators(
    reviewed: EvaluationSet, people: SimpleNamespace, model: ObedientServer, shelf: SimpleNamespace
) -> None:
    runs.nightly()
    first = SetRun.objects.get()
    runs.work(first.pk)
    assert runs.nightly() == 0  # the clock struck twice
    assert nights.alarm() is None
    delete_document(shelf.travel, people.alice)
    delete_document(shelf.leave, people.alice)
    second = runs.work(runs.start(reviewed, nightly=True).pk)
    assert second is not None
    assert second.worse
    assert nights.alarm() == second
    told = Notice.objects.filter(kind="evaluation", once=f"evaluation:{second.pk}:worse")
    assert [notice.user for notice in told] == [people.ada]


def test_documents_that_go_take_their_words_from_cases_and_runs(
    reviewed: EvaluationSet, people: SimpleNamespace, shelf: SimpleNamespace
) -> None:
    run = runs.work(runs.start(reviewed).pk)
    assert run is not None
    assert "145" in as_text(run)
    delete_document(shelf.travel, people.alice)
    purge_deleted()
    assert "145" not in as_text(run)
    assert not SetCase.objects.filter(gold__icontains="145").exists()
    assert run.figures["score"] == 1.0


def test_a_person_who_is_erased_takes_their_questions_along(
    reviewed: EvaluationSet, people: SimpleNamespace
) -> None:
    assert SetCase.objects.filter(origin=people.bob).count() == len(QUESTIONS)
    people.bob.delete()
    assert not SetCase.objects.exists()
    assert not CaseOutcome.objects.exists()


def test_a_case_needs_a_verdict_and_something_right(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, QUESTIONS[0])
    with pytest.raises(ReviewRefused, match="No sentence of it"):
        make_case(answer, people.rita)
    for step in steps(answer):
        judge_step(answer, step, people.rita, Standing.UNSUPPORTED)
    with pytest.raises(ReviewRefused, match="No sentence of it"):
        make_case(answer, people.rita)
    case = confirm(answer, people.rita)
    assert (case.asked_as, case.origin) == (people.rita, people.bob)
    assert make_case(answer, people.rita) == case  # a second click changes nothing


def test_a_case_is_shown_to_those_alone_who_may_read_all_its_words_may_come_from(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, model: ObedientServer, client_for: ClientFor
) -> None:
    """Rita, who may read the board's memo, makes cases of what a model wrote with it at hand, and of a silence beside
    it. Bob, who reviews the team's documents, meets neither the words nor the questions."""
    Grant.objects.create(collection=shelf.board, user=people.rita)
    prose = asked(people.alice, "What is the hotel limit per night, and what of the takeover of Larkwright Sensors?")
    assert any(row["supplied"] and row["document_id"] == str(shelf.memo.pk) for row in prose.retrieved)
    prose.citations.exclude(document=shelf.travel).delete()  # it cites the policy alone, say
    silent = asked(people.alice, "Who invented the takeover of the hotel in Norway?")
    assert silent.abstained
    item = put(silent, [Cause(ReviewCause.Kind.SAMPLE)], current_policy())
    assert item is not None
    settle(item, people.rita, Said(Opinion.Verdict.RIGHT))
    made = [confirm(prose, people.rita), make_case(silent, people.rita)]
    people.bob.role = people.bob.Role.REVIEWER
    people.bob.save()
    assert cases.readable(made, people.rita) == made
    assert cases.readable(made, people.bob) == []
    changed = cases.change(made[1], people.rita, "Who invented the takeover?", "")
    assert cases.readable([changed], people.bob) == []
    run = runs.work(runs.start(changed.set).pk)
    assert run is not None
    assert comparing.readable(comparing.rows(run, None), people.bob) == []
    bob = client_for(people.bob)
    assert "takeover" not in bob.get(f"/evaluation/runs/{run.pk}/").content.decode()
    shelf.memo.delete()
    assert not SetCase.objects.exists()


def test_stored_questions_of_documents_that_are_elsewhere_are_left_out(
    shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    """The memo lay with the team when the question was written."""
    gold = [{"document": f"team/{shelf.memo.name}", "quote": "€11 million"}]
    EvalCase.objects.create(
        key="q1", kind="fact", half="tune", asked_as="alice", question="What does the takeover cost?", answerable=True,
        answer="€11 million", gold=gold,
    )  # fmt: skip
    chosen = EvaluationSet.objects.create(name="stored")
    assert cases.fill(chosen, EvalCase.objects.all()) == 0
    assert not SetCase.objects.exists()


def test_a_set_is_run_from_the_command_line(reviewed: EvaluationSet, people: SimpleNamespace) -> None:
    bad_candidate(people.ada)
    out = StringIO()
    call_command("evaluate", set=reviewed.name, candidate="cheerful", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["figures"]["cases"] == len(QUESTIONS)
    assert told["comparison"]["worse"] == len(QUESTIONS)
    assert told["refused"]


def test_intervals_tell_chance_from_change() -> None:
    same = paired([0.0] * 30)
    assert (same.difference, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    worse = paired([-1.0] * 9 + [0.0] * 21)
    assert worse.high < 0
    assert (worse.better, worse.worse, worse.same) == (0, 9, 21)
    unsure = paired([-1.0, 1.0, -1.0, 1.0, 0.0, 0.0])
    assert unsure.low < 0 < unsure.high
    assert paired([-1.0] * 9 + [0.0] * 21) == worse
    assert sign_test(0, 9) == pytest.approx(2 * 0.5**9, abs=1e-4)


def test_a_run_is_sent_to_the_task_that_works_it_on_the_lane_for_long_work(settings: Settings) -> None:
    assert run_evaluation.name == runs.TASK
    assert settings.CELERY_TASK_ROUTES[runs.TASK] == {"queue": LONG}
