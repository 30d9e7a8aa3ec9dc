"""From the outcomes of single questions to the figures of a set. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from assistant.evaluating.measuring import auc, mean, quantile
from config.evaluation.asking import Outcome

_MEANS = {
    "ndcg@10": "ndcg_10",
    "recall@1": "recall_1",
    "recall@5": "recall_5",
    "recall@10": "recall_10",
    "recall@100": "recall_100",
    "span_recall@5": "span_recall_5",
    "span_precision@5": "span_precision_5",
    "span_iou@5": "span_iou_5",
    "span_recall@64": "span_recall_64",
    "precision@1": "precision_1",
    "quote_accuracy": "quote_right",
}
# Only with ``--compare``.
ALONE = {"ndcg@10_meaning_alone": "ndcg_10_meaning_alone", "ndcg@10_words_alone": "ndcg_10_words_alone"}
COLUMNS = (
    "questions", *_MEANS, "abstention_auc", "abstained_when_unanswerable", "false_refusals", "ms_p50", "ms_p95",
)  # fmt: skip


def figures(outcomes: Sequence[Outcome], facts: dict[str, Any]) -> dict[str, Any]:
    """The figures of all questions with ``facts`` of the run, and under ``by`` the same for each kind."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.kind].append(outcome)
    by = {kind: _figures(group) for kind, group in sorted(kinds.items())} if len(kinds) > 1 else {}
    return {**_figures(outcomes), **facts, "by": by}


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """``quote_accuracy`` is the share of answerable questions with a right footnote, refusals counting as wrong."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    silent = [outcome for outcome in outcomes if not outcome.answerable]
    times = sorted(outcome.milliseconds for outcome in outcomes)
    return {
        "questions": len(outcomes),
        **{name: _mean(answerable, attrgetter(field)) for name, field in _MEANS.items()},
        "abstention_auc": auc([o.confidence for o in answerable], [o.confidence for o in silent]),
        "abstained_when_unanswerable": _mean(silent, lambda outcome: outcome.abstained),
        "false_refusals": _mean(answerable, lambda outcome: outcome.abstained),
        **{name: value for name, field in ALONE.items() if (value := _mean(answerable, attrgetter(field))) is not None},
        "ms_p50": quantile(times, 0.5),
        "ms_p95": quantile(times, 0.95),
    }


def _mean(outcomes: Iterable[Outcome], value: Callable[[Outcome], float | None]) -> float | None:
    """Over the outcomes that can tell."""
    return mean(float(number) for outcome in outcomes if (number := value(outcome)) is not None)
