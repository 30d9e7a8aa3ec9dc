"""Five hundred names that try to climb, shout or hide: what people call a file never decides where it lies."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from ingest.uploads import UploadRefused
from knowledge.models import DocumentVersion
from tests.faults.bad_files import NAMES
from tests.ingest.conftest import Upload
from tests.ingest.conftest import blobs as blobs
from tests.ingest.conftest import upload as upload

pytestmark = pytest.mark.django_db
PARTS = (
    "..", ".", "", "~", "~root", "C:", "\\\\server\\share", "etc", "passwd", "%2e%2e", "..%2f", "..\\", "\u2025",
    "．．", "\0", "\u202e", "\r\n", "con", "nul.txt", "-rf", "$(id)", "`id`", "a" * 300, "名前", ".ssh", ".env",
    "authorized_keys", "\u2215etc", "／etc", "..;", "file:", "//",
)  # fmt: skip
SEPARATORS = ("/", "\\", "//", "/./", "\\..\\")


def names() -> list[str]:
    chance = random.Random(23)
    made = [
        chance.choice(("", "/", "\\", "C:\\", "file:///"))
        + chance.choice(SEPARATORS).join(chance.choices(PARTS, k=chance.randint(1, 12)))
        for _ in range(500 - len(NAMES))
    ]
    return [*NAMES, *made]


def everything_around(home: Path) -> set[Path]:
    """The home with all it holds, what lies beside it, and the folder we are in."""
    return {*home.rglob("*"), *home.parent.glob("*"), *Path().glob("*"), *Path("/tmp").glob("owned*")}  # noqa: S108


def test_five_hundred_names_write_nothing_outside_the_store(
    upload: Upload, blobs: Callable[[], set[Path]], home: Path
) -> None:
    store = Path(settings.STORAGES["default"]["OPTIONS"]["location"]).resolve()
    before, held = everything_around(home), blobs()
    kept = refused = 0
    for number, name in enumerate(names()):
        try:
            upload(name, f"Rule {number}: lunch is at noon.")
            kept += 1
        except UploadRefused:
            refused += 1
    assert kept + refused == 500
    assert kept > 300
    made = blobs() - held
    assert len(made) == kept
    assert all(path.resolve().is_relative_to(store) for path in made)
    ours = {path for path in everything_around(home) - before if path.is_file() and path.is_relative_to(home)}
    assert {path for path in ours if "sqlite3" not in path.name} <= made
    assert not [path for path in everything_around(home) - before if path.name.startswith("owned")]
    for label in DocumentVersion.objects.values_list("filename", flat=True):
        assert label.isprintable(), ascii(label)
        assert not {"..", "."} & set(label.split("/")), label
        assert not label.startswith("/")
        assert len(label) <= 400
