"""How good the answers are: stored cases are asked as the people they name, through the very road every question takes.

A quote counts as right when the cited words and the gold words are the same place: one holds the other, or they share
at least 60 % of the shorter, white space apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any

from accounts.models import User
from assistant.apart import asked_apart
from assistant.configuration import in_force
from assistant.generators.choices import generator_for
from assistant.models import Answer, EvalCase, EvalRun, Turn
from knowledge.embedding import get_embedder
from knowledge.models import Document, Passage
from knowledge.projection import get_projection

_SHARED = 0.6


@dataclass(frozen=True)
class CaseResult:
    """What came of one case. ``right`` of ``gold`` quotes were cited; ``leaked`` names documents not for the asker."""

    key: str
    kind: str
    answerable: bool
    abstained: bool
    gold: int
    right: int
    footnotes: int
    leaked: tuple[str, ...]
    confidence: float
    milliseconds: float
    signs: dict[str, float] = field(default_factory=dict)


def _plain(text: str) -> str:
    return " ".join(text.replace("|", " ").split())  # bars part the cells of a table and are not its words


def same_place(cited: str, gold: str) -> bool:
    """Whether two quotes of one document are the same words, give or take where they begin and end."""
    one, other = _plain(cited), _plain(gold)
    if not one or not other:
        return False
    if one in other or other in one:
        return min(len(one), len(other)) >= 0.3 * max(len(one), len(other)) or other in one
    match = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return match.size >= _SHARED * min(len(one), len(other))


def run_cases(cases: Sequence[EvalCase], progress: Callable[[int], None] = lambda done: None) -> EvalRun:
    """Asks every case and stores the run. Conversations made for it are removed again."""
    get_projection()  # model and index are loaded before the clock of the first question runs
    results = []
    for done, case in enumerate(cases, start=1):
        results.append(run_case(case))
        progress(done)
    halves = {case.half for case in cases}
    return EvalRun.objects.create(
        half=halves.pop() if len(halves) == 1 else "all",
        generator=generator_for("", in_force().answerer).name,
        model_id=get_embedder().model_id,
        figures=figures(results),
        results=[asdict(result) for result in results],
    )


def run_case(case: EvalCase) -> CaseResult:
    """Asks one case as the person it names; the conversation made for it is removed again."""
    user = User.objects.get(username=case.asked_as)
    with asked_apart(user, Turn(question=case.question), case.turns) as given:
        return _judge(case, user, given)


def _judge(case: EvalCase, user: User, given: Answer) -> CaseResult:
    cited = [
        (f"{citation.document.collection.slug}/{citation.document.name}", citation.quote)
        for citation in given.citations.select_related("document__collection")
    ]
    gold = case.gold if case.answerable else []
    right = sum(
        any(document == entry["document"] and same_place(quote, entry["quote"]) for document, quote in cited)
        for entry in gold
    )
    return CaseResult(
        key=case.key,
        kind=case.kind,
        answerable=case.answerable,
        abstained=given.abstained,
        gold=len(gold),
        right=right,
        footnotes=len(cited),
        leaked=tuple(sorted(leaked(user, given))),
        confidence=given.confidence or 0.0,
        milliseconds=float(given.timings_ms.get("total", 0.0)),
        signs=given.signs,
    )


def leaked(user: User, given: Answer) -> set[str]:
    """Documents that took part in an answer although its asker may not read them."""
    passages = [row["passage_id"] for row in given.retrieved]
    used = set(Passage.objects.filter(pk__in=passages).values_list("version__document_id", flat=True))
    used |= set(given.citations.values_list("document_id", flat=True))
    visible = set(Document.objects.visible_to(user).filter(pk__in=used).values_list("pk", flat=True))
    return {str(document) for document in used - visible}


def figures(results: Iterable[CaseResult]) -> dict[str, Any]:
    """The figures over all cases, and under ``by`` the same for each kind."""
    kinds: dict[str, list[CaseResult]] = defaultdict(list)
    for result in results:
        kinds[result.kind].append(result)
    everything = [result for group in kinds.values() for result in group]
    return {**_figures(everything), "by": {kind: _figures(group) for kind, group in sorted(kinds.items())}}


def _figures(results: Sequence[CaseResult]) -> dict[str, Any]:
    answerable = [r for r in results if r.answerable]
    silent = [r for r in results if not r.answerable]
    times = sorted(r.milliseconds for r in results)
    return {
        "questions": len(results),
        "right_quote_cited": _share(r.right > 0 for r in answerable),
        "all_quotes_cited": _share(r.right == r.gold for r in answerable),
        "abstained_when_unanswerable": _share(r.abstained for r in silent),
        "false_refusals": _share(r.abstained for r in answerable),
        "leaked_documents": sum(len(r.leaked) for r in results),
        "footnotes_per_answer": mean(r.footnotes for r in results if not r.abstained),
        "abstention_auc": auc([r.confidence for r in answerable], [r.confidence for r in silent]),
        "ms_p50": quantile(times, 0.5),
        "ms_p95": quantile(times, 0.95),
    }


def _share(flags: Iterable[bool]) -> float | None:
    return mean(float(flag) for flag in flags)


def mean(values: Iterable[float]) -> float | None:
    """To four places; None of nothing."""
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4) if numbers else None


def quantile(ordered: Sequence[float], share: float, places: int = 1) -> float | None:
    """Of sorted numbers, to so many places; None of nothing."""
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], places) if ordered else None


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Area under the ROC curve: how often a positive scores above a negative, ties counting half."""
    if not positive or not negative:
        return None
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return round(wins / (len(positive) * len(negative)), 4)
