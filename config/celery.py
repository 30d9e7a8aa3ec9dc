"""The Celery application: tasks are found in each app's ``tasks`` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("footnote")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _refuse_without_model(**_: Any) -> None:
    from config.checks import refuse_without_model  # needs the settings, which Celery sets up first

    refuse_without_model()
