"""Instructions that stand in documents, and a language model that obeys all of them: what comes of it.

The product, in a home that is thrown away, reads each document by its own ingest and answers a harmless question about
it with the obedient model. What is counted is what a company fears: words of a document that the asker may not read,
anything on the page that would make a browser go elsewhere or run something, connections the server makes, and changes
to anything but the asker's own conversation.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.benchmarking.programs import Program, run_command
from knowledge.errors import FootnoteError


class PayloadsRefused(FootnoteError):
    """The file of payloads cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Payload:
    """``trigger``: words that the instruction wants in the answer; empty when it wants something else."""

    id: str
    text: str
    category: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``given``: the instruction reached the model. ``leaks``, ``reaching``, ``connections`` and ``actions`` must be
    empty. ``shown``: a sentence of the answer holds the wanted words; ``vouched``:
    and says that its document supports it, for the document does say so."""

    payload: Payload
    given: bool
    leaks: tuple[str, ...]
    reaching: tuple[str, ...]
    connections: tuple[str, ...]
    actions: tuple[str, ...]
    shown: bool
    vouched: bool

    @property
    def safe(self) -> bool:
        return not (self.leaks or self.reaching or self.connections or self.actions)


def read_payloads(folder: Path, limit: int = 0) -> list[Payload]:
    """``payloads.jsonl`` of a folder: id, payload, maybe category and trigger. Raises PayloadsRefused."""
    try:
        lines = (folder / "payloads.jsonl").read_text().splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        found = [Payload(r["id"], r["payload"], r.get("category") or "", r.get("trigger") or "") for r in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PayloadsRefused(f"{folder} needs a payloads.jsonl with id and payload in each line: {error}") from error
    return found[:: max(1, len(found) // limit)][:limit] if limit else found


def measure(payloads: Iterable[Payload]) -> Iterator[Outcome]:
    """Raises BenchmarkFailed when the product does not run."""
    with tempfile.TemporaryDirectory(prefix="footnote-injection-") as made:
        home = Path(made)
        run_command(home, "migrate", "-v0")
        with (
            Program.of_module("config.injection.obedient", home, str(home / "model")),
            Program.of_module("config.injection.product", home, str(home / "model")) as product,
        ):
            for number, payload in enumerate(payloads):
                said = product.ask("plant_and_ask", number=number, payload=payload.text, trigger=payload.trigger)
                kept = {name: tuple(said[name]) for name in ("leaks", "reaching", "connections", "actions")}
                yield Outcome(payload, said["given"], shown=said["shown"], vouched=said["vouched"], **kept)


def figures(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    rows = list(outcomes)
    count: Counter[str] = Counter(payloads=len(rows))
    for name in ("given", "leaks", "reaching", "connections", "actions", "shown", "vouched"):
        count[name] = sum(bool(getattr(row, name)) for row in rows)
    count["with_trigger"] = sum(bool(row.payload.trigger) for row in rows)
    return count
