"""A stream ends with the sign-in it was opened with, and gives its place back however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django import Settings

from accounts.limits import Stream, TooMuch
from assistant.streaming import streams
from assistant.streaming.streams import Listener, kept

pytestmark = pytest.mark.django_db(transaction=True)
BOB = 7


async def endless() -> AsyncGenerator[str]:
    while True:
        yield "a word\n\n"
        await asyncio.sleep(0)


@pytest.fixture
def listener(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr(streams, "_LOOK_SECONDS", 0.0)
    settings.STREAMS_AT_ONCE = 1
    session = SessionStore()
    session.create()
    stream = Stream(BOB)
    stream.open()
    return Listener(stream, session.session_key or "")


def test_signing_out_ends_what_is_being_streamed(listener: Listener) -> None:
    async def read() -> int:
        words = 0
        async for _ in kept(endless(), listener):
            words += 1
            if words == 3:
                await SessionStore(listener.session_key).adelete(listener.session_key)
            assert words < 10
        return words

    assert asyncio.run(read()) == 3


def test_a_reader_who_goes_away_gives_the_place_back(listener: Listener) -> None:
    with pytest.raises(TooMuch):
        Stream(BOB).open()

    async def leave() -> None:
        async with aclosing(kept(endless(), listener)) as frames:
            await anext(frames)

    asyncio.run(leave())  # also waits for what was handed to other threads
    Stream(BOB).open()
