"""What the ingest tests share: uploading as a person, and what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from accounts.models import User
from ingest.uploads import Accepted, accept_upload
from knowledge.models import Collection

Upload = Callable[..., Accepted]


@pytest.fixture
def upload(people: object, team: Collection) -> Upload:
    """Alice uploads to her team, unless said otherwise. Nothing is sent to workers."""

    def run(
        name: str = "rules.txt", data: bytes | str = "Lunch is at noon.", by: User | None = None, to: Collection = team
    ) -> Accepted:
        content = data.encode() if isinstance(data, str) else data
        user = by or people.alice  # type: ignore[attr-defined]
        return accept_upload(user=user, collection=to, name=name, file=ContentFile(content), send=False)

    return run


@pytest.fixture
def blobs() -> Callable[[], set[Path]]:
    """Files in the store and files left in the temporary folder."""

    def look() -> set[Path]:
        folders = (Path(settings.STORAGES["default"]["OPTIONS"]["location"]), Path(settings.FILE_UPLOAD_TEMP_DIR))
        return {path for folder in folders for path in folder.rglob("*") if path.is_file()}

    return look
