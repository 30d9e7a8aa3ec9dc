"""One run of the permission proof: every door is tried as each probe, and held against what they may see.

Doors are the read rule over each kind of row, the remembered visible set, and search. Something seen that is not theirs
is a leak; something theirs that is not seen means that the probe itself is blind. Grants may change while a run looks,
so only what is found twice, each time against the grants of that moment, is told.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from knowledge.errors import FootnoteError
from knowledge.models import Document, DocumentVersion, Page, Passage, ProbeRun
from knowledge.proof import alarm
from knowledge.proof.canaries import keep_canaries, question_for
from knowledge.proof.expected import expected
from knowledge.proof.synthetic import keep_probes
from knowledge.scope import visible_scope
from knowledge.search import search

logger = logging.getLogger("footnote.proof")
ASKED = 12  # canaries that search is asked for in one run, drawn by chance, by each probe
_FOUND = 10  # passages of each search
_SHOWN = 200  # findings that are told of one run
_KEPT = timedelta(days=3)  # runs that found nothing

Finding = tuple[int, str, uuid.UUID]  # probe, door, document


class Look:
    """What one look through all doors found."""

    def __init__(self) -> None:
        self.leaks: set[Finding] = set()
        self.missed: set[Finding] = set()
        self.questions = 0

    def hold(self, probe: User, door: str, seen: set[uuid.UUID], theirs: set[uuid.UUID], must: set[uuid.UUID]) -> None:
        """``must`` is what the door has to show, ``theirs`` what it may."""
        self.leaks |= {(probe.pk, door, pk) for pk in seen - theirs}
        self.missed |= {(probe.pk, door, pk) for pk in must - seen}


def run_probe() -> ProbeRun:
    """Keeps canaries and probes, looks, and stores what was found. A leak or a blind probe raises the alarm.

    A probe that cannot run at all is stored too, as FAILED: no failure of search or database is raised.
    """
    run = ProbeRun(started=timezone.now())
    try:
        probes = keep_probes()
        canaries = keep_canaries(probes)
        asked = secrets.SystemRandom().sample(canaries, min(ASKED, len(canaries)))
        first = _look(probes.all, asked)
        again = _look(probes.all, asked) if first.leaks or first.missed else first
    except (FootnoteError, DatabaseError) as error:
        run.state, run.error = ProbeRun.State.FAILED, type(error).__name__[:80]
    else:
        run.canaries, run.questions = len(canaries), first.questions + (again.questions if again is not first else 0)
        run.leaks, run.missed = _plain(first.leaks & again.leaks), _plain(first.missed & again.missed)
        run.state = _state(run)
    run.finished = timezone.now()
    run.save()
    ProbeRun.objects.filter(state=ProbeRun.State.CLEAN, started__lt=run.started - _KEPT).delete()
    alarm.tell(run)
    return run


def _state(run: ProbeRun) -> ProbeRun.State:
    if run.leaks:
        return ProbeRun.State.LEAK
    return ProbeRun.State.BLIND if run.missed else ProbeRun.State.CLEAN


def _look(probes: Sequence[User], asked: Sequence[Document]) -> Look:
    look = Look()
    questions = [(canary.pk, question_for(canary)) for canary in asked]
    for probe in probes:
        theirs = expected([probe])[probe.pk]
        for door, seen in _rows(probe).items():
            look.hold(probe, door, seen, theirs, theirs if door == "documents" else set())
        scope = visible_scope(probe).versions.tolist()
        remembered = set(DocumentVersion.objects.filter(pk__in=scope[:_MOST]).values_list("document_id", flat=True))
        look.hold(probe, "remembered", remembered, theirs, theirs)
        for canary, question in questions:
            found = {item.document_id for item in search(question, probe, _FOUND).evidence}
            look.questions += 1
            look.hold(probe, "search", found, theirs, theirs & {canary})
    return look


_MOST = 5000  # rows that are read through one door: when the rule is broken, everything comes out


def _rows(probe: User) -> dict[str, set[uuid.UUID]]:
    """Documents that each kind of row shows to a probe."""
    return {
        "documents": set(Document.objects.visible_to(probe).values_list("pk", flat=True)[:_MOST]),
        "versions": set(DocumentVersion.objects.visible_to(probe).values_list("document_id", flat=True)[:_MOST]),
        "pages": set(Page.objects.visible_to(probe).values_list("version__document_id", flat=True)[:_MOST]),
        "passages": set(Passage.objects.visible_to(probe).values_list("version__document_id", flat=True)[:_MOST]),
    }


def _plain(found: set[Finding]) -> list[dict[str, object]]:
    ordered = sorted(found, key=str)[:_SHOWN]
    return [{"probe": probe, "door": door, "document": str(document)} for probe, door, document in ordered]
