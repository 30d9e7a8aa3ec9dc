"""Which verified answer, if any, answers what is asked now.

The same words are the same question. Other words only when the review policy says so, for it is less sure (see
docs/benchmarks.md): then all kept questions are compared by their vectors in this process. What was found is asked of
the database under the read rule, whether it is anything or not, so that what somebody may not see changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Max

from accounts.models import User
from assistant.models import ReviewPolicy, VerifiedAnswer
from assistant.selection.vectors import vectors_of
from assistant.verified.sameness import CLOSE, Known, differs
from knowledge.embedding import Vectors, get_embedder
from knowledge.embedding.stored import table
from knowledge.errors import SearchUnavailable
from knowledge.lexical import words

_NEAREST = 20  # kept questions that are looked at closely
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Table:
    """Every kept question that is in force, with its vector and its words; ``stamp`` tells when it is out of date."""

    stamp: tuple[object, ...]
    ids: tuple[int, ...]
    same: dict[tuple[str, ...], tuple[int, ...]]
    vectors: Vectors


_table: _Table | None = None


def find(asked: str, user: User) -> VerifiedAnswer | None:
    """The verified answer to this question that holds for this person now; the newest of those nearest."""
    kept = _current()
    if not kept.same:
        return None  # for nobody, so this tells nothing
    close = _nearest(kept, asked, reworded=ReviewPolicy.objects.filter(reworded=True).exists())
    servable = VerifiedAnswer.objects.servable_to(user)
    theirs = servable.filter(pk__in=list(close)).values_list("pk", flat=True)
    # The nearest of what is theirs: those that are not must not take a place among them.
    nearest = sorted(theirs, key=lambda pk: (-close[pk], -pk))[:_NEAREST]
    rows = servable.filter(pk__in=nearest).prefetch_related("citations")
    same = [row for row in rows if not differs(asked, known(row))]
    return max(same, key=lambda row: (round(close[row.pk], 2), row.at), default=None)


def known(row: VerifiedAnswer) -> Known:
    said = [sentence["text"] for sentence in row.sentences]
    return Known(row.question, "\n".join([*said, *(citation.quote for citation in row.citations.all())]))


def best(asked: str, closeness: Sequence[float], questions: Sequence[Known]) -> int | None:
    """The place of the question that asks the same, by the rules that serving follows; None when none does."""
    order = sorted(range(len(questions)), key=lambda place: -closeness[place])[:_NEAREST]
    near = (place for place in order if closeness[place] >= CLOSE)
    return next((place for place in near if not differs(asked, questions[place])), None)


def _nearest(kept: _Table, asked: str, *, reworded: bool) -> dict[int, float]:
    """Id → cosine of kept questions that are the same in words (then 1) or, when those count, close enough."""
    found: dict[int, float] = dict.fromkeys(kept.same.get(tuple(words(asked)), ()), 1.0)
    if reworded and len(kept.vectors):
        try:
            cosines = kept.vectors @ vectors_of([asked])[0]
        except SearchUnavailable:
            return found
        for place in np.flatnonzero(cosines >= CLOSE):
            found.setdefault(kept.ids[int(place)], float(cosines[place]))
    return found


def _current() -> _Table:
    global _table  # one table per process, made anew when a row changed
    stamp = _stamp()
    with _lock:
        if _table is None or _table.stamp != stamp:
            _table = _read(stamp)
        return _table


def _stamp() -> tuple[object, ...]:
    rows = VerifiedAnswer.objects.aggregate(n=Count("pk"), newest=Max("changed"))
    return rows["n"], rows["newest"], _model()


def _model() -> str:
    """The id of the model at hand; "" when there is none, and then only the same words match."""
    try:
        return get_embedder().model_id
    except SearchUnavailable:
        return ""


def _read(stamp: tuple[object, ...]) -> _Table:
    model = str(stamp[-1])
    rows = list(
        VerifiedAnswer.objects.filter(state=VerifiedAnswer.State.IN_FORCE)
        .order_by("pk")
        .values_list("pk", "question", "vector", "model_id")
    )
    same: dict[tuple[str, ...], tuple[int, ...]] = {}
    for pk, question, _vector, _model in rows:
        key = tuple(words(question))
        same[key] = (*same.get(key, ()), pk)
    ids, vectors = _vectors((pk, bytes(vector)) for pk, _, vector, by in rows if model and by == model)
    return _Table(stamp, ids, same, vectors)


def _vectors(rows: Iterable[tuple[int, bytes]]) -> tuple[tuple[int, ...], Vectors]:
    kept = list(rows)
    return tuple(pk for pk, _ in kept), table([vector for _, vector in kept])
