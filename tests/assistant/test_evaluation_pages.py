"""The evaluation pages in the hands of a reviewer, of an administrator who reads no document, and of others."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assistant.evaluating import cases, gate, runs
from assistant.evaluating.forgetting import expire_words
from assistant.generators import prompts
from assistant.models import (
    Candidate,
    CaseOutcome,
    EvalCase,
    EvaluationSet,
    Promotion,
    PromptText,
    SetCase,
    SetRun,
    Standing,
)
from assistant.reviewing.feeding import feed
from assistant.reviewing.judging import judge_step, steps
from knowledge.models import Grant
from tests.assistant.bad_prompt import BAD_NAME, BAD_RULES
from tests.assistant.conftest import Asked
from tests.assistant.test_evaluating import QUESTIONS
from tests.assistant.test_evaluating import model as model
from tests.assistant.test_evaluating import reviewed as reviewed
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_judged_answer_becomes_a_case_in_one_click(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer, rita = asked(people.bob, QUESTIONS[0]), client_for(people.rita)
    feed(answer.pk)
    early = rita.post(f"/review/{answer.pk}/case/", follow=True).content.decode()
    assert "No sentence of it was found supported" in early
    for step in steps(answer):
        judge_step(answer, step, people.rita, Standing.SUPPORTED)
    done = rita.post(f"/review/{answer.pk}/case/", follow=True).content.decode()
    assert "In the evaluation set “reviews”, version 1." in done
    case = SetCase.objects.get()
    page = rita.get("/evaluation/sets/reviews/").content.decode()
    assert case.question in page
    assert "Bob" not in page  # the case does not tell whose question it was
    assert "145" in rita.get(f"/evaluation/cases/{case.pk}/").content.decode()
    for person in (people.ada, people.charlie):
        assert client_for(person).post(f"/review/{answer.pk}/case/").status_code == 404
        assert client_for(person).get(f"/evaluation/cases/{case.pk}/").status_code == 404


def test_a_question_in_new_words_is_asked_as_who_wrote_it(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    """Alice alone reads the board's memo; Rita reads the team's policy, and so the case that cites it."""
    chosen = EvaluationSet.objects.create(name="stored")
    gold = [{"document": str(shelf.travel.pk), "quote": "145"}]
    turns = [{"question": "What of the takeover?", "sought": "takeover"}]
    fields = {"question": "And the hotel limit?", "answerable": True, "asked_as": people.alice, "turns": turns}
    case, bare = (
        cases.put(chosen, key, {**fields, "gold": quotes}, people.ada) for key, quotes in (("one", gold), ("two", []))
    )

    def newest(key: str) -> SetCase:
        chosen.refresh_from_db()
        return cases.cases_of(chosen).get(key=key)

    rita, alice = client_for(people.rita), client_for(people.alice)
    rita.post(f"/evaluation/cases/{case.pk}/", {"question": case.question, "answer": "145 euros"})
    case = newest("one")
    assert (case.answer, case.asked_as, case.turns) == ("145 euros", people.alice, turns), "other words beside it only"
    rita.post(f"/evaluation/cases/{case.pk}/", {"question": "What does the takeover cost?", "answer": ""})
    case = newest("one")
    assert (case.question, case.asked_as, case.turns) == ("What does the takeover cost?", people.rita, [])

    refused = rita.post(f"/evaluation/cases/{bare.pk}/", {"question": "What does the takeover cost?", "answer": ""})
    assert refused.status_code == 422 and "only the person it is asked as" in refused.content.decode()
    assert newest("two") == bare
    people.alice.role = people.alice.Role.REVIEWER
    people.alice.save()
    alice.post(f"/evaluation/cases/{bare.pk}/", {"question": "What does it cost?", "answer": ""})
    assert newest("two").asked_as == people.alice


def test_a_bad_prompt_is_kept_asked_and_stopped_by_clicks_alone(
    reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor
) -> None:
    ada, rita = client_for(people.ada), client_for(people.rita)
    kept = ada.post("/evaluation/candidates/new/", {"name": BAD_NAME, "prompt_text": BAD_RULES})
    assert kept.status_code == 302
    candidate = Candidate.objects.get()
    assert candidate.prompt == PromptText.objects.get(text=BAD_RULES)
    begun = ada.post(f"/evaluation/sets/{reviewed.name}/start/", {"candidate": candidate.pk})
    run = SetRun.objects.exclude(called="").get()
    assert begun["Location"] == f"/evaluation/runs/{run.pk}/"
    assert "0 of 4 cases asked" in ada.get(begun["Location"], headers={"HX-Request": "true"}).content.decode()
    assert run.baseline is not None
    for one in (run.baseline, run):
        runs.work(one.pk)
    assert ada.get(begun["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    refused = ada.post(f"/evaluation/runs/{run.pk}/promote/", follow=True).content.decode()
    assert "Not promoted. It is worse" in refused
    assert not Promotion.objects.exists()
    # Ada reads no document: she sees the figures and not a word of question or answer.
    assert not [words for words in (*QUESTIONS, "145", "treats everybody") if words in refused]
    shown = rita.get(f"/evaluation/runs/{run.pk}/?change=worse").content.decode()
    assert all(words in shown for words in (QUESTIONS[0], "145", "treats everybody"))
    assert "Promote" not in shown
    assert rita.post(f"/evaluation/runs/{run.pk}/promote/").status_code == 404


def test_what_is_not_worse_is_promoted_and_rolled_back_by_clicks(
    reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor
) -> None:
    ada = client_for(people.ada)
    ada.post("/evaluation/candidates/new/", {"name": "quotes", "answerer": "quoting"})
    ada.post(f"/evaluation/sets/{reviewed.name}/start/", {"candidate": Candidate.objects.get().pk})
    for run in SetRun.objects.order_by("pk"):
        runs.work(run.pk)
    promoted = ada.post(f"/evaluation/runs/{run.pk}/promote/", follow=True).content.decode()
    assert "answers from the next question on" in promoted
    page = ada.get("/evaluation/").content.decode()
    assert "“quotes”, promoted" in page
    back = ada.post("/evaluation/back/", offered(page), follow=True).content.decode()
    assert "Rolled back: the environment" in back
    again = ada.post("/evaluation/back/", offered(page), follow=True).content.decode()
    assert "nothing to go back to" in again


def test_rolling_back_twice_undoes_one_promotion(people: SimpleNamespace, client_for: ClientFor) -> None:
    """Ada presses twice, and a page that was open since before tells her what stands now."""
    first, second = (Promotion.objects.create(called=name, by=people.ada) for name in ("first", "second"))
    ada = client_for(people.ada)
    page = ada.get("/evaluation/").content.decode()
    assert offered(page) == {"promotion": str(second.pk)}
    ada.post("/evaluation/back/", offered(page))
    assert gate.standing() == first
    for given in (offered(page), {}, {"promotion": "second"}):
        again = ada.post("/evaluation/back/", given, follow=True).content.decode()
        assert "Not rolled back: “first” stands now" in again
    assert gate.standing() == first
    assert Promotion.objects.filter(undid__isnull=False).count() == 1
    ada.post("/evaluation/back/", offered(again))
    assert gate.standing() is None


def offered(page: str) -> dict[str, str]:
    """What the form for rolling back would send."""
    found = re.search(r'action="/evaluation/back/".*?name="(promotion)" value="(\d+)"', page, re.S)
    return {found[1]: found[2]} if found else {}


def test_a_candidate_without_a_name_or_with_two_prompts_is_refused(
    people: SimpleNamespace, client_for: ClientFor
) -> None:
    ada = client_for(people.ada)
    assert ada.post("/evaluation/candidates/new/", {"prompt_text": "Be brief."}).status_code == 422
    kept = PromptText.objects.create(name="old", text="Be kind.")
    both = {"name": "two", "prompt": kept.pk, "prompt_text": "Be brief."}
    assert "Choose a prompt that is kept" in ada.post("/evaluation/candidates/new/", both).content.decode()
    assert not Candidate.objects.exists()


def test_a_run_can_be_stopped(reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor) -> None:
    run = runs.start(reviewed)
    client_for(people.ada).post(f"/evaluation/runs/{run.pk}/stop/")
    assert runs.work(run.pk) is None
    run.refresh_from_db()
    assert run.state == SetRun.State.STOPPED


def test_the_trend_is_a_picture_with_its_numbers(
    reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor
) -> None:
    for score in (0.9, 0.8, 0.85):
        figures = {"score": score, "low": score - 0.05, "high": score + 0.05, "cases": 4}
        SetRun.objects.create(set=reviewed, version=4, state="complete", figures=figures)
    page = client_for(people.ada).get(f"/evaluation/sets/{reviewed.name}/").content.decode()
    assert page.count('class="chart__dot"') == 3
    assert all(f"0.{number}00" in page for number in (8, 9))


def test_words_of_old_runs_go_and_their_scores_stay(reviewed: EvaluationSet) -> None:
    run = runs.work(runs.start(reviewed).pk)
    assert run is not None
    assert expire_words(timezone.now() - timedelta(days=1)) == 0
    assert expire_words(timezone.now() + timedelta(days=1)) == 1
    assert not CaseOutcome.objects.exclude(sentences=[]).exists()
    assert CaseOutcome.objects.filter(score=1.0).count() == len(QUESTIONS)


def test_one_silent_case_does_not_keep_the_words_of_the_others(
    reviewed: EvaluationSet, people: SimpleNamespace
) -> None:
    nowhere = {"asked_as": people.rita, "question": "Who won the regatta of 1911?", "answerable": False}
    cases.put(reviewed, "nowhere", nowhere, people.rita)
    run = runs.work(runs.start(reviewed).pk)
    assert run is not None
    assert run.outcomes.filter(came="silent").exclude(notice="").exists()
    assert expire_words(timezone.now() + timedelta(days=1)) == 1
    assert not run.outcomes.exclude(sentences=[], notice="").exists()
    assert expire_words(timezone.now() + timedelta(days=1)) == 0


def test_a_person_takes_their_questions_along(
    reviewed: EvaluationSet, people: SimpleNamespace, client_for: ClientFor
) -> None:
    response = client_for(people.bob).post("/your-data/export/")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        kept = json.loads(archive.read("test-questions.json"))
    assert {row["question"] for row in kept} == set(QUESTIONS)
    # A reviewer may have put it in words of the documents; those are not for who may no longer read them.
    Grant.objects.filter(user=people.bob).delete()
    response = client_for(people.bob).post("/your-data/export/")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        kept = json.loads(archive.read("test-questions.json"))
    assert [sorted(row) for row in kept] == [["set", "since"]] * len(QUESTIONS)


def test_stored_questions_fill_a_set_once(people: SimpleNamespace) -> None:
    EvalCase.objects.create(key="q1", kind="fact", half="tune", asked_as="bob", question="How far?", answerable=False)
    chosen = EvaluationSet.objects.create(name="stored")
    assert cases.fill(chosen, EvalCase.objects.all()) == 1
    assert cases.fill(chosen, EvalCase.objects.all()) == 0
    chosen.refresh_from_db()
    assert chosen.version == 1
    assert cases.cases_of(chosen).get().asked_as == people.bob


def test_what_was_judged_is_taken_in_and_renewed(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    gold = [{"document": str(shelf.travel.pk), "quote": "Rail travel is in second class."}]
    fields = {"kind": "reviewed", "asked_as": people.rita, "origin": people.bob, "question": "How far?"}
    fields |= {"answerable": True, "gold": gold}
    case = cases.take("q1", fields, people.rita)
    assert (case.asked_as, case.origin, case.since, case.gold) == (people.rita, people.bob, 1, gold)
    assert cases.take("q1", fields, people.rita) == case
    assert cases.take("q1", {**fields, "question": "How far is it?"}, people.rita).since == 2


def test_own_rules_stand_above_the_firm_ones() -> None:
    system = prompts.chat("How far?", (), (), "Be brief.")[0]["content"]
    assert system.startswith("Be brief.")
    assert prompts.NO_ANSWER in system
    assert "never an instruction" in system
