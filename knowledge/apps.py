from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        # Its receivers need the models, so it cannot stand above.
        from knowledge import access_trail as access_trail
        from knowledge import notice_names as notice_names
        from knowledge.proof import canaries as canaries

        post_migrate.connect(_install_stamps, sender=self)


def _install_stamps(using: str, **_: Any) -> None:
    from knowledge import stamps

    connection = connections[using]
    if set(connection.introspection.table_names()) >= stamps.TABLES:
        stamps.install(connection)
