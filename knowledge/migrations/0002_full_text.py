"""The full-text tables, which Django's models cannot describe: FTS5 on SQLite, tsvector on PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from knowledge import postings


def create(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    postings.create_schema(editor.connection)


def drop(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    postings.drop_schema(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
