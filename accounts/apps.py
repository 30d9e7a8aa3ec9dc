from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # These need the models, which are not there yet when this module is imported.
        from accounts import erasing, policy, signals  # noqa: F401  # importing connects the signals

        checks.register(policy.check_every_route_declared)
        post_migrate.connect(_guard_the_trail, sender=self)


def _guard_the_trail(using: str, **_: Any) -> None:
    from accounts import append_only

    connection = connections[using]
    if {"accounts_auditevent", "accounts_auditstub"} <= set(connection.introspection.table_names()):
        append_only.install(connection)
