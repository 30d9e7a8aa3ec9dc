"""``manage.py search "…" --as USER``: what one person would find."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.models import User
from knowledge.errors import FootnoteError, SearchUnavailable
from knowledge.labels import page_label
from knowledge.projection import get_projection
from knowledge.search import SearchResult, search


class Command(BaseCommand):
    help = "Searches as one person and prints the passages, best first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--as", dest="username", required=True, help="whose eyes to search with")
        parser.add_argument("-k", type=int, default=10, help="how many passages (default 10)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['username']!r}.")
        question = options["question"].encode(errors="replace").decode()  # a terminal may send what is no text
        if not question.strip():
            raise CommandError("The question is empty.")
        if options["k"] < 1:
            raise CommandError("-k must be 1 or more.")
        try:
            # A new process loads model and index first, so that the timings are those of the search.
            with suppress(SearchUnavailable):
                get_projection()
            result = search(question, user, options["k"])
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        audit.record(None, "command.searched", user, passages=[item.passage_id for item in result.evidence])
        if options["json"]:
            self.stdout.write(json.dumps(as_json(result), ensure_ascii=False))
        else:
            self._print(result)

    def _print(self, result: SearchResult) -> None:
        for rank, item in enumerate(result.evidence, start=1):
            place = page_label(item.page_kind, item.page_number, item.page_label, item.heading_path)
            self.stdout.write(f"{rank}. {item.document_title}, {place} ({item.collection})  {item.score:.4f}")
            self.stdout.write("   " + " ".join(item.text.split())[:300])
        if not result.evidence:
            self.stdout.write("Nothing that this person may read speaks about it.")


def as_json(result: SearchResult) -> dict[str, Any]:
    return {
        "results": [
            {
                "rank": rank,
                "document": item.document_name,
                "document_id": str(item.document_id),
                "collection": item.collection,
                "page": item.page_number,
                "start": item.start,
                "end": item.end,
                "text": item.text,
                "score": round(item.score, 6),
            }
            for rank, item in enumerate(result.evidence, start=1)
        ],
        "timings_ms": {name: round(value, 2) for name, value in result.timings_ms.items()},
    }
