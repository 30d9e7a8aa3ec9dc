"""Keys of endpoints by name. Only names made for this purpose are looked up, so that nobody who edits endpoints can
have another secret of the server sent to an address of their choice."""

from __future__ import annotations

import os
import re

from django.conf import settings
from django.core.exceptions import ValidationError

from knowledge.errors import ConfigurationError

PREFIX = "FOOTNOTE_KEY_"
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_LONGEST = 4096  # bytes of a key
_read: set[str] = set()


def read_key(name: str) -> str:
    """The key of this name, "" for no name. Raises ConfigurationError when there is none; the message names no key."""
    if not name:
        return ""
    if name.startswith(PREFIX):
        key = os.environ.get(name, "").strip()
    elif _FILE_NAME.fullmatch(name):
        key = _from_file(name)
    else:
        key = ""
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigurationError("The key of this endpoint cannot be found under the name that is set.")
    _read.add(key)
    return key


def _from_file(name: str) -> str:
    try:
        with (settings.SECRETS_DIR / name).open("rb") as stream:
            return stream.read(_LONGEST).decode().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def known_keys() -> set[str]:
    """Every key this process was given or has read, for hiding them wherever they would be shown."""
    return _read | {value.strip() for name, value in os.environ.items() if name.startswith(PREFIX)}


def check_name(name: str) -> None:
    """For forms: raises ValidationError unless a key lies under this name, so a key pasted by mistake is not stored."""
    try:
        read_key(name)
    except ConfigurationError as error:
        raise ValidationError(
            f"There is no environment variable {PREFIX}… and no file in the secrets folder with this name. "
            "Write the name of the key, not the key."
        ) from error
