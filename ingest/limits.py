"""Request bodies that are too large are refused before they are stored.

Django under ASGI writes a whole body to disk before any view sees the request, so the limit must stand in
front of it. ``BodyLimit`` wraps the ASGI application and counts: by the Content-Length header, and while the
body streams in.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

OTHER_BYTES = 10 * 1024 * 1024
_FORM_BYTES = 1024 * 1024  # what a form adds around its file
_DISCARD_BYTES = 512 * 1024 * 1024


class _TooLarge(Exception):
    """The body passed its limit while it streamed in."""


class BodyLimit:
    """Answers 413 with a sentence. Paths under ``upload_path`` may carry ``upload_bytes``, all others 10 MB."""

    def __init__(self, application: Application, upload_bytes: int, upload_path: str = "/upload/") -> None:
        self._application = application
        self._upload_bytes = upload_bytes
        self._upload_path = upload_path

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        upload = str(scope["path"]).startswith(self._upload_path)
        limit = self._upload_bytes + _FORM_BYTES if upload else OTHER_BYTES
        if _declared(scope) > limit:
            await _refuse(scope, receive, send, self._sentence(upload))
            return
        seen = 0
        started = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._application(scope, counted, watched)
        except _TooLarge:
            if not started:
                await _refuse(scope, receive, send, self._sentence(upload))

    def _sentence(self, upload: bool) -> str:
        if not upload:
            return "This request is too large."
        return (
            f"This file is larger than the {self._upload_bytes // 1024**2} MB allowed. Split it and upload the parts."
        )


def _declared(scope: Message) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _wants_json(scope: Message) -> bool:
    """As the upload page's script asks; a plain form shows the person what comes back."""
    headers = dict(scope["headers"])
    return headers.get(b"x-requested-with") == b"fetch" or b"application/json" in headers.get(b"accept", b"")


async def _refuse(scope: Message, receive: Receive, send: Send, sentence: str) -> None:
    """A browser reads the answer only after it has sent its body, so a bearable rest is read and thrown away."""
    discarded = 0
    while _declared(scope) <= _DISCARD_BYTES and discarded <= _DISCARD_BYTES:
        message = await receive()
        discarded += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    if _wants_json(scope):
        body, kind = json.dumps({"message": sentence}).encode(), b"application/json"
    else:
        body, kind = sentence.encode(), b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
