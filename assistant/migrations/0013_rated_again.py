"""When a rating was given last: one that is changed later can make a question unanswered."""

from __future__ import annotations

from typing import Any

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def begin(apps: Any, schema_editor: Any) -> None:
    ratings = apps.get_model("assistant", "Feedback").objects.using(schema_editor.connection.alias)
    ratings.update(updated=F("created"))


class Migration(migrations.Migration):
    dependencies = [("assistant", "0012_unfinished")]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="updated",
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
