"""The reviewers' queue: what waits for whom, who took it, and how it goes. A reviewer meets only what they may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.models import ReviewItem
from assistant.reviewing.rows import ReviewItemQuerySet

State = ReviewItem.State
MOST_COUNTED = 1000  # beyond it the page says "more than"


@dataclass(frozen=True, slots=True)
class Progress:
    """Items left for this reviewer, items they finished, items on which two reviewers differ."""

    left: int
    done: int
    disagreements: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; empty ones do not filter. ``whose`` is a key of ``WHOSE``."""

    reason: str = ""
    collection: str = ""
    whose: str = ""


WHOSE = {
    "": "All that wait",
    "mine": "Mine",
    "free": "Nobody's",
    "overdue": "Overdue",
    "differ": "Opinions differ",
    "done": "Reviewed",
}


def waiting(reviewer: User) -> ReviewItemQuerySet:
    """What this reviewer could judge, also what somebody else has: no second opinion comes from who gave the first."""
    second = Q(state=State.SECOND) & (Q(first_by__isnull=True) | ~Q(first_by=reviewer))
    return ReviewItem.objects.visible_to(reviewer).filter(Q(state=State.OPEN) | second)


def queue(reviewer: User) -> QuerySet[ReviewItem]:
    """What comes before this reviewer, in order: theirs first, then by priority, day and age."""
    free = waiting(reviewer).filter(Q(assignee=reviewer) | Q(assignee__isnull=True))
    mine = Case(When(assignee=reviewer, then=Value(0)), default=Value(1))
    return free.order_by(mine, "-priority", "due", "created", "pk")


def next_item(reviewer: User, after: uuid.UUID | None = None) -> ReviewItem | None:
    """The head of the queue, or what follows the answer ``after`` in it (the head again behind the last)."""
    answers = queue(reviewer).values_list("answer_id", flat=True)
    if after is None:
        head = answers.first()
        return find(reviewer, head) if head is not None else None
    order = list(answers[: 2 * MOST_COUNTED])
    following = order[order.index(after) + 1 :] if after in order else []
    wanted = next(iter([*following, *(one for one in order if one != after)]), None)
    return find(reviewer, wanted) if wanted else None


def find(reviewer: User, answer_id: uuid.UUID) -> ReviewItem | None:
    """The item of an answer; None when it does not exist for this reviewer."""
    rows = ReviewItem.objects.visible_to(reviewer).select_related("answer__turn", "assignee", "first_by")
    return rows.filter(answer_id=answer_id).first()


def listed(reviewer: User, wanted: Wanted) -> QuerySet[ReviewItem]:
    """The list page, filtered and in order. What stands beside the items of a page is added by ``told``."""
    rows: QuerySet[ReviewItem] = waiting(reviewer)
    if wanted.whose in {"done", "differ"}:
        rows = ReviewItem.objects.visible_to(reviewer).filter(state=State.DONE)
        rows = rows.filter(disagreed=True) if wanted.whose == "differ" else rows
    elif wanted.whose == "mine":
        rows = rows.filter(assignee=reviewer)
    elif wanted.whose == "free":
        rows = rows.filter(assignee__isnull=True)
    elif wanted.whose == "overdue":
        rows = rows.filter(due__lt=timezone.localdate())
    if wanted.reason:
        rows = rows.filter(causes__kind=wanted.reason)
    if wanted.collection:
        through = ReviewItem.sources.through.objects.filter(reviewitem_id=OuterRef("pk"))
        rows = rows.filter(Exists(through.filter(document__collection__slug=wanted.collection)))
    order = ("-finished", "pk") if wanted.whose in {"done", "differ"} else ("-priority", "due", "created", "pk")
    return rows.order_by(*order)


def told(items: Iterable[ReviewItem]) -> list[ReviewItem]:
    """The same items with answer, turn, assignee and causes, which would be read for all that wait if they were asked
    for before the list is cut into pages."""
    order = [item.pk for item in items]
    rows = ReviewItem.objects.filter(pk__in=order).select_related("answer__turn", "assignee")
    found = rows.prefetch_related("causes__document").in_bulk()
    return [found[pk] for pk in order if pk in found]


def take(item: ReviewItem, reviewer: User) -> None:
    """Makes an item this reviewer's. Raises ReviewRefused when somebody else has it and it is not overdue."""
    with transaction.atomic():
        _assign(locked_for(item, reviewer), reviewer, reviewer)


def assign(item: ReviewItem, to: User, by: User) -> None:
    """Gives an item to a reviewer who may see it. Raises ReviewRefused, also when it is held as for ``take``."""
    if to not in candidates(item):
        raise ReviewRefused("This person cannot review this answer.")
    with transaction.atomic():
        _assign(locked_for(item, by), to, by)


def give_back(item: ReviewItem, by: User) -> None:
    """Makes an item nobody's again. Raises ReviewRefused when somebody else has it and it is not overdue."""
    with transaction.atomic():
        _assign(locked_for(item, by), None, by)


def locked_for(item: ReviewItem, reviewer: User) -> ReviewItem:
    """The item, held until the transaction ends, for a reviewer who may work on it: nobody has it, they have it, or it
    is overdue. Raises ReviewRefused."""
    locked = ReviewItem.objects.select_for_update().get(pk=item.pk)
    if locked.assignee_id not in {None, reviewer.pk} and locked.due >= timezone.localdate():
        raise ReviewRefused("Somebody else has this one. Ask them to give it back.")
    return locked


def _assign(item: ReviewItem, to: User | None, by: User) -> None:
    ReviewItem.objects.filter(pk=item.pk).update(assignee=to)
    audit.record(by, "review.assigned", item, user=to.pk if to else None)


def candidates(item: ReviewItem) -> list[User]:
    """Reviewers who may see this item and did not give the first opinion on it."""
    roles = (User.Role.REVIEWER, User.Role.ADMINISTRATOR)
    people = User.objects.filter(is_active=True, role__in=roles).exclude(pk=item.first_by_id or 0)
    return [one for one in people if ReviewItem.objects.visible_to(one).filter(pk=item.pk).exists()]


def release_stuck() -> int:
    """Gives back what is assigned to somebody who can no longer judge it. Gives how many."""
    released = 0
    held = ReviewItem.objects.exclude(state=State.DONE).filter(assignee__isnull=False).select_related("assignee")
    for item in held.iterator(chunk_size=200):
        person = item.assignee
        if person is not None and not (person.is_reviewer and waiting(person).filter(pk=item.pk).exists()):
            ReviewItem.objects.filter(pk=item.pk).update(assignee=None)
            released += 1
    return released


def progress(reviewer: User) -> Progress:
    visible = ReviewItem.objects.visible_to(reviewer)
    return Progress(
        left=_count(queue(reviewer)),
        done=_count(visible.filter(opinions__reviewer=reviewer)),  # of each item one opinion at most
        disagreements=_count(visible.filter(disagreed=True)),
    )


def _count(rows: QuerySet[ReviewItem]) -> int:
    """Up to one more than is shown as a figure: nobody waits for the exact number of very many."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
