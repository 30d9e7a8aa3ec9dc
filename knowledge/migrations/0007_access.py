"""Canaries and the runs of the permission proof."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import knowledge.models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0006_crash"),
        ("accounts", "0004_access"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="canary",
            field=models.BooleanField(default=False, editable=False, help_text="Kept by the permission proof."),
        ),
        migrations.AlterField(
            model_name="document",
            name="collection",
            field=models.ForeignKey(
                on_delete=knowledge.models.keep_documents, related_name="documents", to="knowledge.collection"
            ),
        ),
        migrations.CreateModel(
            name="ProbeRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started", models.DateTimeField(db_index=True)),
                ("finished", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("clean", "nothing leaked"),
                            ("leak", "a leak"),
                            ("blind", "the probe did not find what it may see, so it proves nothing"),
                            ("failed", "the probe could not run"),
                        ],
                        max_length=8,
                    ),
                ),
                ("canaries", models.PositiveIntegerField(default=0)),
                ("questions", models.PositiveIntegerField(default=0, help_text="Searches made")),
                (
                    "leaks",
                    models.JSONField(default=list, help_text="[{probe, door, document}]: seen, but not theirs to see"),
                ),
                (
                    "missed",
                    models.JSONField(default=list, help_text="[{probe, door, document}]: theirs to see, but not seen"),
                ),
                ("error", models.CharField(blank=True, help_text="The kind of failure, never its text", max_length=80)),
                ("settled", models.DateTimeField(blank=True, null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-started", "-pk"],
            },
        ),
    ]
