"""``manage.py benchmark``: how fast the product is beside its bare parts and beside a peer, in one run."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.benchmarking import Asked, BenchmarkFailed, benchmark
from config.benchmarking.index import benchmark_index
from config.benchmarking.pages import TARGET_MS, benchmark_pages

_DEFAULT = settings.BASE_DIR / "config" / "sample_company" / "files"


class Command(BaseCommand):
    help = (
        "Ingests a folder into a home of its own, round by round beside the bare encoder and a peer library with "
        "the same model and texts; then asks, and edits one page of a long document."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--files", type=Path, default=_DEFAULT, help="folder to ingest (default: the sample company)"
        )
        parser.add_argument(
            "--index", type=int, metavar="N", help="instead: the vector index with N synthetic passages"
        )
        parser.add_argument(
            "--pages", type=int, nargs="?", const=100_000, metavar="N", help="instead: pages with N answers (100000)"
        )
        parser.add_argument("--lines", type=int, metavar="N", help="of the trail, with --pages (ten an answer)")
        parser.add_argument("--repeats", type=int, default=20, metavar="N", help="openings of each page")
        parser.add_argument("--postgres", action="store_true", help="--pages on an embedded PostgreSQL")
        parser.add_argument("--rounds", type=int, default=3, metavar="N", help="ratios are medians of so many rounds")
        parser.add_argument("--peer-python", metavar="PATH", help="a Python that has txtai (default: this one)")
        parser.add_argument("--no-edit", action="store_true", help="leave out the edited long document")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def _pages(self, options: dict[str, Any]) -> None:
        try:
            figures = benchmark_pages(
                options["pages"], options["lines"] or 10 * options["pages"], options["repeats"], options["postgres"]
            )
        except BenchmarkFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(", ".join(f"{name} {value}" for name, value in figures.items() if name != "pages"))
        for page, row in figures["pages"].items():
            mark = "" if row["p95"] <= TARGET_MS else f"  over {TARGET_MS} ms: {row['slowest']}"
            self.stdout.write(f"{page:<76}{row['p50']:>9} {row['p95']:>9} ms {row['queries']:>4} queries{mark}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pages"]:
            return self._pages(options)
        if not options["files"].is_dir():
            raise CommandError(f"{options['files']} is not a folder.")
        if options["rounds"] < 1:
            raise CommandError("At least one round is needed.")
        asked = Asked(options["files"], options["rounds"], options["peer_python"], edit=not options["no_edit"])
        size = options["index"]
        try:
            figures = benchmark_index(size, options["files"]) if size else benchmark(asked)
        except BenchmarkFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for name, value in figures.items():
                shown = ", ".join(map(str, value)) if isinstance(value, list) else value
                self.stdout.write(f"{name:<40}{shown!s:>12}")
