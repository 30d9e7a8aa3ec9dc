"""Data protection, for administrators: what is kept how long, what was erased when, backups, and the audit trail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, chain
from accounts.listing import CappedPaginator
from accounts.models import AuditEvent, AuditHead, AuditStub, Erasure
from accounts.policy import Audience, allow
from accounts.streaming import attachment, csv_lines
from config import retention, trail
from config.backup import manifest
from knowledge.documents import bring_back
from knowledge.models import Document
from knowledge.requests import asker

PER_PAGE = 50
_CHECKED = 1000  # lines of the trail that the page reads again; ``verify`` reads all
_ERASED = ("kind", "id", "asked for", "asked for by", "unretrievable", "erased")


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the table. While the document is kept: its title, and until when it can be brought back."""

    row: Erasure
    title: str
    until: datetime | None


@require_GET
@allow(Audience.ADMINISTRATOR)
def protection(request: HttpRequest) -> HttpResponse:
    proofs = Paginator(Erasure.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    kept = settings.BACKUP_DIR
    context = {
        "rules": retention.rules(),
        "applied": retention.last_applied(),
        "page": proofs,
        "proofs": _proofs(list(proofs)),
        "waiting": Erasure.objects.filter(erased__isnull=True).count(),
        "backup_dir": kept,
        "backups": [manifest.made_at(path) for path in manifest.backups(kept)][:10] if kept and kept.is_dir() else [],
        "last_backup": AuditEvent.objects.filter(action="backup.made").order_by("-id").first(),
        "breaks": chain.verify(newest=_CHECKED),
        "lines": _lines(),
        "stub": AuditStub.objects.order_by("-through").first(),
        "checked": _CHECKED,
    }
    return render(request, "protection/protection.html", context)


def _lines() -> int:
    """How many there are, by the trail's own count: a million are not counted again for each look."""
    head, stub = AuditHead.objects.filter(pk=1).first(), AuditStub.objects.order_by("-through").first()
    return (head.count if head else 0) - (stub.removed if stub else 0)


def _proofs(rows: list[Erasure]) -> list[Proof]:
    kept = [uuid.UUID(row.object_id) for row in rows if _until(row)]
    titles = {str(pk): title for pk, title in Document.objects.filter(pk__in=kept).values_list("pk", "title")}
    return [Proof(row, titles.get(row.object_id, ""), _until(row)) for row in rows]


def _until(row: Erasure) -> datetime | None:
    if row.kind != Erasure.Kind.DOCUMENT or row.erased or row.remains or not settings.KEEP_DELETED_DAYS:
        return None
    return row.asked + timedelta(days=settings.KEEP_DELETED_DAYS)


@require_POST
@allow(Audience.ADMINISTRATOR)
def protection_bring_back(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    if bring_back(document_id, asker(request)):
        messages.success(request, "The document is back, with its readers as before.")
    else:
        messages.error(request, "It is not there any more, or another document has its name now.")
    return redirect("protection")


@require_GET
@allow(Audience.ADMINISTRATOR)
def protection_proofs(request: HttpRequest) -> StreamingHttpResponse:
    """The proofs as CSV."""
    audit.record(asker(request), "proofs.exported")
    rows = (
        (row.kind, row.object_id, _iso(row.asked), row.asked_by, _iso(row.unretrievable), _iso(row.erased))
        for row in Erasure.objects.order_by("pk").iterator(chunk_size=1000)
    )
    return attachment(request, csv_lines(_ERASED, rows), "footnote-erasures.csv", "text/csv; charset=utf-8")


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


@require_GET
@allow(Audience.ADMINISTRATOR)
def protection_trail(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    page = CappedPaginator(trail.filtered(wanted), PER_PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    names = trail.names(lines)
    context = {
        "page": page,
        "lines": [(line, names.get(line.actor_id or 0, "")) for line in lines],
        "wanted": wanted,
        "filtered": any(wanted.values()),
        "actions": trail.actions(),
    }
    return render(request, "protection/trail.html", context)


@require_GET
@allow(Audience.ADMINISTRATOR)
def protection_trail_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The lines that the filter leaves, as CSV."""
    audit.record(asker(request), "trail.exported")
    rows = trail.cells(trail.filtered(_wanted(request)))
    name = f"footnote-trail-{timezone.localdate():%Y-%m-%d}.csv"
    return attachment(request, csv_lines(trail.HEAD, rows), name, "text/csv; charset=utf-8")


def _wanted(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:80].replace("\0", "") for name in trail.FIELDS}
