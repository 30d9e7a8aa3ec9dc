"""Threads that look at the database for all who follow answers in this process.

They serve no requests, so they keep their connections: opening one for each look would take longer than looking.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

_LOOKERS = 4
_RENEW_SECONDS = 30.0
_thread = threading.local()
Given = ParamSpec("Given")
Seen = TypeVar("Seen")


async def looked(look: Callable[Given, Seen], *args: Given.args, **named: Given.kwargs) -> Seen:
    """What ``look`` gives in one of these threads."""
    work = partial(_with_connection, partial(look, *args, **named))
    return await asyncio.get_running_loop().run_in_executor(_lookers(), work)


@cache
def _lookers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_LOOKERS, "look")


def _with_connection(look: Callable[[], Seen]) -> Seen:
    """Nobody else closes here what is too old or broken."""
    if connection.errors_occurred or time.monotonic() - getattr(_thread, "since", -math.inf) > _RENEW_SECONDS:
        _thread.since = time.monotonic()
        close_old_connections()
    return look()
