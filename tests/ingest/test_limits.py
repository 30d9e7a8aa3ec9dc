"""Bodies that are too large are answered before anything stores them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ingest.limits import OTHER_BYTES, BodyLimit

MEGABYTE = 1024 * 1024


async def _application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, as Django does, and says how much it was."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps({"size": size}).encode()})


def post(path: str, megabytes: int, declared: bool, accept: bytes = b"application/json") -> tuple[int, Any, int]:
    """(status, answer, chunks read) of a body sent in pieces of one megabyte, with or without its length."""
    said: list[dict[str, Any]] = []
    left = megabytes

    async def receive() -> dict[str, Any]:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": bytes(MEGABYTE), "more_body": left > 0}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    headers = [(b"accept", accept)]
    if declared:
        headers.append((b"content-length", str(megabytes * MEGABYTE).encode()))
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(BodyLimit(_application, 20 * MEGABYTE)(scope, receive, send))  # type: ignore[arg-type]
    plain = (b"content-type", b"text/plain; charset=utf-8") in said[0]["headers"]
    body = said[1]["body"].decode()
    return said[0]["status"], body if plain else json.loads(body), megabytes - left


def test_uploads_up_to_the_limit_pass() -> None:
    assert post("/upload/files/", 20, declared=True)[:2] == (200, {"size": 20 * MEGABYTE})


def test_uploads_over_the_limit_get_a_sentence() -> None:
    for declared in (True, False):
        status, answer, read = post("/upload/files/", 60, declared)
        assert status == 413
        assert "larger than the 20 MB allowed" in answer["message"]
        assert read == 60, "a browser reads the answer only after it has sent its body"


def test_a_plain_form_gets_the_bare_sentence() -> None:
    status, answer, _ = post("/upload/files/", 60, declared=True, accept=b"text/html,*/*")
    assert (status, answer.startswith("This file is larger than the 20 MB allowed.")) == (413, True)


def test_what_would_never_end_is_not_waited_for() -> None:
    assert post("/upload/files/", 4096, declared=True)[2] == 0


def test_other_pages_take_little() -> None:
    assert OTHER_BYTES < 20 * MEGABYTE
    assert post("/ask/", 15, declared=True)[0] == 413
