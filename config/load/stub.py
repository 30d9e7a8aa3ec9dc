"""A language model that writes a fixed number of tokens a second to any number of askers, for load tests.

``python -m config.load.stub FILE``: listens on a free port of loopback and writes its address to the file. It answers
with the first words of the first passage it is given, one word a token, and begins at once, so whatever a person waits
for before the first word is the product's own.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

TOKENS_A_SECOND = 20
ANSWER_WORDS = 40
_PASSAGE = re.compile(r"<passage[^>]*>\n(.*?)\n</passage>", re.DOTALL)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def words_for(prompt: str) -> list[str]:
    found = _PASSAGE.search(prompt)
    return [*(found[1] if found else "There is nothing about this.").split()[:ANSWER_WORDS], "[1]."]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
        writer.write(_HEAD)
        for word in words_for(body["messages"][-1]["content"]):
            writer.write(_event({"delta": {"content": f"{word} "}}))
            await writer.drain()
            await asyncio.sleep(1 / TOKENS_A_SECOND)
        writer.write(_event({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n")
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # the asker went away
    finally:
        writer.close()


def _event(choice: dict[str, object]) -> bytes:
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


async def main(file: Path) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    file.write_text(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
