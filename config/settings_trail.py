"""A change of the settings is on the trail: which variables, never what they hold.

Settings come from the environment, so a change shows at the next start. Between starts the home keeps a keyed digest of
each variable.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from django.conf import settings

from accounts import audit, chain

_PREFIX = "FOOTNOTE_"
_ALSO = ("DATABASE_URL", "REDIS_URL")
_AT_ONCE = 80  # characters of a line's code


def note_changes() -> list[str]:
    """Records which settings changed since the last start. Gives their names. Of several processes that start
    together the first records."""
    kept = Path(settings.FOOTNOTE_HOME) / "settings.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _note(kept)


def _note(kept: Path) -> list[str]:
    now = {name: chain.sign("setting", name, value) for name, value in os.environ.items() if _ours(name)}
    before = json.loads(kept.read_text()) if kept.is_file() else None
    if before == now:
        return []
    known = {} if before is None else before
    changed = [] if before is None else sorted(name for name in {*known, *now} if known.get(name) != now.get(name))
    for name in changed:
        audit.record(None, "settings.changed", None, name=name[:_AT_ONCE])
    # Last: who dies before this records the change once more, and does not leave it out.
    temporary = kept.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(now, indent=1))
    temporary.replace(kept)
    return changed


def _ours(name: str) -> bool:
    return (name.startswith(_PREFIX) or name in _ALSO) and audit.is_code(name)
