"""Opening a footnote, for the asker, those the answer is shared with and reviewers."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from assistant.models import Answer, Citation
from assistant.showing import reviews, sharing
from assistant.showing.footnotes import heading_of
from assistant.sources import may_see
from knowledge.models import Document, is_replaced
from knowledge.pages import Neighbours, page_view
from knowledge.requests import asker
from knowledge.views import source_template


@require_GET
@allow(Audience.SIGNED_IN)
def citation(request: HttpRequest, pk: int) -> HttpResponse:
    """The source pane of a footnote, for the asker, those it is shared with and reviewers, while they may read it."""
    user = asker(request)
    rows = Citation.objects.select_related(
        "page__version__document__current",
        "page__version__document__collection",
        "passage",
        "answer__turn__conversation",
    )
    row = rows.filter(pk=pk, document__in=Document.objects.visible_to(user)).first()
    opened = _may_open(row.answer, user) if row is not None else frozenset()
    if row is None or row.number not in opened:
        raise Http404
    path, replaced = heading_of(row), is_replaced(row.document_id, user)
    view = page_view(row.page, row.start, row.end, row.number, path[-1] if path else "", replaced)
    view = replace(view, footnotes=_neighbours(row, opened, user))
    audit.record(user, "page.read", row.document, version=row.version_id, page=row.page.number)
    return render(request, source_template(request), {"view": view})


def _neighbours(row: Citation, opened: frozenset[int], user: User) -> Neighbours:
    """Among the footnotes of the answer that this person may open."""
    rows = row.answer.citations.filter(document__in=Document.objects.visible_to(user), number__in=opened)
    order = list(rows.order_by("number").values_list("pk", flat=True))
    at = order.index(row.pk)
    before, after = order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None
    previous_url, next_url = (reverse("citation", args=[pk]) if pk else "" for pk in (before, after))
    return Neighbours(reverse("citation", args=[row.pk]), previous_url, next_url, len(order))


def _may_open(answer: Answer, user: User) -> frozenset[int]:
    """Numbers of the footnotes of this answer that are this person's to open, as far as the documents allow."""
    mine = answer.turn.conversation.user_id == user.pk
    if may_see(answer, user) if mine else user.is_reviewer and reviews.find(user, answer.pk) is not None:
        return frozenset(answer.citations.values_list("number", flat=True))
    return frozenset() if mine else sharing.may_open(answer, user)
