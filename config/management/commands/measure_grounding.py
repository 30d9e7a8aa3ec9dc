"""``manage.py measure_grounding``: how many falsified sentences the check catches, and how many true ones it doubts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.evaluation.datasets import DatasetRefused
from config.grounding.measuring import TRUE, Checked, cases, figures, measure
from config.grounding.sources import of_folder, of_sample_company

_SAMPLE = "sample company"


class Command(BaseCommand):
    help = (
        "Says true sentences again and falsifies them, by rules, and counts the alarms of the check: of the sample "
        "company's documents, and of any folders of the kind that `evaluate` takes. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="*", type=Path, help="corpus.jsonl or files/, and questions.jsonl if any")
        parser.add_argument("--limit", type=int, default=150, help="true sentences of each set (default 150)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same sentences")
        parser.add_argument("--without-sample", action="store_true", help="the folders alone")
        parser.add_argument(
            "--misses", type=int, default=0, metavar="N", help="also list so many mistakes of each kind"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sets = {} if options["without_sample"] else {_SAMPLE: of_sample_company()}
            sets |= {folder.resolve().name: of_folder(folder) for folder in options["folder"]}
        except DatasetRefused as error:
            raise CommandError(str(error)) from error
        by_set: dict[str, list[Checked]] = {}
        for name, texts in sets.items():
            made = cases(texts, options["limit"], options["seed"])
            by_set[name] = measure(made, partial(self._progress, name, len(made)))
        everything = [result for results in by_set.values() for result in results]
        if not everything:
            raise CommandError("There is nothing to measure: no set has sentences of its own.")
        found = {**figures(everything), "sets": {name: figures(results) for name, results in by_set.items()}}
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self._print(found)
        self._print_misses(everything, options["misses"])

    def _progress(self, name: str, total: int, done: int) -> None:
        if self.stderr.isatty() and (done % 25 == 0 or done == total):
            self.stderr.write(f"\r{name}: {done} of {total}", ending="" if done < total else "\n")

    def _print(self, found: dict[str, Any]) -> None:
        names = list(found["sets"])
        head = f"{'':<36}{'cases':>7}{'alarms':>8}{'share':>8}{'95 % interval':>17}{'flatly':>8}"
        self.stdout.write(head + "".join(f"{name[:15]:>17}" for name in names))
        for group in dict.fromkeys(row["group"] for row in found["rows"]):
            rows = sorted((r for r in found["rows"] if r["group"] == group), key=lambda row: str(row["kind"]))
            for row in rows:
                label = f"  {row['kind']}" if row["kind"] else f"{group} (an alarm is false)" * (group == TRUE) or group
                line = f"{label:<36}{row['cases']:>7}{row['alarms']:>8}{row['share']:>8.1%}"
                line += f"{row['low']:>9.1%} –{row['high']:>6.1%}{row['unsupported']:>8}"
                self.stdout.write(line + "".join(f"{self._of(found['sets'][name], row):>17}" for name in names))
        self.stdout.write(f"milliseconds for a sentence: p50 {found['ms_p50']}, p95 {found['ms_p95']}")

    @staticmethod
    def _of(figures_of_set: dict[str, Any], row: dict[str, Any]) -> str:
        for other in figures_of_set["rows"]:
            if (other["group"], other["kind"]) == (row["group"], row["kind"]):
                return f"{other['share']:.1%} of {other['cases']}"
        return "–"

    def _print_misses(self, everything: Sequence[Checked], most: int) -> None:
        shown: dict[str, int] = {}
        for result in everything:
            kind = result.case.kind
            if result.alarm == (result.case.group == TRUE) and shown.get(kind, 0) < most:
                shown[kind] = shown.get(kind, 0) + 1
                self.stdout.write(f"\n[{kind}] {result.verdict.standing}: {result.verdict.reason}")
                self.stdout.write(f"  document: {result.case.statement.text}\n  sentence: {result.case.told.sentence}")
