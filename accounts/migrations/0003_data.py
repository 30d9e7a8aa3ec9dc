"""The trail becomes a chain; what is left of it after its time is a stub; proofs of what was erased."""

from importlib import import_module

import django.utils.timezone
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts import append_only
from accounts.chain import link, sign


def lift(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(editor.connection)


def guard(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(editor.connection)


def guard_as_before(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION IF EXISTS audit_append_only()")
    import_module("accounts.migrations.0002_audit_append_only").install(apps, editor)


def chain_what_is_there(apps: migrations.state.StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    digest, count = "", 0
    event_model = apps.get_model("accounts", "AuditEvent")
    for event in event_model.objects.order_by("id").iterator(chunk_size=1000):
        digest = link(digest, event.at, event.actor_id, event.action, event.object_type, event.object_id, event.detail)
        event_model.objects.filter(pk=event.pk).update(digest=digest)
        count += 1
    apps.get_model("accounts", "AuditHead").objects.create(
        pk=1, count=count, digest=digest, signature=sign("head", count, digest)
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_append_only")]
    operations = [
        migrations.RunPython(lift, guard_as_before),
        migrations.AlterField(
            model_name="auditevent",
            name="at",
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="auditevent",
            name="digest",
            field=models.CharField(default="", editable=False, max_length=64),
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.BigIntegerField(default=0)),
                ("digest", models.CharField(default="", max_length=64)),
                ("signature", models.CharField(default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="AuditStub",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.BigIntegerField(help_text="The id of the last line that was removed.", unique=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "removed",
                    models.BigIntegerField(help_text="Lines removed since the trail began, this time's included."),
                ),
                ("last_at", models.DateTimeField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("signature", models.CharField(max_length=64)),
            ],
            options={"ordering": ("through",)},
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("document", "document"), ("person", "person")], max_length=16)),
                ("object_id", models.CharField(max_length=64)),
                ("asked", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("unretrievable", models.DateTimeField(null=True)),
                ("erased", models.DateTimeField(db_index=True, null=True)),
                ("remains", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ("-asked", "-id"),
                "constraints": [models.UniqueConstraint(fields=("kind", "object_id"), name="erasure_once")],
            },
        ),
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
        migrations.RunPython(guard, lift),
    ]
