"""Events of many answers are stored in one statement: whoever is first stores for all who come meanwhile.

Each commit takes the database's lock, on SQLite the only one there is. While one is being made others wait for it
anyway, so what waits is stored together by whoever gets the turn (group commit).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.db import Error

from assistant.models import AnswerEvent


@dataclass(slots=True)
class _Entry:
    event: AnswerEvent
    tried: bool = False
    stored: bool = False


class EventStore:
    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Entry] = []

    def keep(self, event: AnswerEvent, gather: float = 0.0) -> None:
        """Stores an event; it is committed when this returns.

        ``gather``: so many seconds whoever has the turn waits for others. Raises the database's errors about this
        event, never those about another.
        """
        entry = _Entry(event)
        with self._lock:
            self._waiting.append(entry)
        with self._turn:
            if not entry.tried:
                time.sleep(gather)
                self._store_all()
        if not entry.stored:
            event.pk = None  # one that was given and rolled back may be another's by now
            event.save(force_insert=True)

    def _store_all(self) -> None:
        with self._lock:
            entries, self._waiting = self._waiting, []
        try:
            AnswerEvent.objects.bulk_create([entry.event for entry in entries])
            for entry in entries:
                entry.stored = True
        except Error:  # each is tried by its own thread, which hears what is wrong with it
            return
        finally:
            for entry in entries:
                entry.tried = True
