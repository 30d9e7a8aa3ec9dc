"""The embedded broker: a real server, one per home, on a socket nobody else can reach."""

from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection

from config import broker
from config.broker import BrokerFailed, EmbeddedValkey


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of this test's own, whose broker ends with it."""
    yield tmp_path
    folder = broker.socket_path(tmp_path).parent
    if tmp_path not in folder.parents:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def valkey(home: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(home)
    server.start()
    yield server
    server.stop()


def put(home: Path, message: str) -> None:
    with Connection(broker.url(home)) as connection, connection.SimpleQueue("letters") as queue:
        queue.put(message)


def take(home: Path) -> str:
    with Connection(broker.url(home)) as connection, connection.SimpleQueue("letters") as queue:
        letter = queue.get(timeout=5)
        letter.ack()
        return str(letter.payload)


def test_it_carries_messages_and_keeps_them_over_a_restart(valkey: EmbeddedValkey, home: Path) -> None:
    put(home, "one")
    assert take(home) == "one"
    put(home, "two")
    valkey.stop()
    assert not broker.answers(valkey.socket)
    valkey.start()
    assert take(home) == "two"


def test_a_second_start_uses_the_first_and_leaves_it_running(valkey: EmbeddedValkey, home: Path) -> None:
    guest = EmbeddedValkey(home)
    assert guest.start() is False
    guest.stop()
    assert broker.answers(valkey.socket)


def test_after_a_kill_the_stale_socket_is_no_obstacle(valkey: EmbeddedValkey) -> None:
    assert valkey.process is not None
    os.kill(valkey.process.pid, signal.SIGKILL)
    valkey.process.wait()
    assert valkey.socket.exists()
    assert not broker.answers(valkey.socket)
    assert valkey.start() is True
    assert broker.answers(valkey.socket)


def test_only_its_owner_reaches_it(valkey: EmbeddedValkey) -> None:
    assert stat.S_IMODE(valkey.socket.stat().st_mode) & 0o077 == 0
    assert valkey.process is not None
    with Connection(f"redis+socket://{valkey.socket}") as connection:
        settings = connection.default_channel.client.config_get("*")
    assert settings["port"] == "0"
    assert settings["appendonly"] == "yes"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["dir"] == str(valkey.data)


@pytest.mark.parametrize("name", ["long" * 30, "with a space", "Büro"])
def test_a_home_with_a_difficult_path_has_a_broker_too(name: str, tmp_path: Path) -> None:
    home = tmp_path / name
    home.mkdir()
    server = EmbeddedValkey(home)
    try:
        assert server.start() is True
        assert len(os.fsencode(server.socket)) < 104
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        put(home, "hello")
        assert take(home) == "hello"
        assert (home / "valkey" / "appendonlydir").is_dir()
    finally:
        server.stop()
        shutil.rmtree(server.socket.parent, ignore_errors=True)


def test_each_home_has_its_own_place() -> None:
    homes = [Path("/srv/one"), Path("/srv/two"), Path("/srv/" + "x" * 200), Path("/srv/" + "y" * 200)]
    places = [broker.socket_path(home) for home in homes]
    assert len(set(places)) == len(homes)
    assert places == [broker.socket_path(home) for home in homes]


def test_a_folder_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    home.mkdir()
    folder = broker.socket_path(home).parent
    folder.mkdir()
    folder.chmod(0o755)  # this process makes nothing that others may enter
    try:
        with pytest.raises(BrokerFailed, match="belongs to somebody else"):
            EmbeddedValkey(home).start()
    finally:
        folder.rmdir()
