"""What a process that was killed left among the temporary files: half an upload, the folder of a reader."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings

OLD_SECONDS = 24 * 3600  # far longer than any upload or reading may take


def remove_leftovers() -> int:
    """Removes temporary files and folders nobody has written to for a day. Gives how many."""
    removed = 0
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        try:
            if time.time() - path.stat().st_mtime < OLD_SECONDS:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            continue  # its owner was there first
        removed += 1
    return removed
