"""``manage.py loadtest``: many people ask at once while documents are indexed, in a home of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.load.report import Asked, load_test
from config.load.site import LoadFailed


class Command(BaseCommand):
    help = (
        "Starts a whole installation with a stub model of 20 tokens a second, lets signed-in people ask and follow "
        "their answers while documents are indexed, and prints what they waited for. A long --minutes is a soak: "
        "memory and descriptors early and late in it are printed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--users", type=int, default=200)
        parser.add_argument("--minutes", type=float, default=3.0)
        parser.add_argument("--think", type=float, default=30.0, help="seconds between two questions of a person")
        parser.add_argument("--answer-threads", type=int, default=64, help="FOOTNOTE_ANSWER_THREADS of the site")
        parser.add_argument("--web-processes", type=int, default=1, help="FOOTNOTE_WEB_PROCESSES of the site")
        parser.add_argument("--python", metavar="PATH", help="a Python that has locust (default: this one)")
        parser.add_argument("--batch", type=int, default=400, help="new documents indexed at a time; 0 for none")
        parser.add_argument("--pause", type=float, default=0.0, help="seconds between two such batches")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["users"] < 1 or options["minutes"] <= 0 or options["think"] <= 0:
            raise CommandError("Users, minutes and seconds to think must be more than nothing.")
        if options["batch"] < 0 or options["pause"] < 0:
            raise CommandError("A batch and the pause after it can not be less than nothing.")
        names = ("users", "minutes", "think", "answer_threads", "web_processes", "python", "batch", "pause")
        asked = Asked(**{name: options[name] for name in names})
        try:
            figures = load_test(asked, self.stderr.write)
        except LoadFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, value in figures.items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            self.stdout.write(f"{name:<24}{shown!s:>14}")
