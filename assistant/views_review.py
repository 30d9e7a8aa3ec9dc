"""Opening a footnote, and the reviewers' queue."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from assistant import reviews, sharing
from assistant.models import Answer, Citation, Standing
from assistant.presenting import heading_of
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


@require_GET
@allow(Audience.REVIEWER)
def review(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        behind = uuid.UUID(after) if after else None
    except ValueError:
        behind = None
    return _show(request, reviews.next_answer(asker(request), behind))


@require_GET
@allow(Audience.REVIEWER)
def review_item(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    return _show(request, _found(asker(request), answer_id))


@require_POST
@allow(Audience.REVIEWER)
def review_verdict(request: HttpRequest, answer_id: uuid.UUID, sentence: int) -> HttpResponse:
    """Records a verdict and moves on: to the answer's other sentences, then to the next answer."""
    user = asker(request)
    found = _found(user, answer_id)
    verdict = request.POST.get("verdict", "")
    if sentence >= found.sentence_count:
        raise Http404
    if verdict not in Standing.values:
        return HttpResponse("Choose supports, partly or does not.", status=422)
    reviews.judge(found, sentence, user, verdict, request.POST.get("correction", ""))
    left = found.reviews.filter(reviewer=user).count() < found.sentence_count
    if getattr(request, "htmx", False) or request.headers.get("X-Requested-With") == "fetch":
        return _show(request, found if left else reviews.next_answer(user))
    return redirect(reverse("review_item", args=[found.pk]) if left else reverse("review"))


def _found(user: User, answer_id: uuid.UUID) -> Answer:
    found = reviews.find(user, answer_id)
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, found: Answer | None) -> HttpResponse:
    user = asker(request)
    if found is not None:
        audit.record(user, "answer.read", found)
    context = {"item": reviews.item(found, user) if found else None, "progress": reviews.progress(user)}
    scripted = getattr(request, "htmx", False) or request.headers.get("X-Requested-With") == "fetch"
    return render(request, "assistant/_review_item.html" if scripted else "assistant/review.html", context)
