"""A stand-in for a language model: an endpoint of the chat protocol whose words are worked out from the prompt.

It listens on a free port of loopback, begins at once and serves any number of askers.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

Words = Callable[[str], Iterable[str]]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


async def serve(words: Words, file: Path, tokens_a_second: float) -> None:
    """Writes its address to the file. ``words`` makes the tokens of an answer from all that was said to the model."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _answer(reader, writer, words, 1 / tokens_a_second)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the asker went away
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    file.write_text(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: Words, pause: float) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: (\d+)", head)
    body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
    writer.write(_HEAD)
    for word in words("\n".join(message["content"] for message in body["messages"])):
        writer.write(_event({"delta": {"content": word}}))
        await writer.drain()
        await asyncio.sleep(pause)
    writer.write(_event({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n")
    await writer.drain()


def _event(choice: dict[str, object]) -> bytes:
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()
