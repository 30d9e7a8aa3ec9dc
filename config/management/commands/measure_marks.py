"""``manage.py measure_marks``: how exactly footnotes mark their words on the pages of PDF files."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.benchmarking import BenchmarkFailed
from config.marks import FileMarks, measure


class Command(BaseCommand):
    help = (
        "Reads every PDF under a folder by the product's own ingest, in a home of its own, asks for the boxes of "
        "random sentences, and compares the words under the boxes with the sentences."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--sentences", type=int, default=20, metavar="N", help="so many of each file")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="which sentences are drawn")
        parser.add_argument("--misses", action="store_true", help="show what was not exact")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is not a folder.")
        if options["sentences"] < 1:
            raise CommandError("At least one sentence is needed.")
        rows = []
        try:
            for row in measure(options["folder"], options["sentences"], options["seed"]):
                rows.append(row)
                if not options["json"]:
                    self._show(row, options["misses"])
        except BenchmarkFailed as error:
            raise CommandError(str(error)) from error
        total = _total(rows)
        if options["json"]:
            self.stdout.write(json.dumps({"overall": total, "files": [row.as_json() for row in rows]}))
        else:
            self.stdout.write("".join(f"{name}: {value}\n" for name, value in total.items()), ending="")

    def _show(self, row: FileMarks, misses: bool) -> None:
        if row.refused:
            self.stdout.write(f"{row.name}: no text ({row.refused})")
            return
        left = f", {row.wrong} wrong, {row.unplaced} shown as text" if row.exact < row.sentences else ""
        self.stdout.write(f"{row.name}: {row.exact} of {row.sentences} exact{left}")
        for miss in row.misses if misses else ():
            self.stdout.write(f"    page {miss.page}: {miss.words!r}")
            self.stdout.write(f"      under its boxes: {miss.seen!r} {miss.notice}")


def _total(rows: list[FileMarks]) -> dict[str, Any]:
    read = [row for row in rows if not row.refused]
    asked, exact = sum(row.sentences for row in read), sum(row.exact for row in read)
    return {
        "files_with_text": len(read),
        "files_without": len(rows) - len(read),
        "sentences": asked,
        "exact": exact,
        "wrong": sum(row.wrong for row in read),
        "shown_as_text": sum(row.unplaced for row in read),
        "exact_percent": round(100 * exact / asked, 2) if asked else None,
    }
