"""An open stream is somebody's: there are only so many of theirs, and it ends with the sign-in it was opened with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings

from accounts.limits import Stream
from assistant.streaming.looking import looked as looked_up

_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens: a place among the open streams of a person, and the sign-in it belongs to."""

    stream: Stream
    session_key: str

    def stays(self) -> bool:
        sessions = import_module(settings.SESSION_ENGINE).SessionStore
        return self.stream.renew() and bool(sessions().exists(self.session_key))


async def kept(frames: AsyncGenerator[str], listener: Listener) -> AsyncGenerator[str]:
    """The frames, as long as the listener's place and session are there."""
    looked = time.monotonic()
    try:
        async with aclosing(frames):
            async for frame in frames:
                if time.monotonic() - looked > _LOOK_SECONDS:
                    looked = time.monotonic()
                    if not await looked_up(listener.stays):
                        return
                yield frame
    finally:
        # Not waited for: this runs also while the request is being cancelled. A place that is not given back ends by
        # itself.
        asyncio.get_running_loop().run_in_executor(None, listener.stream.close)
