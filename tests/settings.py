"""The product's settings for a test run: a home that is made for the run and thrown away with it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="footnote-tests-"))
_process = os.getpid()


@atexit.register
def _throw_away() -> None:
    if os.getpid() == _process:
        shutil.rmtree(HOME, ignore_errors=True)


# Whatever the shell has set for an installation of one's own says nothing here; DATABASE_URL chooses the database.
for _name in [name for name in os.environ if name.startswith("FOOTNOTE_") or name == "REDIS_URL"]:
    del os.environ[_name]
os.environ["FOOTNOTE_HOME"] = str(HOME)

from config.settings import *  # noqa: E402, F403  # the environment above must be there first
from config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: threads and other processes see what they would see there.
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}
