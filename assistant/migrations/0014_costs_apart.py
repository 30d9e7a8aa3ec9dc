"""What a day cost, by currency. Rows of before name one currency: what was added up under it stays so."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def by_currency(apps: Any, schema_editor: Any) -> None:
    days = apps.get_model("assistant", "AnswerDay").objects.using(schema_editor.connection.alias)
    rows = list(days.exclude(cost=0).only("cost", "currency"))
    for row in rows:
        row.costs = {row.currency: str(row.cost)}
    days.bulk_update(rows, ["costs"], batch_size=400)


class Migration(migrations.Migration):
    dependencies = [("assistant", "0013_rated_again")]

    operations = [
        migrations.AddField(
            model_name="answerday",
            name="costs",
            field=models.JSONField(
                default=dict, help_text="{currency: amount}, the amount as text so that none is rounded"
            ),
        ),
        migrations.RunPython(by_currency, migrations.RunPython.noop),
        migrations.RemoveField(model_name="answerday", name="cost"),
        migrations.RemoveField(model_name="answerday", name="currency"),
    ]
