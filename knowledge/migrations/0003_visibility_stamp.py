"""Marks that triggers change with what people may see (``knowledge/stamps.py``), and the index to read one part by."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0002_full_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VisibilityStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=2)),
                ("slot", models.BigIntegerField()),
                ("stamp", models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["collection", "id"], name="document_by_part"),
        ),
        migrations.AddConstraint(
            model_name="visibilitystamp",
            constraint=models.UniqueConstraint(fields=("part", "slot"), name="visibility_stamp_once_per_slot"),
        ),
    ]
