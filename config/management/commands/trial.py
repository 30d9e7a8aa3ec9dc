"""``manage.py trial DIR``: what would become of every file of a folder, without keeping any."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.benchmarking.programs import BenchmarkFailed
from config.trial.folder import Trial, Tried, summary

_BEYOND_READING_SECONDS = 600  # for splitting, embedding and saving what was read


class Command(BaseCommand):
    help = (
        "Puts every file of a folder through the whole of ingest in a home of its own, and prints for each: ready, or "
        "failed with its sentence; seconds; peak memory of the child that read it. Non-zero when one crashed or hung."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is not a folder.")
        rows: list[Tried] = []
        try:
            with Trial(settings.PARSE_WALL_SECONDS + _BEYOND_READING_SECONDS) as trial:
                for row in trial.files(options["folder"]):
                    rows.append(row)
                    if not options["json"]:
                        self.stdout.write(_line(row))
        except BenchmarkFailed as error:
            raise CommandError(str(error)) from error
        if not rows:
            raise CommandError("There are no files in this folder.")
        found = summary(rows)
        if options["json"]:
            files = [row.as_json() for row in rows]
            self.stdout.write(json.dumps({"files": files, "summary": found}, ensure_ascii=False))
        else:
            self._tell(found)
        if found["crashed"] or found["hung"]:
            raise CommandError(f"{found['crashed']} files crashed the process, {found['hung']} hung.")

    def _tell(self, found: dict[str, Any]) -> None:
        self.stdout.write(
            f"\n{found['files']} files: {found['ready']} ready, {found['failed']} failed, "
            f"{found['crashed']} crashed, {found['hung']} hung"
        )
        for name, what in (("slowest", "Slowest"), ("largest", "Most memory")):
            worst = found[name]
            self.stdout.write(f"{what}: {worst['path']}, {worst['seconds']} s, {worst['peak_mb']} MB")


def _line(row: Tried) -> str:
    what = row.sentence or f"{row.pages} pages, {row.passages} passages"
    return f"{row.state:<8}{row.seconds:>8.2f} s{row.peak_mb:>6} MB  {row.path}: {what}"
