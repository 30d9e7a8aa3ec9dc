"""``manage.py backup FOLDER``: a backup while the site is in use."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import making, restoring
from knowledge.errors import FootnoteError


class Command(BaseCommand):
    help = "Makes a backup of database and files while the site is in use; removes backups whose time is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups are kept; not inside the home")
        parser.add_argument("--check", action="store_true", help="read the newest backup again and make none")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            if options["check"]:
                path, copied = restoring.choose(options["folder"]), 0
                manifest = restoring.check(path)
            else:
                made = making.make(options["folder"])
                path, manifest, copied = made.path, made.manifest, made.copied
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            said = {"backup": str(path), "files": len(manifest.files), "copied": copied, **manifest.counts}
            self.stdout.write(json.dumps({**said, "seconds": seconds}))
            return
        verb = "is whole" if options["check"] else "is made"
        self.stdout.write(f"{path} {verb}, in {seconds} s: {len(manifest.files)} files, {copied} of them copied.")
        for name, count in manifest.counts.items():
            self.stdout.write(f"  {name.partition('_')[2]:<12}{count:>10}")
