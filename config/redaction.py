"""Secrets stay out of logs, error pages and error reports: wherever a known one would stand, a mark stands instead.

Nothing logs them on purpose. This is for what others put into an exception's text: a driver that repeats its address,
a client that shows its headers.
"""

from __future__ import annotations

import logging
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from assistant.endpoints.keys import known_keys

MARK = "[secret]"
_SHORTEST = 6  # characters; a shorter one would hide words that are none
_NAMES = ("SECRET_KEY", "AUDIT_KEY", "GENERATOR_KEY", "EMAIL_HOST_PASSWORD")
_ADDRESSES = ("REDIS_URL", "GENERATOR_URL")


def secrets() -> list[str]:
    """Every secret this installation was given, the longest first."""
    found = {str(getattr(settings, name, "")) for name in _NAMES}
    found |= {str(database.get("PASSWORD", "")) for database in settings.DATABASES.values()}
    for name in _ADDRESSES:
        password = urlsplit(str(getattr(settings, name, ""))).password or ""
        found |= {password, unquote(password)}
    for provider in settings.SOCIALACCOUNT_PROVIDERS.values():
        found |= {str(app.get("secret", "")) for app in provider.get("APPS", ())}
    found |= known_keys()
    return sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True)


def redact(text: str) -> str:
    for secret in secrets():
        text = text.replace(secret, MARK).replace(escape(secret), MARK)
    return text


class RedactingFormatter(logging.Formatter):
    """A line and its traceback without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class Reporter(ExceptionReporter):
    """The whole of an error page or report, the text of the error included."""

    def get_traceback_html(self) -> SafeString:
        return SafeString(redact(super().get_traceback_html()))  # escaped before; a mark changes nothing of that

    def get_traceback_text(self) -> SafeString:
        return SafeString(redact(super().get_traceback_text()))


class ReporterFilter(SafeExceptionReporterFilter):
    """Error pages (FOOTNOTE_DEBUG) and reports: settings by their names, as Django does, and by what they hold."""

    def cleanse_setting(self, key: str | int, value: Any) -> Any:
        cleansed = super().cleanse_setting(key, value)
        return redact(cleansed) if isinstance(cleansed, str) else cleansed

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        """Local variables are shown only where they hold no secret."""
        return [
            (name, MARK if _holds_secret(value) else value)
            for name, value in super().get_traceback_frame_variables(request, tb_frame)
        ]


def _holds_secret(value: Any) -> bool:
    shown = repr(value)
    return redact(shown) != shown
