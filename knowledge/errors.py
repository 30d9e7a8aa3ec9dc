"""Errors of the knowledge layer. Messages are written for the person who reads them.

FootnoteError
├── PermanentError        trying again will not help
│   ├── UnreadableDocument   the file cannot be read, with the reason in plain words
│   ├── DocumentGone         the document was deleted while work on it went on
│   └── ConfigurationError   a setting is wrong
└── TransientError        trying again may help
    ├── DiskFull             too little of the disk is free to begin
    └── SearchUnavailable    the index or the embedding model cannot be used just now
        └── IndexBusy        the index is being built
"""

from __future__ import annotations


class FootnoteError(Exception):
    """Anything Footnote refuses or fails at, said in words for people."""


class PermanentError(FootnoteError):
    """Trying again will not help."""


class UnreadableDocument(PermanentError):
    """A file that cannot become passages.

    ``code`` is stable for tests and statistics (``encrypted``, ``empty``, ``no_text``, ``damaged``, ``unsupported``,
    ``too_large``, ``too_slow``); the message is the sentence a clerk reads.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DocumentGone(PermanentError):
    """The document was deleted while work on it went on."""


class ConfigurationError(PermanentError):
    """A setting is missing or contradicts another."""


class TransientError(FootnoteError):
    """Trying again may help."""


class DiskFull(TransientError):
    """Too little of the disk is free to begin."""


class SearchUnavailable(TransientError):
    """The index or the embedding model cannot be used just now."""


class IndexBusy(SearchUnavailable):
    """The index is being built, and longer than who asks can wait."""
