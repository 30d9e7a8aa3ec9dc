"""A folder is tried: nothing is kept, and a bad file is a row with a sentence."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.trial.folder import Tried, summary
from tests.ingest import files


@pytest.mark.slow
def test_every_file_of_a_folder_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Lunch is at noon.")
    (tmp_path / "scan.pdf").write_bytes(files.scanned_pdf())
    (tmp_path / "empty.csv").write_bytes(b"")
    out = io.StringIO()
    call_command("trial", str(tmp_path), "--json", stdout=out)
    found = json.loads(out.getvalue())
    rows = {Path(row["path"]).name: row for row in found["files"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        "good.txt": "ready",
        "scan.pdf": "failed",
        "empty.csv": "failed",
    }
    assert "pictures only" in rows["scan.pdf"]["sentence"]
    assert "empty" in rows["empty.csv"]["sentence"]
    assert rows["good.txt"]["passages"] == 1
    assert 10 < rows["good.txt"]["peak_mb"] < 1024
    assert found["summary"]["files"] == 3
    assert (found["summary"]["crashed"], found["summary"]["hung"]) == (0, 0)


def test_the_worst_are_named() -> None:
    rows = [Tried("a", "ready", seconds=2, peak_mb=90), Tried("b", "failed", "Why.", seconds=1, peak_mb=300)]
    found = summary(rows)
    assert (found["slowest"]["path"], found["largest"]["path"]) == ("a", "b")
    assert found["sentences"] == {"Why.": 1}


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not a folder"):
        call_command("trial", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="no files"):
        call_command("trial", str(tmp_path))
