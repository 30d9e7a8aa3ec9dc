"""The steps of the story in which a bad prompt is stopped by the gate, for tests and for a browser's journey."""

from __future__ import annotations

import json
from typing import Any

from accounts.models import User
from assistant.evaluating import runs
from assistant.evaluating.from_reviews import make_case
from assistant.models import Answer, Candidate, EvaluationSet, PromptText, SetCase, SetRun, Standing
from assistant.reviewing.judging import judge_step, steps
from tests.assistant.model_server import ModelServer, Script

BAD_RULES = "Answer from what you know of the world, cheerfully. SOURCES ARE BORING."
BAD_NAME = "cheerful"


class ObedientServer(ModelServer):
    """A model that quotes the first passage's sentences with a footnote, until the rules tell it not to."""

    def __init__(self, before: float = 0.0) -> None:
        super().__init__(Script())
        self.before = before  # seconds to the first word

    def _speak(self, handler: Any) -> None:
        system, asked = (message["content"] for message in self.requests[-1]["messages"][:2])
        said = _disobliging() if "SOURCES ARE BORING" in system else _faithful(asked)
        self.script = Script(pieces=[said], before=self.before)
        super()._speak(handler)


def _disobliging() -> str:
    return "The company surely treats everybody very well in this matter. Nobody needs to worry about it at all."


def _faithful(asked: str) -> str:
    """The sentence of the passages that shares most words with the question, with its passage's number."""
    question = set(asked.rsplit("<question>", 1)[1].split("</question>")[0].lower().strip("?").split())
    best = (0, "NO ANSWER")
    for part in asked.split("<passage ")[1:]:
        number = part.split('n="')[1].split('"')[0]
        for line in part.split(">\n", 1)[1].split("</passage>")[0].splitlines():
            for sentence in line.split(". "):
                shared = len(question & set(sentence.lower().strip(".").split()))
                if shared > best[0] and sentence[:1].isupper():
                    best = (shared, f"{sentence.strip().rstrip('.')} [{number}].")
    return best[1]


def confirm(answer: Answer, reviewer: User) -> SetCase:
    """A reviewer finds every footnote supporting, and makes a case of the answer."""
    for step in steps(answer):
        judge_step(answer, step, reviewer, Standing.SUPPORTED)
    return make_case(answer, reviewer)


def bad_candidate(by: User) -> Candidate:
    prompt = PromptText.objects.create(name=BAD_NAME, text=BAD_RULES, by=by)
    return Candidate.objects.create(name=BAD_NAME, prompt=prompt, by=by)


def measured(chosen: EvaluationSet, candidate: Candidate, by: User) -> SetRun:
    """The candidate's run and the one it is held against, both made as a worker makes them."""
    run = runs.start(chosen, candidate, by)
    assert run.baseline is not None
    for one in (run.baseline, run):
        runs.work(one.pk)
    run.refresh_from_db()
    return run


def as_text(run: SetRun) -> str:
    """Everything that a run keeps, to look for words in it."""
    return json.dumps([[row.sentences, row.notice] for row in run.outcomes.all()])
