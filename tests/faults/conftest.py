"""A house for every test of this folder, its people, the scripted language model and the small shelf of documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tests.assistant.conftest import asked, model_server, shelf
from tests.faults.house import LEASE_SECONDS, House

__all__ = ["asked", "house", "model_server", "shelf"]


@pytest.fixture
def house(transactional_db: None, home: Path, tmp_path: Path, settings: Settings) -> Iterator[House]:
    """Its broker runs; workers are started by the test."""
    faults = tmp_path / "faults"
    faults.mkdir()
    settings.INDEX_DIR = home / "index"
    settings.INGEST_LEASE_SECONDS = LEASE_SECONDS
    settings.INDEX_SNAPSHOT_EVERY = 1
    house = House(home, str(connection.settings_dict["NAME"]), faults)
    house.broker.start()
    yield house
    house.close()
