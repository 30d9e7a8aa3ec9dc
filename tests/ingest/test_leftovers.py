"""What killed processes leave behind goes, what is at work stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pytest_django import Settings

from ingest.leftovers import OLD_SECONDS, remove_leftovers


def test_old_temporary_files_go_and_new_ones_stay(settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    folder = tmp_path / "footnote-killed"
    folder.mkdir()
    for path in (tmp_path / "upload-killed", folder / "unpacked.xml", tmp_path / "upload-now"):
        path.write_text("half of it")
    long_ago = time.time() - OLD_SECONDS - 60
    for path in (tmp_path / "upload-killed", folder):
        os.utime(path, (long_ago, long_ago))
    assert remove_leftovers() == 2
    assert [path.name for path in tmp_path.iterdir()] == ["upload-now"]
