#!/usr/bin/env python
"""Entry point of every Footnote command."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection

UNPREPARED = "This home has no database yet. Start it with `make run`, or run `manage.py migrate` first."


def main() -> None:
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        if "accounts_user" in connection.introspection.table_names():
            raise
        sys.exit(UNPREPARED)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
