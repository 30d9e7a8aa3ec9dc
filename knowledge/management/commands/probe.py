"""``manage.py probe``: the permission proof, here and now."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.models import ProbeRun
from knowledge.proof.probing import run_probe


class Command(BaseCommand):
    help = "Asks as synthetic users for what they may not see. Non-zero when something leaked or nothing is proved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        run = run_probe()
        seconds = round((run.finished - run.started).total_seconds(), 2)
        if options["json"]:
            told = {name: getattr(run, name) for name in ("state", "canaries", "questions", "leaks", "missed", "error")}
            self.stdout.write(json.dumps({**told, "seconds": seconds}))
        else:
            self.stdout.write(
                f"{run.get_state_display()}: {run.canaries} canaries, {run.questions} searches, {seconds} s"
            )
            for what, rows in (("LEAK", run.leaks), ("MISSED", run.missed)):
                for row in rows:
                    self.stdout.write(f"{what}  probe {row['probe']} at {row['door']}: document {row['document']}")
        if run.state != ProbeRun.State.CLEAN:
            sys.exit(1)
