"""``manage.py calibrate``: fits the probability that the documents answer a question, and stores what it is worth."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant.abstention.calibrating import store
from assistant.abstention.fitting import Example, TooFewExamples, fit
from assistant.abstention.policy import showing_everything
from assistant.evaluating.measuring import run_case
from assistant.models import Calibration, EvalCase
from config.evaluation.asking import Extras
from config.evaluation.datasets import read_dataset
from config.evaluation.running import home_for, run_apart
from ingest.chunking import CHUNKER
from knowledge.errors import FootnoteError
from knowledge.projection import get_projection

SAMPLE = "sample company"


class Command(BaseCommand):
    help = (
        "Fits the probability that the documents answer a question on labelled sets: folders with corpus.jsonl or "
        "files/ and questions.jsonl, each measured in a home of its own, and the sample company's tuning half. The "
        "result holds while the embedding model and the way documents are cut and ranked stay the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
        parser.add_argument("--sample-company", action="store_true", help="also its stored questions, tuning half")
        parser.add_argument("--limit", type=int, default=0, help="at most so many questions of each folder")
        target = parser.add_mutually_exclusive_group()
        target.add_argument("--wrong", type=float, help="share of shown answers that may be wrong, 0 to 1")
        target.add_argument("--refused", type=float, help="share of answerable questions that may be refused; 0.05")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folders"] and not options["sample_company"]:
            raise CommandError("Name at least one folder, or --sample-company.")
        try:
            examples = list(self._examples(options))
            fitted = fit(examples)
        except (FootnoteError, TooFewExamples) as error:
            raise CommandError(str(error)) from error
        wrong = options["wrong"] is not None
        most = options["wrong"] if wrong else options["refused"] if options["refused"] is not None else 0.05
        target = Calibration.Target.WRONG if wrong else Calibration.Target.REFUSED
        row = store(fitted, _data(examples), CHUNKER, target, most)
        if options["json"]:
            self.stdout.write(json.dumps({**_as_json(row), "bins": [asdict(one) for one in fitted.bins]}))
        else:
            self._print(row)

    def _examples(self, options: dict[str, Any]) -> Iterator[Example]:
        for folder in options["folders"]:
            dataset = read_dataset(folder, options["limit"])
            found = run_apart(folder, options["limit"], home_for(dataset), Extras(everything=True))
            for row in found["examples"]:
                # What is silent at every threshold has no part in the fit, and counts as not shown.
                signs = {} if row["silent"] else row["signs"]
                yield Example(signs, row["answerable"], row["right"], dataset.name)
        if options["sample_company"]:
            yield from self._sample()

    @staticmethod
    def _sample() -> Iterator[Example]:
        cases = EvalCase.objects.filter(half="tune").order_by("key")
        if not cases:
            raise CommandError("There are no stored questions. Run `manage.py sample_company` first.")
        get_projection()
        with showing_everything():
            for case in cases:
                result = run_case(case)
                yield Example({} if result.abstained else result.signs, result.answerable, result.right > 0, SAMPLE)

    def _print(self, row: Calibration) -> None:
        for one in row.data:
            self.stdout.write(f"{one['name']}: {one['questions']} questions, {one['answerable']} answerable")
        for name, value in row.figures.items():
            self.stdout.write(f"{name:<20}{value:>10}")
        for name, value in {"bias": row.bias, **row.weights}.items():
            self.stdout.write(f"weight {name:<13}{value:>10.3f}")
        target = f"at most {row.most:.0%} {row.get_target_display()}"
        self.stdout.write(f"{'threshold':<20}{row.threshold:>10.3f}  ({target})")


def _data(examples: list[Example]) -> list[dict[str, Any]]:
    rows = []
    for group in dict.fromkeys(example.group for example in examples):
        mine = [example for example in examples if example.group == group]
        rows.append({"name": group, "questions": len(mine), "answerable": sum(one.answerable for one in mine)})
    return rows


def _as_json(row: Calibration) -> dict[str, Any]:
    names = ("id", "model_id", "recipe", "bias", "weights", "data", "figures", "curve", "target", "most", "threshold")
    return {name: getattr(row, name) for name in names}
