"""``python -m config.load.seeding COUNT FILE``: people who are signed in already, and what they may read.

Signing in is slow on purpose and is measured by itself; here everybody comes with a session. Writes a JSON list of
session keys.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  # the apps must be there first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from accounts.models import User  # noqa: E402
from config.load.names import COLLECTION, CURATOR  # noqa: E402
from ingest.batches import find_files, read_all_here, take_in  # noqa: E402
from knowledge.models import Collection, Grant  # noqa: E402

BACKEND = "django.contrib.auth.backends.ModelBackend"
FILES = settings.BASE_DIR / "config" / "sample_company" / "files" / "everyone"


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main(count: int, file: Path) -> None:
    curator = User.objects.create_user(CURATOR)
    shared = Collection.objects.create(name=COLLECTION, slug="everyone", owner=curator)
    Grant.objects.create(collection=shared, everyone=True)
    Grant.objects.create(collection=shared, user=curator, role=Grant.Role.CURATOR)
    people = [User.objects.create_user(f"load-{number}") for number in range(count)]
    taken = (take_in(path, name, curator, shared, send=False) for path, name in find_files([str(FILES)]))
    for row in read_all_here(taken):
        if row.state not in {"ready", "failed"}:
            raise SystemExit(f"{row.path}: {row.error}")
    file.write_text(json.dumps([session_of(person) for person in people]))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
