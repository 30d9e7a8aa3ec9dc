"""Addresses in small letters, and none of those that somebody had before: both let people in."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Lower


def settle(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    people = apps.get_model("accounts", "User").objects.using(database)
    people.exclude(email=Lower("email")).update(email=Lower("email"))
    addresses = apps.get_model("account", "EmailAddress").objects.using(database)
    current = people.filter(pk=OuterRef("user")).values("email")[:1]
    former = addresses.annotate(current=Subquery(current)).exclude(email=F("current"))
    addresses.filter(pk__in=list(former.values_list("pk", flat=True))).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_gaps"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop, elidable=False)]
