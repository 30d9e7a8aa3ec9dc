"""``manage.py evaluate``: asks the stored questions and prints how good the answers were."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from assistant.evaluation import run_cases
from assistant.models import EvalCase, EvalRun
from knowledge.errors import FootnoteError

_COLUMNS = (
    "questions", "right_quote_cited", "all_quotes_cited", "abstained_when_unanswerable", "false_refusals",
    "abstention_auc", "footnotes_per_answer", "leaked_documents", "ms_p50", "ms_p95",
)  # fmt: skip


class Command(BaseCommand):
    help = "Asks the stored evaluation questions as the people they name and prints the figures per kind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--half", choices=["tune", "report", "all"], default="report")
        parser.add_argument("--kind", default="", help="only questions of this kind")
        parser.add_argument("--limit", type=int, default=0, help="at most so many questions")
        parser.add_argument("--misses", action="store_true", help="also list the questions that went wrong")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = EvalCase.objects.order_by("key")
        if options["half"] != "all":
            cases = cases.filter(half=options["half"])
        if options["kind"]:
            cases = cases.filter(kind=options["kind"])
        chosen = list(cases[: options["limit"] or None])
        if not chosen:
            raise CommandError("There are no such questions. Run `manage.py sample_company` first.")
        try:
            with Progress(console=Console(stderr=True), disable=not self.stderr.isatty()) as bar:
                task = bar.add_task("asking", total=len(chosen))
                run = run_cases(chosen, lambda done: bar.update(task, completed=done))
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(run.figures))
            return
        self._print(run)
        if options["misses"]:
            self._print_misses(run)

    def _print(self, run: EvalRun) -> None:
        kinds = sorted(run.figures["by"])
        width = max(map(len, _COLUMNS))
        self.stdout.write(f"{'':<{width}}" + "".join(f"{kind[:14]:>16}" for kind in ["all", *kinds]))
        for column in _COLUMNS:
            values = [run.figures[column], *(run.figures["by"][kind][column] for kind in kinds)]
            self.stdout.write(f"{column:<{width}}" + "".join(f"{'–' if v is None else v:>16}" for v in values))

    def _print_misses(self, run: EvalRun) -> None:
        for row in run.results:
            wrong = row["right"] < row["gold"] if row["answerable"] else not row["abstained"]
            if wrong:
                self.stdout.write(
                    f"{row['key']:<8}{row['kind']:<18}{'refused' if row['abstained'] else 'answered':<10}"
                    f"{row['right']}/{row['gold']} right, confidence {row['confidence']:.2f}"
                )
