from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Footnote"

    def ready(self) -> None:
        # These need the models, which are not there yet when this module is imported.
        from accounts import policy
        from config import checks
        from knowledge.models import Collection

        checks.register()
        policy.register_curators(lambda user: Collection.objects.curated_by(user).exists())
