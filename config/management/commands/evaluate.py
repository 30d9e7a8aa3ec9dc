"""``manage.py evaluate``: how good the answers are, on the stored questions or on a folder of documents."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.evaluating.measuring import run_cases
from assistant.models import EvalCase, EvalRun
from config.evaluation.asking import Extras
from config.evaluation.datasets import read_dataset
from config.evaluation.report import ALONE, COLUMNS
from config.evaluation.running import home_for, measure, run_apart
from config.evaluation.sets import ask_set
from knowledge.errors import FootnoteError

_STORED_COLUMNS = (
    "questions", "right_quote_cited", "all_quotes_cited", "abstained_when_unanswerable", "false_refusals",
    "abstention_auc", "footnotes_per_answer", "leaked_documents", "ms_p50", "ms_p95",
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Measures retrieval and answers. With a folder (corpus.jsonl or files/, and questions.jsonl) in a database and "
        "index of its own; with --set on the cases of a set; without either on the stored questions, asked as the "
        "people they name."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a data set; an interrupted run goes on where it was")
        parser.add_argument("--half", choices=["tune", "report", "all"], default="report", help="of the stored ones")
        parser.add_argument("--kind", default="", help="only stored questions of this kind")
        parser.add_argument("--limit", type=int, default=0, help="at most so many questions")
        parser.add_argument("--misses", action="store_true", help="also list the stored questions that went wrong")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--compare", action="store_true", help="also search by meaning alone and by words alone")
        parser.add_argument("--everything", action="store_true", help="hold nothing back, for calibrating")
        parser.add_argument("--set", default="", help="the cases of this set, held against what answers now")
        parser.add_argument("--candidate", default="", help="with --set: ask of this candidate, and say what changes")
        parser.add_argument("--fill", action="store_true", help="first put the stored questions of --half into the set")
        parser.add_argument("--here", action="store_true", help="in this very home, which must hold nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["set"]:
                with self._bar() as report:
                    self._show_set(ask_set(options, report), options)
            elif options["folder"] is not None:
                self._folder(options["folder"], options)
            else:
                self._stored(options)
        except FootnoteError as error:
            raise CommandError(str(error)) from error

    def _folder(self, folder: Path, options: dict[str, Any]) -> None:
        dataset = read_dataset(folder, options["limit"])
        extras = Extras(options["compare"], options["everything"])
        if options["here"]:
            with self._bar() as report:
                figures = measure(dataset, report, extras)
        else:
            figures = run_apart(folder, options["limit"], home_for(dataset), extras)
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self._print(figures, (*COLUMNS, *(name for name in ALONE if name in figures)))
            for name in ("documents", "passages", "passages_per_second"):
                self.stdout.write(f"{name:<30}{'–' if figures[name] is None else figures[name]:>16}")
            for line in figures["unreadable"]:
                self.stdout.write(f"not read: {line}")

    def _stored(self, options: dict[str, Any]) -> None:
        cases = EvalCase.objects.order_by("key")
        if options["half"] != "all":
            cases = cases.filter(half=options["half"])
        if options["kind"]:
            cases = cases.filter(kind=options["kind"])
        chosen = list(cases[: options["limit"] or None])
        if not chosen:
            raise CommandError("There are no such questions. Run `manage.py sample_company` first.")
        with self._bar() as report:
            run = run_cases(chosen, lambda done: report("Asking", done, len(chosen)))
        if options["json"]:
            self.stdout.write(json.dumps(run.figures))
            return
        self._print(run.figures, _STORED_COLUMNS)
        if options["misses"]:
            self._print_misses(run)

    def _show_set(self, told: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"Run {told['run']} of {told['set']}, version {told['version']}")
        for name, value in told["figures"].items():
            self.stdout.write(f"{name:<30}{'–' if value is None else value!s:>16}")
        if against := told.get("comparison"):
            self.stdout.write(
                f"better {against['better']}, worse {against['worse']}, same {against['same']}; mean difference "
                f"{against['difference']:+.4f}, 95 % between {against['low']:+.4f} and {against['high']:+.4f} "
                f"(paired bootstrap), sign test p = {against['p']:.4f}"
            )
            for case in against["changed"]:
                self.stdout.write(f"  {case['change']:<8}{case['key']}")
            for reason in told["refused"] or ["May be promoted: it is not worse."]:
                self.stdout.write(reason)

    @contextmanager
    def _bar(self) -> Iterator[Callable[[str, int, int], None]]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), disable=not self.stderr.isatty()) as bar:
            tasks = {}

            def report(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bar.add_task(stage, total=total)
                bar.update(tasks[stage], completed=done)

            yield report

    def _print(self, figures: dict[str, Any], columns: tuple[str, ...]) -> None:
        kinds = sorted(figures["by"])
        width = max(map(len, columns)) + 2
        self.stdout.write(f"{'':<{width}}" + "".join(f"{kind[:14]:>16}" for kind in ["all", *kinds]))
        for column in columns:
            values = [figures[column], *(figures["by"][kind].get(column) for kind in kinds)]
            self.stdout.write(f"{column:<{width}}" + "".join(f"{'–' if v is None else v:>16}" for v in values))

    def _print_misses(self, run: EvalRun) -> None:
        for row in run.results:
            wrong = row["right"] < row["gold"] if row["answerable"] else not row["abstained"]
            if wrong:
                self.stdout.write(
                    f"{row['key']:<8}{row['kind']:<18}{'refused' if row['abstained'] else 'answered':<10}"
                    f"{row['right']}/{row['gold']} right, confidence {row['confidence']:.2f}"
                )
