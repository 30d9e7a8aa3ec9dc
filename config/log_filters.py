"""What a line of the log leaves out."""

from __future__ import annotations

import logging


class MistakesOfClients(logging.Filter):
    """A request that cannot be read is a line, not a traceback: nothing of ours went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name == "django.request" and record.levelno < logging.ERROR
        if refused or record.name.startswith("django.security."):  # Django calls those errors, of whoever sent them
            record.exc_info = record.exc_text = None
        return True
