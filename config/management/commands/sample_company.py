"""``manage.py sample_company``: fills this home with the sample company, or finds that it is there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.sample_company import seed
from config.sample_company.company import load
from knowledge.errors import FootnoteError


class Command(BaseCommand):
    help = "Adds the sample company: people, collections, documents and questions. Again: changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--inline", action="store_true", help="read the documents here instead of in the workers")

    def handle(self, *args: Any, **options: Any) -> None:
        company = load()
        try:
            seed.seed_people(company)
            seed.seed_documents(company, inline=options["inline"], progress=self._tell)
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        state = seed.state(company)
        self.stdout.write(f"{company.name}: {state}" + (f", {state.failed} cannot be read" if state.failed else ""))
        if not state.settled:
            self.stdout.write("The workers go on with the rest; `manage.py up` starts them.")

    def _tell(self, state: seed.State) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{state}", ending="")
            self.stderr.flush()
