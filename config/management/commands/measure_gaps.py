"""``manage.py measure_gaps``: how pure the groups of unanswered questions are, on the labelled ones of the sample."""

from __future__ import annotations

import json
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from assistant.gaps.linking import THRESHOLD, Purity, link, purity
from config.gap_picture import picture
from knowledge.embedding import Vectors, query_vector

QUESTIONS = settings.BASE_DIR / "config" / "sample_company" / "unanswered.txt"
_THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6)
_ORDERS = 20


def labelled(path: Path) -> list[tuple[str, str]]:
    """(topic, question) in the order of the file."""
    topic, found = "", []
    for line in path.read_text().splitlines():
        if line.startswith("["):
            topic = line.strip("[]")
        elif line and not line.startswith("#"):
            found.append((topic, line))
    return found


def shuffled(count: int, seed: int) -> list[int]:
    """Questions of one topic do not come one after another; the order is the same every time."""
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, not a secret
    return order


class Command(BaseCommand):
    help = "Groups the sample company's unanswered questions as the product does, and says how pure the groups are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--picture", type=Path, metavar="FILE", help="write the groups as an HTML page")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = labelled(QUESTIONS)
        vectors = [query_vector(question) for _, question in rows]
        figures: dict[str, Any] = {"questions": len(rows), "topics": len({topic for topic, _ in rows}), "by": {}}
        for threshold in _THRESHOLDS:
            runs = [self._run(rows, vectors, threshold, seed) for seed in range(_ORDERS)]
            figures["by"][str(threshold)] = _mean(runs)
        order = shuffled(len(rows), 0)
        groups = link([vectors[at] for at in order])
        if options["picture"]:
            drawn = picture([rows[at] for at in order], groups)
            options["picture"].write_text(render_to_string("gaps/picture.html", {"picture": drawn}))
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(f"{figures['questions']} questions of {figures['topics']} topics, means of {_ORDERS} orders")
        for threshold, row in figures["by"].items():
            used = "  <- used" if float(threshold) == THRESHOLD else ""
            self.stdout.write(f"  from {threshold:<5}" + "  ".join(f"{k} {v}" for k, v in row.items()) + used)

    def _run(self, rows: list[tuple[str, str]], vectors: list[Vectors], threshold: float, seed: int) -> Purity:
        order = shuffled(len(rows), seed)
        return purity(link([vectors[at] for at in order], threshold), [rows[at][0] for at in order])


def _mean(runs: list[Purity]) -> dict[str, float]:
    def mean(values: list[float], digits: int = 3) -> float:
        return round(sum(values) / len(values), digits)

    return {
        "groups": mean([run.groups for run in runs], 1),
        "of_two_or_more": mean([run.larger for run in runs], 1),
        "pure_percent": mean([run.pure_percent for run in runs], 1),
        "worst_percent": min(run.pure_percent for run in runs),
        "precision": mean([run.precision for run in runs]),
        "recall": mean([run.recall for run in runs]),
    }
