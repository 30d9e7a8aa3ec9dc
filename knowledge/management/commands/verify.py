"""``manage.py verify``: rows, vectors, files and index held against each other."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.errors import FootnoteError
from knowledge.repairing import repair
from knowledge.verification import verify


class Command(BaseCommand):
    help = "Counts rows, vectors, files and index entries and names every difference between them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--repair", action="store_true", help="first mend what can be made again; nothing else is changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        mended: list[str] = []
        try:
            if options["repair"]:
                mended = repair()
            result = verify()
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(
                json.dumps({"counts": result.counts, "mended": mended, "differences": result.differences})
            )
        else:
            for name, count in result.counts.items():
                self.stdout.write(f"{name:<12}{count:>10}")
            for done in mended:
                self.stdout.write(f"MENDED      {done}")
            for difference in result.differences:
                self.stdout.write(f"DIFFERENCE  {difference}")
        if result.differences:
            what = "stay; they cannot be mended by this" if options["repair"] else "found; nothing was changed"
            self.stderr.write(f"{len(result.differences)} differences {what}.")
            sys.exit(1)
