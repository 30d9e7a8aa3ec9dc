"""When a verified answer stops holding: a cited document changed, ended or was replaced, one that it may hold words of
went, or a reviewer objects.

Serving asks the rows anew each time (``VerifiedQuerySet.servable_to``), so nothing stale is served even before this
has run. This makes it known: the row says why, and whoever vouched for it is told; when it lapsed by its sources they
get the answer back to review, while it is there and they may see it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.notices.rows import NoticeKind
from accounts.notices.telling import tell
from assistant.models import Answer, Opinion, ReviewItem, VerifiedAnswer, VerifiedCitation
from assistant.reviewing.feeding import Cause, Kind, current_policy, put, reopen
from assistant.reviewing.queue import waiting
from knowledge.access import visible_documents
from knowledge.models import Document, replaced_for

log = logging.getLogger("footnote.verified")
Why = VerifiedAnswer.Why
State = VerifiedAnswer.State


def lapse(documents: Collection[uuid.UUID] | None = None) -> int:
    """Ends the verified answers that rest on what no longer holds, of these documents or of all. Gives how many."""
    ended: set[int] = set()
    for row, why in _no_longer(documents):
        if row.pk not in ended:
            ended.add(row.pk)
            _give_back(row, why)
    return len(ended)


def _no_longer(documents: Collection[uuid.UUID] | None) -> Iterator[tuple[VerifiedAnswer, Why]]:
    today = timezone.localdate()
    # Also one that a model was given and that is not cited: a deleted one is seen by nobody, so nobody is served.
    sources = Q(sources__deleted__isnull=False) & (Q() if documents is None else Q(sources__in=documents))
    for row in VerifiedAnswer.objects.filter(sources, state=State.IN_FORCE).select_related("by"):
        yield row, Why.DELETED
    cited = VerifiedCitation.objects.filter(verified__state=State.IN_FORCE)
    if documents is not None:
        cited = cited.filter(document__in=documents)
    cited = cited.select_related("verified__by", "document__superseded_by")
    for one in cited.filter(Q(document__current__isnull=True) | ~Q(version_id=F("document__current_id"))):
        yield one.verified, Why.CHANGED
    for one in cited.filter(document__effective_until__lt=today):
        yield one.verified, Why.EXPIRED
    for one in cited.filter(document__superseded_by__isnull=False).iterator():
        # A replacement that whoever vouches for it may not read is none for them.
        keeper = one.verified.by
        if keeper is not None and Document.objects.filter(pk=one.document_id).filter(replaced_for(keeper)).exists():
            yield one.verified, Why.SUPERSEDED


def end(row: VerifiedAnswer, state: State, why: Why) -> bool:
    """Whether it was in force until now."""
    ended = VerifiedAnswer.objects.filter(pk=row.pk, state=State.IN_FORCE).update(
        state=state, why=why, lapsed=timezone.now(), changed=timezone.now()
    )
    return bool(ended)


@transaction.atomic
def withdraw(row: VerifiedAnswer, by: User) -> None:
    """A reviewer takes it back: it is not served any more."""
    end(row, State.WITHDRAWN, Why.TAKEN_BACK)
    audit.record(by, "verified.withdrawn", row)


@transaction.atomic
def _give_back(row: VerifiedAnswer, why: Why) -> None:
    """A replacement ends it only for those who may read that, so the row stays for the others; all else ends it.

    All of it or nothing: who dies on the way leaves it in force for the next round, which tells and gives it back.
    """
    if why == Why.SUPERSEDED:
        told = VerifiedAnswer.objects.filter(pk=row.pk, state=State.IN_FORCE).exclude(why=why)
        if not told.update(why=why, changed=timezone.now()):
            return
    elif not end(row, State.LAPSED, why):
        return
    row.why = why
    audit.record(None, "verified.lapsed", row, why=str(why))
    log.info("verified.lapsed id=%s why=%s", row.pk, why)
    _ask_again(row)
    _tell(row)


def _ask_again(row: VerifiedAnswer) -> None:
    """The answer it was made from comes back to the queue, to whoever vouched for it while they review."""
    if row.answer is None:
        return
    item = put(row.answer, [Cause(Kind.LAPSED)], current_policy())
    if item is None:
        return
    if item.state == ReviewItem.State.DONE:  # it lapsed before
        reopen(item)
        item.save()
    if _waits(row):
        ReviewItem.objects.filter(pk=item.pk).update(assignee=row.by)


def _waits(row: VerifiedAnswer) -> bool:
    """Whether whoever vouched for it can judge anew what it was made from: that may be gone with its conversation, or
    be closed to them."""
    if row.by is None or row.answer is None or not row.by.is_reviewer:
        return False
    return waiting(row.by).filter(answer=row.answer).exists()


def _tell(row: VerifiedAnswer) -> None:
    """No word of the answer or of a document stands in the notice, for it may be read where they may not. Who may no
    longer read all its sources is told nothing: it would tell what becomes of those."""
    if row.by is None or row.sources.exclude(pk__in=_open_to(row.by)).exists():
        return
    text = f"An answer you verified is no longer served. {row.Why(row.why).label}"
    if row.why != Why.ASKER_GONE and _waits(row):  # what they asked goes with them, in a moment
        text += " It waits for you to look at it again."
    tell([row.by], NoticeKind.LAPSED, text, f"{reverse('verified')}?state=lapsed", once=f"lapsed:{row.pk}:{row.why}")


def _open_to(person: User) -> QuerySet[Document]:
    return Document.objects.filter(visible_documents(person, gone=True))


def dispute(answer: Answer, opinion: Opinion) -> None:
    """A reviewer found wrong, or a second one judged otherwise, what is served as verified.

    That is what was confirmed of this answer, and what this answer was given from. A correction of it says something
    else: who finds the answer wrong agrees with the correction, and ends it only by what is given from it. Whoever
    vouches for it and finds it wrong themselves takes it back.
    """
    same_words = Q(answer=answer, kind=VerifiedAnswer.Kind.CONFIRMED) | Q(pk=answer.verified_id)
    for row in VerifiedAnswer.objects.filter(same_words, state=State.IN_FORCE).select_related("by"):
        if row.by == opinion.reviewer:
            # "Right" disagrees with a first opinion, not with what they vouch for.
            if opinion.reviewer is not None and opinion.verdict != Opinion.Verdict.RIGHT:
                withdraw(row, opinion.reviewer)
        elif end(row, State.LAPSED, Why.DISPUTED):
            row.why = Why.DISPUTED
            audit.record(opinion.reviewer, "verified.lapsed", row, why=str(Why.DISPUTED))
            _tell(row)


@receiver(pre_delete, sender=User)
def forget_asker(sender: Any, instance: User, **kwargs: Any) -> None:
    """The own words of somebody who is erased leave what was verified; answers given from it stay with their readers,
    so the row stays and says what they rest on."""
    rows = VerifiedAnswer.objects.filter(origin=instance)
    for row in rows.filter(state=State.IN_FORCE).exclude(by=instance).select_related("by"):
        if end(row, State.WITHDRAWN, Why.ASKER_GONE):
            row.why = Why.ASKER_GONE
            audit.record(None, "verified.lapsed", row, why=str(row.why))
            _tell(row)
    rows.filter(state=State.IN_FORCE).update(state=State.WITHDRAWN, why=Why.ASKER_GONE, lapsed=timezone.now())
    rows.update(question="", vector=b"", model_id="", changed=timezone.now())


@receiver(post_save, sender=Document)
def look(sender: Any, instance: Document, created: bool, **kwargs: Any) -> None:
    """A document got another version, another day or a replacement, or was deleted."""
    if not created:
        document = instance.pk
        transaction.on_commit(lambda: lapse([document]))
