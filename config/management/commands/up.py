"""``manage.py up``: the whole installation in one command. It runs until it is stopped, and stops all of it."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from accounts.models import User
from config.broker import BrokerFailed, EmbeddedValkey
from config.installation import Address, CannotStart, only_one, web, workers
from config.sample_company import first_run, seed
from config.sample_company.accounts import published_passwords, sign_in_lines
from config.sample_company.company import load
from config.supervisor import Broker, Program, Supervisor
from knowledge.errors import FootnoteError

_WEB_SECONDS = 90.0
_LOG_LINES = 12


class Stopped(BaseException):
    """Somebody asked this process to end. Not an Exception: nothing on the way may take it for an error."""


class Command(BaseCommand):
    help = "Starts Footnote: database, broker, worker and site. Ctrl-C stops all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="where the site listens")
        parser.add_argument("--no-sample", action="store_true", help="do not add the sample company to a fresh home")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Path(settings.FOOTNOTE_HOME)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        supervisor = Supervisor(self._say)
        try:
            address = Address.parse(options["bind"])
            with only_one(home), closing(address.listen()) as listener:
                try:
                    self._run(supervisor, address, listener, home, sample=not options["no_sample"])
                finally:
                    _ignore_signals()
                    supervisor.stop()
        except Stopped:
            self._say("Footnote has stopped.")
        except (CannotStart, BrokerFailed, FootnoteError) as error:
            raise CommandError(str(error)) from error

    def _run(
        self, supervisor: Supervisor, address: Address, listener: socket.socket, home: Path, *, sample: bool
    ) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        loading = sample and first_run.wanted(home)
        _refuse_published_passwords(address, loading)
        company = load()
        if loading:
            self._say(f"First start: adding the sample company, {company.name}.")
            first_run.begin(home)
            seed.seed_people(company)
        connections.close_all()
        if settings.EMBEDDED_BROKER:
            supervisor.start(Broker(EmbeddedValkey(home)))
        for program in workers():
            supervisor.start(program)
        site = web(listener)
        for program in site:
            supervisor.start(program)
        self._wait(supervisor, site[0], address)
        self._say(f"Footnote is up: {address.url}")
        self._introduce(address)
        if loading:
            seed.seed_documents(company)
            first_run.done(home)
            self._follow(supervisor)
        while True:
            supervisor.watch()
            time.sleep(0.5)

    def _wait(self, supervisor: Supervisor, site: Program, address: Address) -> None:
        deadline = time.monotonic() + _WEB_SECONDS
        while not address.answers():
            if not site.alive() or time.monotonic() > deadline:
                lines = site.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
                raise CannotStart("The site did not start. The end of its log says:\n" + "\n".join(lines))
            supervisor.watch()
            time.sleep(0.1)

    def _follow(self, supervisor: Supervisor) -> None:
        """Shows the worker's progress with the sample until every document is ready or has failed."""
        shown = ""
        while True:
            supervisor.watch()
            state = seed.state(load())
            connections.close_all()
            if str(state) != shown:
                shown = str(state)
                self._say(f"sample company: {shown}")
            if state.settled:
                if state.failed:
                    self._say(f"sample company: {state.failed} cannot be read, on purpose; the upload page says why")
                return
            time.sleep(2.0)

    def _introduce(self, address: Address) -> None:
        company = load()
        names = published_passwords(company)
        lines = ["", f"  {address.url}", ""]
        if names:
            lines += [f"  Sign in with a sample account; the password of all is {company.password}", ""]
            lines += [*sign_in_lines(company, names), ""]
        elif not User.objects.exists():
            lines += ["  Nobody can sign in yet. Make an administrator: .venv/bin/python manage.py createsuperuser", ""]
        lines += [f"  Everything is kept in {settings.FOOTNOTE_HOME}. Ctrl-C stops Footnote.", ""]
        connections.close_all()
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _ignore_signals() -> None:
    """While stopping: a second Ctrl-C must not leave children behind. It takes seconds."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _refuse_published_passwords(address: Address, loading: bool) -> None:
    if address.loopback:
        return
    if loading:
        raise CannotStart(
            f"On {address.host} other machines could sign in with the sample company's passwords, which everybody can "
            "read. Start with --no-sample, or on 127.0.0.1."
        )
    names = published_passwords(load())
    if names:
        raise CannotStart(
            f"{', '.join(names)} still have the sample company's password, which everybody can read. Change their "
            f"passwords or deactivate them before other machines can reach the site on {address.host}."
        )
