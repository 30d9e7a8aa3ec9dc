"""Nothing that comes from outside is ever run: not by the product's own code, not by a message in the queue, not by a
model's file; and the queue is not open to others."""

from __future__ import annotations

import ast
import hashlib
import os
import pickle
import shutil
import struct
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from pytest_django import Settings

from config import broker
from config.celery import app
from config.checks import check_broker_is_guarded
from config.processes import start_child, stop_child
from knowledge.embedding import model_dir
from knowledge.embedding.packaged import PINNED_SHA256
from knowledge.embedding.weights import model_name
from knowledge.errors import SearchUnavailable

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "assistant", "config", "ingest", "knowledge")
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
CALLS = {
    "eval", "exec", "compile", "__import__", "torch.load", "torch.hub.load", "yaml.load",
    "yaml.unsafe_load", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "mark_safe",
    "django.utils.safestring.mark_safe",
}  # fmt: skip
ARGUMENTS = {"shell", "trust_remote_code", "allow_pickle"}


def offences(source: str) -> Iterator[str]:
    """What must not stand in the product's code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            if (name := ast.unparse(node.func)) in CALLS:
                yield name
            for word in node.keywords:
                said_no = isinstance(word.value, ast.Constant) and word.value.value is False
                if word.arg in ARGUMENTS and not said_no:
                    yield word.arg


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import torch\ntorch.load('x')",
        "f(trust_remote_code=True)",
        "f(trust_remote_code=asked)",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "eval('1')",
        "exec(text)",
        "import yaml\nyaml.load(s)",
        "np.load(p, allow_pickle=True)",
        "os.system('x')",
    ],
)
def test_the_rule_sees_what_it_is_for(source: str) -> None:
    assert list(offences(source))


def test_the_product_runs_no_data() -> None:
    found = {
        str(path.relative_to(ROOT)): said
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (said := list(offences(path.read_text())))
    }
    assert found == {}


class Owned:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(self.path),))


def test_only_json_is_taken_from_the_queue() -> None:
    assert set(app.conf.accept_content) == {"json"}
    assert app.conf.task_serializer == "json"
    assert set(app.conf.result_accept_content or ["json"]) == {"json"}


@pytest.mark.slow
def test_a_pickled_message_on_the_real_broker_is_thrown_away(tmp_path: Path) -> None:
    """Somebody who can write to the queue sends a task whose arguments would run code when they are read."""
    home = tmp_path / "home"
    embedded = broker.EmbeddedValkey(home)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FOOTNOTE_", "DJANGO_"))}
    environment |= {"FOOTNOTE_HOME": str(home)}
    environment.pop("REDIS_URL", None)
    embedded.start()
    log = home / "logs" / "worker.log"
    worker = start_child(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency=1", "--loglevel=INFO"],
        log,
        cwd=ROOT,
        env=environment,
    )
    owned, name = tmp_path / "owned", f"no-task-{uuid.uuid4().hex}"
    stranger = Celery("stranger", broker=broker.url(home))
    stranger.conf.update(task_serializer="pickle", accept_content=["pickle", "json"])
    try:
        with stranger.connection_for_write() as connection:
            producer = connection.Producer(serializer="pickle")
            stranger.send_task("ingest.tasks.process", (Owned(owned),), queue="ingest", producer=producer)
            stranger.send_task(name, (), queue="ingest", producer=producer, serializer="json")
        deadline = time.monotonic() + 120
        while name not in log.read_text(errors="replace"):  # it came after the other, so that one was met
            assert time.monotonic() < deadline, log.read_text(errors="replace")[-3000:]
            time.sleep(0.2)
        said = log.read_text(errors="replace")
        assert "ContentDisallowed" in said or "untrusted content" in said
        assert worker.poll() is None, "the worker lives"
    finally:
        stop_child(worker)
        embedded.stop()
    assert not owned.exists()


def test_the_message_would_have_done_harm(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Owned(tmp_path / "owned")))  # noqa: S301  # that is what is shown
    assert (tmp_path / "owned").exists()


def test_the_model_is_safetensors_with_the_hash_that_was_pinned() -> None:
    weights = model_dir() / "model.safetensors"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == PINNED_SHA256
    (length,) = struct.unpack("<Q", weights.open("rb").read(8))
    assert weights.open("rb").read(9)[8:] == b"{"
    assert length < 1024**2
    assert not [path for path in model_dir().rglob("*") if path.suffix in {".bin", ".pt", ".pth", ".pkl", ".ckpt"}]


def test_a_model_with_other_weights_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(model_dir(), tmp_path / "model")
    with (tmp_path / "model" / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        weights.write(b"x")
    monkeypatch.setattr("knowledge.embedding.weights.packaged_model_dir", lambda: tmp_path / "model")
    with pytest.raises(SearchUnavailable, match="tested with"):
        model_name(tmp_path / "model")


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("redis://queue.example:6379/0", True),
        ("redis://10.0.0.5/0", True),
        ("rediss://queue.example/0", True),
        ("valkey://[2001:db8::1]:6379/0", True),
        ("redis://:@queue.example/0", True),
        ("redis://:a-word@queue.example/0", False),
        ("redis://127.0.0.1:6379/0", False),
        ("redis+socket:///run/valkey.sock", False),
    ],
)
def test_an_open_queue_on_another_machine_is_refused(settings: Settings, address: str, refused: bool) -> None:
    settings.REDIS_URL = address
    assert bool(check_broker_is_guarded()) == refused
