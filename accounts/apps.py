from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # Both need the models, which are not there yet when this module is imported.
        from accounts import policy, signals  # noqa: F401  # importing connects the signals

        checks.register(policy.check_every_route_declared)
