"""What people write in their own words about an answer."""

from __future__ import annotations

from assistant.errors import ReviewRefused

LONGEST = 2000  # characters


def remark(written: str) -> str:
    """As it is kept. Raises ReviewRefused when it is too long: nothing is cut without a word."""
    kept = written.replace("\0", "").replace("\r\n", "\n").strip()
    if len(kept) > LONGEST:
        raise ReviewRefused(f"The remark is too long: at most {LONGEST} characters are kept.")
    return kept
