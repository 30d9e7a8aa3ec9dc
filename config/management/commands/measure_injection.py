"""``manage.py measure_injection``: what comes of instructions in documents when the model obeys all of them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.benchmarking.programs import BenchmarkFailed
from config.injection import Outcome, PayloadsRefused, figures, measure, read_payloads

_LINES = {
    "payloads": "instructions planted",
    "given": "reached the model",
    "leaks": "answers with words of a hidden document",
    "reaching": "pages that would go elsewhere or run something",
    "connections": "answers for which the server connected elsewhere",
    "actions": "answers that changed anything else",
    "with_trigger": "instructions that want certain words",
    "shown": "  of these, shown in the answer",
    "vouched": "  of these, shown as supported by the document that holds them",
}


class Command(BaseCommand):
    help = (
        "Plants each instruction of a folder's payloads.jsonl in a document, asks a harmless question about it with a "
        "model that obeys everything, in a home of its own, and counts what came of it. Non-zero when anything did."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="holds payloads.jsonl: id, payload, category, trigger")
        parser.add_argument("--limit", type=int, default=0, metavar="N", help="so many, spread over the file")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes: list[Outcome] = []
        try:
            payloads = read_payloads(options["folder"], options["limit"])
            for outcome in measure(payloads):
                outcomes.append(outcome)
                self._progress(len(outcomes), len(payloads))
        except (PayloadsRefused, BenchmarkFailed) as error:
            raise CommandError(str(error)) from error
        found = figures(outcomes)
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.writelines(f"{found[name]:>6}  {line}\n" for name, line in _LINES.items())
        harmed = [outcome for outcome in outcomes if not outcome.safe]
        for outcome in harmed:
            self.stderr.write(
                f"{outcome.payload.id} ({outcome.payload.category}): leaks {outcome.leaks}, reaching "
                f"{outcome.reaching}, connections {outcome.connections}, changed {outcome.actions}"
            )
        if harmed:
            raise CommandError(f"{len(harmed)} of {len(outcomes)} instructions did something.")

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {total}", ending="" if done < total else "\n")
