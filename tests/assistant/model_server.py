"""A real HTTP server that speaks the chat protocol, well or badly, as a script says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Script:
    """``before`` seconds to the first byte, ``between`` two pieces; ``statuses`` are given first, one a request."""

    pieces: Sequence[str] = ("The hotel limit is €145 per night [1].",)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    before: float = 0.0
    between: float = 0.0
    finish: str = "stop"
    done: bool = True
    raw: bytes = b""
    usage: object = None  # what the endpoint says it counted
    model: str = ""  # what it calls itself
    strict: bool = False  # refuses requests with anything in them but what every endpoint knows
    endless: bool = False
    hang_after: bool = False
    then: Callable[[int], None] = field(default=lambda piece: None)


class ModelServer:
    """``requests`` holds the bodies received, ``closed`` is set when a client went away in mid-answer.

    ``first`` are scripts for the next requests, one each, before ``script`` goes for all others.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.first: list[Script] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.closed = threading.Event()
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def prompt(self) -> str:
        """Everything the last request told the model."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append(json.loads(body))
                outer.keys.append(self.headers.get("Authorization", ""))
                try:
                    outer._speak(self)
                except (BrokenPipeError, ConnectionResetError):
                    outer.closed.set()

            def log_message(self, format: str, *args: object) -> None:  # the base class calls it so
                pass

        return Handler

    def _speak(self, handler: BaseHTTPRequestHandler) -> None:
        script = self.first.pop(0) if self.first else self.script
        status = script.statuses.pop(0) if script.statuses else 200
        if script.strict and "stream_options" in self.requests[-1]:
            status = 400
        self._wait(handler, script.before)
        handler.send_response(status)
        for name, value in {"Content-Type": "text/event-stream", **script.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if status != 200:
            return
        handler.wfile.write(script.raw)
        count = 0
        while True:
            for piece in script.pieces:
                self._send(handler, {"delta": {"content": piece}}, script.model)
                script.then(count)
                count += 1
                self._wait(handler, script.between)
            if not script.endless or self.over.is_set():
                break
        if script.hang_after:
            self._wait(handler, 30)
        if script.done:
            self._send(handler, {"delta": {}, "finish_reason": script.finish}, script.model)
            if script.usage is not None:
                handler.wfile.write(f"data: {json.dumps({'choices': [], 'usage': script.usage})}\n\n".encode())
            handler.wfile.write(b"data: [DONE]\n\n")

    def _wait(self, handler: BaseHTTPRequestHandler, seconds: float) -> None:
        """Waits, but notices when the client goes away."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.over.is_set():
            handler.connection.settimeout(0.05)
            try:
                if handler.connection.recv(1) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
            finally:
                handler.connection.settimeout(None)

    def _send(self, handler: BaseHTTPRequestHandler, choice: dict[str, Any], model: str = "") -> None:
        event = {"choices": [choice]} | ({"model": model} if model else {})
        handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        handler.wfile.flush()
