"""A peer: txtai with the same model. It gets the texts read and split already, so the comparison favours it.

Runs as a file by the Python that has it, which need not have anything of this product.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from txtai import Embeddings

_FOUND = 10


def _index(embeddings: Embeddings, texts: str) -> dict[str, Any]:
    rows = json.loads(Path(texts).read_text())
    started = time.perf_counter()
    embeddings.index(enumerate(rows))
    return {"seconds": time.perf_counter() - started}


def _search(embeddings: Embeddings, questions: list[str]) -> dict[str, Any]:
    taken = []
    for question in [*questions[:5], *questions]:
        started = time.perf_counter()
        embeddings.search(question, _FOUND)
        taken.append((time.perf_counter() - started) * 1000)
    return {"search": round(statistics.median(taken[5:]), 2)}


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not mix with the answers
    embeddings = Embeddings(path=sys.argv[1], content=True, gpu=False)
    embeddings.index([(0, "warm-up")])
    for line in sys.stdin:
        order = json.loads(line)
        if order["what"] == "index":
            answer = _index(embeddings, order["texts"])
        else:
            answer = _search(embeddings, order["questions"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
