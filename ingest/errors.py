"""Errors of taking files in. They hang in the tree of ``knowledge.errors``.

FootnoteError
└── PermanentError
    └── UploadRefused          the file was not kept
"""

from __future__ import annotations

from knowledge.errors import PermanentError


class UploadRefused(PermanentError):
    """Nothing was kept. ``status`` is the HTTP status that says the same, ``retry_after`` the seconds after which it
    may be tried again, where time alone helps.
    """

    def __init__(self, message: str, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
