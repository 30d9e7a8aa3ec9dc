"""``manage.py benchmark``: how fast the whole pipeline is beside the bare encoder, in one run."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.benchmarking import BenchmarkFailed, benchmark
from config.index_benchmark import benchmark_index

_DEFAULT = settings.BASE_DIR / "config" / "sample_company" / "files"


class Command(BaseCommand):
    help = "Ingests a folder into a home of its own and compares with the bare encoder on the same passages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--files", type=Path, default=_DEFAULT, help="folder to ingest (default: the sample company)"
        )
        parser.add_argument(
            "--index", type=int, metavar="N", help="instead: the vector index with N synthetic passages"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["files"].is_dir():
            raise CommandError(f"{options['files']} is not a folder.")
        size = options["index"]
        try:
            figures = benchmark_index(size, options["files"]) if size else benchmark(options["files"])
        except BenchmarkFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:<36}{value:>12}")
