"""Errors of answering. They hang in the tree of ``knowledge.errors``.

FootnoteError
├── PermanentError
│   ├── QuestionRefused        the question cannot be taken as it is
│   ├── SharingRefused         the conversation cannot be shared like that
│   └── ReviewRefused          the review cannot be taken, finished or kept like that
└── TransientError
    ├── TooManyAnswers         this person already has as many answers running as allowed
    ├── GeneratorUnavailable   the language model gave nothing at all
    └── GeneratorInterrupted   the language model began and did not finish properly
"""

from __future__ import annotations

from knowledge.errors import PermanentError, TransientError


class QuestionRefused(PermanentError):
    """The question cannot be taken as it is; the message says what to change."""


class SharingRefused(PermanentError):
    """The conversation cannot be shared with whoever was named; the message says what to change."""


class ReviewRefused(PermanentError):
    """A reviewer's wish cannot be followed; the message says what to change."""


class TooManyAnswers(TransientError):
    """This person already has as many answers running as allowed. ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GeneratorUnavailable(TransientError):
    """The language model could not be reached, refused, or said nothing in time. ``code`` is stable for statistics.

    ``retry_after`` is how many seconds it asked to be left alone, None when it did not.
    """

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class GeneratorInterrupted(TransientError):
    """The language model began an answer and broke off, or would not stop. ``code`` is stable for statistics."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
