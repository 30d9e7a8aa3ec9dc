"""Synthetic users, who probe permissions and are nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_data"),
    ]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.AddField(
            model_name="user",
            name="synthetic",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
