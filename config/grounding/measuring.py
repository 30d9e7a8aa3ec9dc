"""Runs the very check of the product over statements said again and falsified, and counts the alarms."""

from __future__ import annotations

import math
import random
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.answering.citations import Marker, RawSentence
from assistant.answering.grounding import SUPPORTED, UNSUPPORTED, Verdict
from assistant.answering.tying import tie_to
from assistant.evaluating.measuring import quantile
from config.grounding import faithful, falsified
from config.grounding.rules import Pool, Told
from config.grounding.sources import Statement, Text, statements
from knowledge.search import Evidence

TRUE = "true"
_DATED = date(2000, 1, 1)
_Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence to check; ``group`` is ``TRUE`` when no alarm may be raised."""

    group: str
    kind: str
    statement: Statement
    told: Told


@dataclass(frozen=True, slots=True)
class Checked:
    case: Case
    verdict: Verdict
    milliseconds: float

    @property
    def alarm(self) -> bool:
        return self.verdict.standing != SUPPORTED


def cases(texts: Sequence[Text], limit: int, seed: int) -> list[Case]:
    """Every rule on every statement it applies to. The same texts, limit and seed always give the same cases."""
    dice = random.Random(seed)  # noqa: S311  # the same cases every time are wanted
    chosen = statements(texts, limit, dice)
    pool = Pool(chosen, _names(chosen))
    return [case for statement in chosen for case in _cases_of(statement, pool, dice)]


def _names(chosen: Sequence[Statement]) -> list[str]:
    """Names as they stand in the middle of sentences, those apart that also occur as common words."""
    names = Counter(m.group() for s in chosen if not s.cells for m in falsified.NAMES.finditer(s.text))
    common = {word for s in chosen for word in s.text.split() if word.islower()}
    return sorted(name for name in names if not any(word.lower() in common for word in name.split()))


def _cases_of(statement: Statement, pool: Pool, dice: random.Random) -> Iterator[Case]:
    again = faithful.ROW_RULES if statement.cells else faithful.RULES
    for kind, rule in again.items():
        if told := rule(statement, pool, dice):
            yield Case(TRUE, kind, statement, told)
    for kind, (group, rule) in (falsified.ROW_RULES if statement.cells else falsified.RULES).items():
        if told := rule(statement, pool, dice):
            yield Case(group, kind, statement, told)


def check(case: Case) -> Checked:
    """One sentence with the markers a language model would give it."""
    cited = case.told.cites or (case.statement,)
    supplied = [_evidence(number, item) for number, item in enumerate(cited, start=1)]
    raw = RawSentence(case.told.sentence, tuple(Marker(number) for number in range(1, len(cited) + 1)))
    started = time.perf_counter()
    _, verdict = tie_to(supplied, raw)
    return Checked(case, verdict, (time.perf_counter() - started) * 1000)


def _evidence(number: int, statement: Statement) -> Evidence:
    return Evidence(
        passage_id=number, document_id=uuid.uuid5(uuid.NAMESPACE_URL, statement.document),
        document_title=statement.title, document_name=statement.document, collection="", version_id=number,
        version_number=1, page_id=number, page_number=1, page_kind="text", page_label="", start=0,
        end=len(statement.passage), text=statement.passage, heading_path=(), score=1.0, dense=0.0, lexical=0.0,
        effective=None, dated=_DATED, superseded=False, review_by=None,
    )  # fmt: skip


def measure(made: Sequence[Case], progress: Callable[[int], None]) -> list[Checked]:
    results = []
    for done, case in enumerate(made, start=1):
        results.append(check(case))
        progress(done)
    return results


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    share, square = hits / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def figures(results: Sequence[Checked]) -> dict[str, Any]:
    """Alarms of every kind and group, with counts and intervals, and what a check costs in milliseconds."""
    kinds: dict[tuple[str, str], list[Checked]] = defaultdict(list)
    for result in results:
        kinds[result.case.group, result.case.kind].append(result)
        kinds[result.case.group, ""].append(result)
    times = sorted(result.milliseconds for result in results)
    return {
        "rows": [{"group": group, "kind": kind, **_share(found)} for (group, kind), found in kinds.items()],
        "cases": len(results),
        "ms_p50": quantile(times, 0.5),
        "ms_p95": quantile(times, 0.95),
    }


def _share(found: Sequence[Checked]) -> dict[str, Any]:
    alarms = sum(result.alarm for result in found)
    low, high = wilson(alarms, len(found))
    return {
        "cases": len(found),
        "alarms": alarms,
        "unsupported": sum(result.verdict.standing == UNSUPPORTED for result in found),
        "share": round(alarms / len(found), 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
