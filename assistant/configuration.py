"""Which settings answer: the environment's and the administrators' rows, overridden by what was last promoted, or by
the candidate that is being measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from assistant.abstention.policy import Choice
from assistant.models import Candidate, ModelEndpoint, Promotion, PromptText
from assistant.selection.gathering import PASSAGES
from knowledge.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Configuration:
    """``answerer``: "quoting" or an endpoint's id, asked first. ``rules``: a prompt of the installation's own, which
    answers name ``prompt_version``. ``promotion``: the row that says so, 0 for none and while measuring."""

    answerer: str = ""
    prompt_version: str = ""
    passages: int = PASSAGES
    tuning: Tuning = field(default_factory=Tuning)
    abstention: Choice = field(default_factory=Choice)
    promotion: int = 0

    @property
    def rules(self) -> str:
        if not self.prompt_version:
            return ""
        return PromptText.objects.filter(name=self.prompt_version).values_list("text", flat=True).first() or ""

    def as_json(self) -> dict[str, Any]:
        """What differs from nothing overridden, flat; the promotion's number stays out of it."""
        mine, plain = asdict(self), asdict(Configuration())
        flat = {**mine.pop("tuning"), **mine.pop("abstention"), **mine}
        usual = {**plain.pop("tuning"), **plain.pop("abstention"), **plain}
        return {name: value for name, value in flat.items() if name != "promotion" and value != usual[name]}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]


_trying: ContextVar[Configuration | None] = ContextVar("trying", default=None)


def in_force() -> Configuration:
    """What answers at this moment. One question to the database; an answer asks once, so it is of one piece."""
    tried = _trying.get()
    return tried if tried is not None else promoted()


def promoted() -> Configuration:
    """What was last promoted; nothing overridden when nothing was."""
    newest = Promotion.objects.order_by("-pk").values_list("pk", "overrides").first()
    if newest is None:
        return Configuration()
    number = newest[1].get("answerer", "").removeprefix("row:")
    if number.isdigit() and not ModelEndpoint.objects.filter(pk=int(number), enabled=True).exists():
        # Switched off by an administrator since: it is not asked, as the switch says.
        return from_json({name: value for name, value in newest[1].items() if name != "answerer"}, newest[0])
    return from_json(newest[1], newest[0])


@contextmanager
def trying(other: Configuration) -> Iterator[None]:
    """For measuring: answers made inside it, by this thread, are made with these settings."""
    token = _trying.set(other)
    try:
        yield
    finally:
        _trying.reset(token)


def from_json(settings: Mapping[str, Any], promotion: int = 0) -> Configuration:
    """From what ``as_json`` gave; a name that is not known any more says nothing."""

    def part(kind: type[Any]) -> dict[str, Any]:
        return {one.name: settings[one.name] for one in fields(kind) if one.name in settings}

    tuning, abstention = Tuning(**part(Tuning)), Choice(**part(Choice))
    return Configuration(**part(Configuration), tuning=tuning, abstention=abstention, promotion=promotion)


def of_candidate(row: Candidate) -> Configuration:
    """What is empty in the row stays as it is in what is promoted now."""
    wanted: dict[str, Any] = {
        "answerer": row.answerer,
        "prompt_version": row.prompt.name if row.prompt else "",
        "passages": row.passages,
        "lexical_weight": row.lexical_weight,
        "superseded_factor": row.superseded_factor,
        "rerank": row.rerank,
        "threshold": row.threshold,
        "calibration": row.calibration_id,
        "shipped": row.shipped or None,
    }
    given = {name: value for name, value in wanted.items() if value not in (None, "")}
    return from_json({**promoted().as_json(), **given})
