"""The benchmark of the pages runs as an operator would run it, on a small database of its own."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.slow
def test_every_page_opens_on_a_filled_database() -> None:
    output = StringIO()
    call_command("benchmark", "--pages", "120", "--lines", "300", "--repeats", "2", "--json", stdout=output)
    figures = json.loads(output.getvalue())
    assert (figures["database"], figures["answers"], figures["lines"]) == ("sqlite", 120, 300)
    named = " ".join(figures["pages"])
    for page in ("/review/list/?whose=done", "/review/verified/", "/evaluation/runs/", "/gaps/", "/notices/"):
        assert page in named, page
    assert len(figures["pages"]) > 75
    assert all(row["queries"] > 0 for row in figures["pages"].values())
    assert {row["status"] for row in figures["pages"].values()} == {200}
