"""``manage.py restore FOLDER``: a backup into a blank home."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup.restoring import Restored, restore
from knowledge.errors import FootnoteError


class Command(BaseCommand):
    help = "Restores a backup into a blank home (FOOTNOTE_HOME), verifies it and asks stored questions again."
    # A blank home has no database that checks could ask.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder of backups (its newest is taken), or one backup")
        parser.add_argument("--questions", type=int, default=20, metavar="N", help="how many to ask again (default 20)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(options["folder"], self._say, options["questions"])
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        changed = [one for one in restored.asked if one.changed]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(restored)))
        else:
            self._print(restored)
        if restored.verification.differences or changed:
            sys.exit(1)

    def _print(self, restored: Restored) -> None:
        self.stdout.write(f"Restored {restored.backup.name}: {restored.files} files.")
        if restored.erased:
            self.stdout.write(f"Erased again, as it was after the backup: {restored.erased}.")
        for name, count in restored.verification.counts.items():
            self.stdout.write(f"  {name:<12}{count:>10}")
        for difference in restored.verification.differences:
            self.stdout.write(f"DIFFERENCE  {difference}")
        same = sum(not one.changed for one in restored.asked)
        if restored.asked:
            self.stdout.write(f"{same} of {len(restored.asked)} stored questions are answered as before.")
        else:
            self.stdout.write("There was no stored answer to compare with.")
        for one in restored.asked:
            if one.changed:
                self.stdout.write(f"DIFFERENCE  {one.name}: {one.changed}")

    def _say(self, text: str) -> None:
        self.stderr.write(text)


def _as_json(restored: Restored) -> dict[str, Any]:
    return {
        "backup": str(restored.backup),
        "files": restored.files,
        "erased": restored.erased,
        "counts": restored.verification.counts,
        "differences": restored.verification.differences,
        "asked": len(restored.asked),
        "same": sum(not one.changed for one in restored.asked),
        "changed": {one.name: one.changed for one in restored.asked if one.changed},
    }
