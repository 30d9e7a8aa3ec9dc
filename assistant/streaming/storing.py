"""Events of many answers are stored in one statement: whoever is first stores for all who come meanwhile.

Each commit takes the database's lock, on SQLite the only one there is. While one is being made others wait for it
anyway, so what waits is stored together by whoever gets the turn (group commit).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from django.db import Error

from assistant.models import AnswerEvent


@dataclass(slots=True)
class _Entry:
    event: AnswerEvent
    called: threading.Event = field(default_factory=threading.Event)  # it was tried, or it is its turn
    tried: bool = False
    stored: bool = False


class EventStore:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Entry] = []
        self._storing = False  # somebody has the turn

    def keep(self, event: AnswerEvent, gather: float = 0.0) -> None:
        """Stores an event; it is committed when this returns.

        ``gather``: so many seconds whoever has the turn waits for others. Raises the database's errors about this
        event, never those about another.
        """
        entry = _Entry(event)
        with self._lock:
            self._waiting.append(entry)
            first, self._storing = not self._storing, True
        if not first:
            entry.called.wait()
        if not entry.tried:
            self._store_all(gather)
        if not entry.stored:
            event.pk = None  # one that was given and rolled back may be another's by now
            event.save(force_insert=True)

    def _store_all(self, gather: float) -> None:
        """Stores what waits, tells each of them, and gives the turn to the first that has come meanwhile."""
        entries: list[_Entry] = []
        try:
            time.sleep(gather)
            with self._lock:
                entries, self._waiting = self._waiting, []
            AnswerEvent.objects.bulk_create([entry.event for entry in entries])
            for entry in entries:
                entry.stored = True
        except Error:  # each is tried by its own thread, which hears what is wrong with it
            return
        finally:
            with self._lock:
                following = self._waiting[:1]
                self._storing = bool(following)
            for entry in entries:
                entry.tried = True
            for entry in [*following, *entries]:
                entry.called.set()
