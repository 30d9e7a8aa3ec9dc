"""From answers that found nothing to groups of questions: what came since the last time, in order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts.models import NoticeKind
from accounts.notices.telling import tell
from assistant.gaps.linking import Group, nearest
from assistant.gaps.rows import Gap, GapNear, GapQuestion
from assistant.models import Answer, Feedback, Turn
from knowledge.embedding import Vectors, get_embedder, query_vector
from knowledge.embedding.stored import as_bytes, from_bytes
from knowledge.followups import Exchange, context_for
from knowledge.models import Document

NEAREST = 3  # documents whose owners are asked
AT_ONCE = 500
_AGAIN = timedelta(hours=1)  # answers that were committed after a younger one was gathered
_TECHNICAL = ("no_model", "no_index")  # nothing was found because it could not be searched
_KEPT_GROUPS = 5000  # open groups that are compared


def unanswered() -> QuerySet[Answer]:
    """Answers that found nothing, or to which the reader says that something is missing, and after which the question
    was not answered either when it was asked once more. A question that was asked back is open, not unanswered; neither
    is a summary or a table a question."""
    silent = Q(abstained=True, asked_back="") & ~Q(degraded__in=_TECHNICAL)
    complaint = {"helpful": False, "reason": Feedback.Reason.MISSING}
    missing = Q(**{f"feedback__{name}": value for name, value in complaint.items()})
    complete = Answer.objects.filter(state=Answer.State.COMPLETE)
    later = complete.filter(turn=OuterRef("turn"), created__gt=OuterRef("created"))
    said = later.filter(abstained=False, sentence_count__gt=0)
    answered = Exists(said.exclude(Exists(Feedback.objects.filter(answer=OuterRef("pk"), **complaint))))
    return complete.filter(silent | missing, ~answered, turn__mode="").distinct()


def gather() -> int:
    """Groups the questions that are new, without those that are none any more. Gives how many are new. Raises
    SearchUnavailable without the model."""
    _close()
    Gap.objects.filter(questions__isnull=True).delete()  # their questions were deleted
    model = get_embedder().model_id
    fresh = list({answer.turn_id: answer for answer in _fresh()}.values())
    if not fresh:
        return 0
    groups = _open_groups(model)
    joined = 0
    for answer in fresh:
        vector = query_vector(own_words(answer.turn))
        try:
            with transaction.atomic():
                question = _join(answer, vector, groups, model)
                _tell_owners(question)
        except IntegrityError:
            continue  # another worker was quicker, or the answer was deleted meanwhile
        joined += 1
    return joined


def _close() -> None:
    """Removes open questions that were answered when their askers tried once more, or whose complaint was taken back,
    and all but one of a turn, which another worker may have taken up. Removed and not marked as answered: a complaint
    that is made again makes a question again."""
    waiting = GapQuestion.objects.filter(answered__isnull=True)
    older = waiting.filter(answer__turn=OuterRef("answer__turn"), pk__lt=OuterRef("pk"))
    waiting.filter(Exists(older) | ~Exists(unanswered().filter(pk=OuterRef("answer")))).delete()


def _fresh() -> Iterator[Answer]:
    """Of a turn that was tried several times each answer, unless its question is open already, or was answered since:
    people are counted, not their retries."""
    # How far the last rounds came, by when answers were finished and not by when they were grouped: what waited while
    # nothing could be grouped, or was more than one round takes, is older than the round itself.
    rounds = GapQuestion.objects.order_by("-pk")[: 2 * AT_ONCE]
    newest = rounds.aggregate(newest=Max("answer__finished"))["newest"]
    known = GapQuestion.objects.filter(answer__turn=OuterRef("turn"))
    known = known.filter(Q(answered__isnull=True) | Q(answered__gte=OuterRef("finished")))
    waiting = unanswered().filter(~Exists(known), gap_question__isnull=True, turn__conversation__user__synthetic=False)
    if newest is not None:
        since = newest - _AGAIN
        waiting = waiting.filter(Q(finished__gte=since) | Q(feedback__updated__gte=since))
    yield from waiting.select_related("turn__parent").order_by("finished", "pk")[:AT_ONCE]


def own_words(turn: Turn) -> str:
    """What the asker wrote, after what they wrote before it where it leans on that; never words of an answer or a
    document."""
    before = [Exchange(turn.parent.question)] if turn.parent is not None else []
    return f"{context_for(turn.question, before)} {turn.question}".strip()


def _open_groups(model: str) -> list[Group]:
    found: dict[int, Group] = {}
    open_gaps = Gap.objects.filter(model_id=model, questions__answered__isnull=True).order_by("-updated").distinct()
    keys = list(open_gaps.values_list("pk", flat=True)[:_KEPT_GROUPS])
    rows = GapQuestion.objects.filter(gap__in=keys, answered__isnull=True).order_by("pk")
    for key, data in rows.values_list("gap_id", "vector"):
        vector = from_bytes(data)
        if key in found:
            found[key].add(vector)
        else:
            found[key] = Group(key, vector, 1)
    return list(found.values())


def _join(answer: Answer, vector: Vectors, groups: list[Group], model: str) -> GapQuestion:
    group = nearest(vector, groups)
    gap = Gap.objects.filter(pk=group.key).first() if group else None
    if gap is None:
        gap = Gap.objects.create(model_id=model)
    question = GapQuestion.objects.create(answer=answer, gap=gap, vector=as_bytes(vector))
    ranks = {key: rank for rank, key in enumerate(_nearest(answer))}
    here = Document.objects.filter(pk__in=ranks, deleted__isnull=True, canary=False).values_list("pk", flat=True)
    GapNear.objects.bulk_create(GapNear(question=question, document_id=key, rank=ranks[key]) for key in here)
    gap.save(update_fields=["updated"])
    if group is None or group.key != gap.pk:
        groups.append(Group(gap.pk, np.array(vector), 1))
    else:
        group.add(vector)
    return question


def _nearest(answer: Answer) -> list[uuid.UUID]:
    """Documents as the asker's own search found them, by their own permission."""
    keys = dict.fromkeys(uuid.UUID(row["document_id"]) for row in answer.retrieved)
    return list(keys)[:NEAREST]


def _tell_owners(question: GapQuestion) -> None:
    from assistant.gaps.showing import keepers  # which shows what is gathered here

    tell(
        keepers(question),
        NoticeKind.GAP,
        "People ask what your documents do not say. The questions are on the page of gaps.",
        f"/gaps/#gap-{question.gap_id}",
        once=f"gap:{question.gap_id}",
    )
