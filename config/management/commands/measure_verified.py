"""``manage.py measure_verified``: how surely a verified answer is found again, and only for the same question."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.sample_company.same_question import FILE, labelled, measure


class Command(BaseCommand):
    help = (
        "Precision and recall of serving verified answers, on labelled questions: other wordings of the same question, "
        "and near misses that must be refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--half", choices=["tune", "report", "all"], default="report")
        parser.add_argument("--file", type=Path, default=FILE, help="labelled questions of one's own, in the same form")
        parser.add_argument("--misses", action="store_true", help="also list what went wrong")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = measure(labelled(options["half"], options["file"]))
        rows = {
            "questions": figures.questions,
            "paraphrases": figures.same,
            "near_misses": figures.near,
            "served_right": figures.right,
            "served_wrong": len(figures.wrong),
            "precision": round(figures.precision, 4) if figures.precision is not None else None,
            "recall": round(figures.recall, 4),
        }
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for name, value in rows.items():
            self.stdout.write(f"{name:<16}{'–' if value is None else value:>10}")
        if options["misses"]:
            for asked, question in figures.wrong:
                self.stdout.write(f"wrong   {asked}  →  {question}")
            for asked, question in figures.missed:
                self.stdout.write(f"missed  {asked}  →  {question}")
