"""``manage.py models [--try]``: the language models in the order they are asked, their standing, the month's cost."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant.endpoints import breaker, spending
from assistant.endpoints.registry import Known, known
from assistant.endpoints.value import Endpoint
from assistant.generators.trying import try_out
from knowledge.errors import ConfigurationError


class Command(BaseCommand):
    help = "Lists the language models in the order they are asked; with --try asks each for one word."

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = "ask each; fails when one does not answer"
        parser.add_argument("--try", dest="trying", action="store_true", help=told)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = known()
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        rows = [_row(endpoint, trying=options["trying"]) for endpoint in found.endpoints]
        if options["json"]:
            self.stdout.write(json.dumps({"models": rows, "keyless": found.keyless, "month": _month()}))
        else:
            self._print(found, rows)
        if found.keyless or any(row["tried"] not in {"", "ok"} for row in rows):
            raise CommandError("Not every language model can be used.")

    def _print(self, found: Known, rows: list[dict[str, str]]) -> None:
        if not rows and not found.keyless:
            self.stdout.write("No language model is set up: the quoting answerer answers.")
        for row in rows:
            self.stdout.write(f"{row['name']}: {row['model']} at {row['address']}, {row['serves']}, {row['state']}")
            if row["said"]:
                self.stdout.write(f"  {row['said']}")
        for name in found.keyless:
            self.stdout.write(f"{name}: its key cannot be read under the name that is set")
        for line in _month():
            budget = f" of {line['budget']} ({line['percent']} %)" if line["budget"] else ""
            self.stdout.write(f"this month: {line['spent']} {line['currency']}{budget}")


def _row(endpoint: Endpoint, *, trying: bool) -> dict[str, str]:
    tried = try_out(endpoint) if trying else None
    return {
        "name": endpoint.name,
        "model": endpoint.model,
        "address": endpoint.url,
        "serves": "short questions" if endpoint.short_only else "every question",
        "tried": tried.code if tried else "",
        "said": tried.said if tried else "",
        "state": breaker.in_words(endpoint.id),
    }


def _month() -> list[dict[str, str]]:
    return [
        {
            "currency": account.currency,
            "spent": str(account.spent),
            "budget": "" if account.budget is None else str(account.budget),
            "percent": str(account.percent),
        }
        for account in spending.accounts()
    ]
