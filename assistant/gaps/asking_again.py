"""When documents arrive: the open questions near them are asked again, each as its asker, and askers are told.

Nothing is saved of such a trial and no language model is asked: the same search, ranking and threshold as the chat's
say whether there is an answer now, and its best sentence has to stand in a document that has just arrived.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import NoticeKind, User
from accounts.notices.telling import tell
from assistant.conversing.conversations import earlier_exchanges
from assistant.conversing.outlook import outlook
from assistant.gaps.rows import GapPosition, GapQuestion
from assistant.models import Turn
from knowledge.embedding.stored import from_bytes, table
from knowledge.models import IndexChange, Passage

NEAR = 0.3  # cosine of a question and a new passage from which it is worth asking again
CHANGES_AT_ONCE = 100
QUESTIONS_AT_ONCE = 200


def ask_again() -> int:
    """Asks again what the documents since the last time may answer. Gives how many askers were told.

    Raises SearchUnavailable when nothing can be searched; then the same changes come again.
    """
    newest = IndexChange.objects.order_by("-position").values_list("position", flat=True).first() or 0
    row, _ = GapPosition.objects.get_or_create(pk=1, defaults={"position": newest})
    changes = IndexChange.objects.filter(position__gt=row.position).order_by("position")
    seen = list(changes.values_list("position", "kind", "version_id")[:CHANGES_AT_ONCE])
    if not seen:
        return 0
    newest = seen[-1][0]
    near = _near({version: position for position, kind, version in seen if kind == IndexChange.Kind.ADD})
    now = list(near)[:QUESTIONS_AT_ONCE]
    told = 0
    for question in _with_askers(now):
        told += _answered(question, near[question.pk])
        GapQuestion.objects.filter(pk=question.pk).update(tried=newest)
    if len(now) == len(near):  # otherwise the next round goes on with the others
        GapPosition.objects.filter(pk=1, position__lt=newest).update(position=newest)
    return told


def _near(arrived: Mapping[int, int]) -> dict[int, set[uuid.UUID]]:
    """Open questions, by id, with the documents that come near them and that they were not yet asked of; the nearest
    questions first. ``arrived``: versions with their positions. Vectors only are read, for there may be very many."""
    rows = Passage.objects.filter(version__in=arrived, version__current_of__isnull=False)
    passages = list(rows.values_list("version__document_id", "version_id", "model_id", "vector"))
    if not passages:
        return {}
    matrix = table([data for *_, data in passages])
    positions = np.array([arrived[version] for _, version, *_ in passages])
    found = []
    waiting = GapQuestion.objects.filter(answered__isnull=True, gap__model_id=passages[0][2])
    waiting = waiting.filter(tried__lt=int(positions.max())).order_by("pk")
    for pk, tried, vector in waiting.values_list("pk", "tried", "vector").iterator():
        cosines = np.where(positions > tried, matrix @ from_bytes(vector), -1.0)
        if cosines.max() >= NEAR:
            documents = {passages[at][0] for at in np.flatnonzero(cosines >= NEAR)}
            found.append((-float(cosines.max()), pk, documents))
    return {pk: documents for _, pk, documents in sorted(found, key=lambda one: one[:2])}


def _with_askers(keys: Sequence[int]) -> list[GapQuestion]:
    """In the given order."""
    rows = GapQuestion.objects.select_related("answer__turn__conversation__user", "gap").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _answered(question: GapQuestion, documents: set[uuid.UUID]) -> bool:
    turn = question.answer.turn
    user = turn.conversation.user
    if not user.is_active or not would_answer(turn, user, documents):
        return False
    with transaction.atomic():
        if not GapQuestion.objects.filter(pk=question.pk, answered__isnull=True).update(answered=timezone.now()):
            return False  # another worker was quicker, or the question was deleted
        audit.record(None, "gap.answered", question.gap, user=user.pk)
        tell(
            [user],
            NoticeKind.ANSWERED,
            "Your question {it} can be answered now. Ask it again.",
            f"/again/{turn.pk}/",
            about=f"turn:{turn.pk}",
            once=f"answered:{turn.pk}",
        )
    return True


def would_answer(turn: Turn, user: User, documents: Collection[uuid.UUID]) -> bool:
    """Whether the asker would be answered now, and from one of these documents."""
    seen = outlook(turn.question, user, earlier_exchanges(turn))
    return seen.answers and seen.material.ranked[0].evidence.document_id in documents
