"""What evaluation keeps of documents goes with them; what it keeps of runs goes when its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import User
from assistant.models import CaseOutcome, EvalCase, SetCase
from knowledge.models import Document

_EMPTY: dict[str, Any] = {"sentences": [], "notice": ""}


@receiver(pre_delete, sender=Document)
def forget(sender: Any, instance: Document, **kwargs: Any) -> None:
    """The words of a purged document leave outcomes and cases, of all versions; a case left without gold, or
    whose words may be of the document although it is not gold, goes."""
    key = str(instance.pk)
    outcomes = CaseOutcome.objects.annotate(found=Cast("documents", TextField()))
    outcomes.filter(found__contains=key).update(**_EMPTY)
    cases = SetCase.objects.annotate(found=Cast("gold", TextField())).filter(found__contains=key)
    SetCase.objects.annotate(found=Cast("sources", TextField())).filter(found__contains=key).delete()
    for case in cases:
        kept = [entry for entry in case.gold if entry["document"] != key]
        if kept:
            SetCase.objects.filter(pk=case.pk).update(gold=kept, answer="")
        else:
            case.delete()


@receiver(pre_delete, sender=User)
def forget_asker(sender: Any, instance: User, **kwargs: Any) -> None:
    """Stored questions name whom they are asked as; without that person they can be asked no more."""
    EvalCase.objects.filter(asked_as=instance.username).delete()


def expire_words(before: datetime) -> int:
    """Empties what was said in runs from before a moment; scores and figures stay. Gives how many runs."""
    old = CaseOutcome.objects.filter(run__created__lt=before).exclude(sentences=[], notice="")
    count = old.order_by().values("run").distinct().count()
    old.update(**_EMPTY)
    return count
