"""``manage.py ingest PATH… --collection NAME --as USER``: files and folders become searchable."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from contextlib import redirect_stdout
from itertools import count
from typing import Any

from celery import current_app
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify
from kombu.exceptions import OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts import audit
from accounts.models import User
from ingest.batches import Row, find_files, read_all_here, settle, take_in
from ingest.uploads import NO_COLLECTION
from knowledge.models import Collection, Grant

_POLL_SECONDS = 0.3


class Command(BaseCommand):
    help = "Adds files and folders to a collection and waits until they are searchable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with everything in it")
        parser.add_argument("--collection", required=True, metavar="NAME")
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="whose upload it is")
        parser.add_argument("--create", action="store_true", help="make the collection when there is none")
        parser.add_argument("--grant", metavar="everyone|GROUP", help="with --create: who may read it")
        parser.add_argument("--inline", action="store_true", help="do the work in this process, without workers")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['username']}.")
        if options["grant"] and not options["create"]:
            raise CommandError(
                "--grant goes with --create; grants on existing collections are given in the administration."
            )
        # Libraries print now and then; standard output belongs to the result.
        with redirect_stdout(sys.stderr):
            collection = _collection(user, options["collection"], options["create"], options["grant"])
            rows = self._work(user, collection, options["paths"], options["inline"])
        self._report(rows, options["json"])

    def _work(self, user: User, collection: Collection, paths: list[str], inline: bool) -> list[Row]:
        files = list(find_files(paths))
        if not files:
            raise CommandError("There are no files in what you named.")
        rows: list[Row] = []
        with _bar() as progress:
            bar = progress.add_task("Reading" if inline else "Sending", total=len(files))
            taken = (take_in(file, name, user, collection, send=not inline) for file, name in files)
            for row in read_all_here(taken) if inline else taken:
                rows.append(row)
                progress.advance(bar)
            if not inline:
                self._wait(rows, progress)
        return rows

    def _wait(self, rows: list[Row], progress: Progress) -> None:
        """Follows the workers through the database until every file is ready or has failed."""
        waiting = [row for row in rows if row.state == "queued"]
        if any(row.error for row in waiting):
            return
        if waiting and not _workers_answer():
            self.stderr.write("No worker answers yet. Start the site with `make run`, or stop and use --inline.")
        bar = progress.add_task("Reading", total=len(rows), completed=len(rows) - len(waiting))
        try:
            while waiting:
                still = [row for row in waiting if not settle(row)]
                progress.advance(bar, len(waiting) - len(still))
                waiting = still
                if waiting:
                    time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            for row in waiting:
                row.error = "Still being read; the workers go on."

    def _report(self, rows: list[Row], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"documents": [row.as_json() for row in rows]}, ensure_ascii=False))
        else:
            for row in rows:
                what = row.error or f"{row.pages} pages, {row.passages} passages, {row.seconds:.1f} s"
                self.stdout.write(f"{row.state:<10} {row.path}: {what}")
        wrong = [row for row in rows if row.state != "ready"]
        if wrong:
            raise CommandError(
                f"{len(wrong)} of {len(rows)} files are not ready. First: {wrong[0].path}: {wrong[0].error}"
            )


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _workers_answer() -> bool:
    try:
        return bool(current_app.control.ping(timeout=1.0))
    except OperationalError:
        return False


def _collection(user: User, name: str, create: bool, grant: str | None) -> Collection:
    collection = Collection.objects.curated_by(user).filter(name=name).first()
    if collection is not None:
        return collection
    if not create or Collection.objects.filter(name=name).exists():
        raise CommandError(f"{NO_COLLECTION} ({name}, as {user.username})")
    group = None
    if grant and grant != "everyone":
        group = Group.objects.filter(name=grant).first()
        if group is None:
            raise CommandError(f"There is no group called {grant}. Make it in the administration first.")
    with transaction.atomic():
        collection = Collection(name=name, slug=_free_slug(name), owner=user)
        try:
            collection.full_clean()
        except ValidationError as error:
            raise CommandError(f"A collection cannot be called {name!r}: {' '.join(error.messages)}") from error
        collection.save()
        Grant.objects.create(collection=collection, role=Grant.Role.CURATOR, user=user)
        if grant:
            Grant.objects.create(collection=collection, role=Grant.Role.READER, everyone=group is None, group=group)
        audit.record(user, "collection.created", collection)
    return collection


def _free_slug(name: str) -> str:
    """The name in an address; numbered when names that differ only in signs or scripts would share it."""
    stem = slugify(name)[:100] or "collection"
    taken = set(Collection.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for number in count(1) if (slug := stem if number == 1 else f"{stem}-{number}") not in taken)
