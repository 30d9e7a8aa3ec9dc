"""The reviewers' pages: the next item, one item, the verdicts, the list, and who has what."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import User
from accounts.notices.rows import NoticeKind
from accounts.notices.telling import tell
from accounts.policy import Audience, allow
from assistant.errors import ReviewRefused
from assistant.evaluating.from_reviews import make_case
from assistant.models import Opinion, ReviewCause, ReviewItem, Standing
from assistant.reviewing import judging, queue
from assistant.reviewing.agreeing import agreements
from assistant.reviewing.queue import WHOSE, Wanted
from assistant.showing import reviews
from assistant.sources import may_see
from assistant.verified import keeping
from knowledge.models import Collection
from knowledge.requests import asker, whole_number

PER_PAGE = 25


@require_GET
@allow(Audience.REVIEWER)
def review(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        behind = uuid.UUID(after) if after else None
    except ValueError:
        behind = None
    return show(request, queue.next_item(asker(request), behind))


@require_GET
@allow(Audience.REVIEWER)
def review_item(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    return show(request, found(asker(request), answer_id))


@require_GET
@allow(Audience.REVIEWER)
def review_list(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    wanted = _wanted(request)
    paginator = Paginator(queue.listed(user, wanted), PER_PAGE)
    page = paginator.get_page(whole_number(request.GET.get("page")) or 1)
    items = queue.told(page)
    about = reviews.abouts([item.answer.turn for item in items], user)
    context = {
        "page": page,
        "rows": [
            (item, [reviews.cause_words(cause) for cause in item.causes.all()], about[item.answer.turn_id])
            for item in items
        ],
        "wanted": wanted,
        "reasons": ReviewCause.Kind.choices,
        "collections": Collection.objects.visible_to(user),
        "whose": WHOSE,
        "progress": queue.progress(user),
        "agreements": agreements(user),
    }
    return render(request, "assistant/review_list.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    """The filters that there are; any other filters nothing."""
    reason, whose = request.GET.get("reason", ""), request.GET.get("whose", "")
    return Wanted(
        reason=reason if reason in ReviewCause.Kind.values else "",
        collection=request.GET.get("collection", "").replace("\0", ""),
        whose=whose if whose in WHOSE else "",
    )


@require_POST
@allow(Audience.REVIEWER)
def review_verdict(request: HttpRequest, answer_id: uuid.UUID, sentence: int) -> HttpResponse:
    """Records a verdict on a footnote, or on a sentence without one, and shows what comes next of the item; the page
    sends along what is filled in below for the answer as a whole, which is shown again."""
    user = asker(request)
    item = found(user, answer_id)
    step = reviews.step_of(item.answer, sentence, request.POST.get("citation", ""))
    if step is None:
        raise Http404
    standing = request.POST.get("standing", "")  # ``verdict`` is that on the whole
    if standing not in Standing.values:
        return HttpResponse("Choose supports, partly or does not.", status=422)
    judging.judge_step(item.answer, step, user, standing)
    return show(request, item, typed=request.POST) if _scripted(request) else redirect("review_item", answer_id)


@require_POST
@allow(Audience.REVIEWER)
def review_settle(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Records the verdict on the whole answer; ``serve``: it is served again, ``case``: it becomes a test question."""
    user = asker(request)
    item = found(user, answer_id)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    if verdict not in Opinion.Verdict.values or (reason and reason not in Opinion.Reason.values):
        refusal = "Choose right, partly right or wrong, with one of the offered reasons."
        return show(request, item, refusal, typed=request.POST)
    said = judging.Said(Opinion.Verdict(verdict), reason, request.POST.get("comment", ""))
    try:
        judging.settle(item, user, said)
    except ReviewRefused as refused:
        return show(request, queue.find(user, answer_id), str(refused), typed=request.POST)
    try:
        if request.POST.get("serve") == "1" and said.verdict == Opinion.Verdict.RIGHT:
            keeping.confirm(item.answer, user)
        if request.POST.get("case") == "1":
            make_case(item.answer, user)
    except ReviewRefused as refused:
        return show(request, queue.find(user, answer_id), f"Your verdict is kept. {refused}")
    return show(request, queue.next_item(user)) if _scripted(request) else redirect("review")


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Audience.REVIEWER)
def review_assign(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Takes an item, gives it back, or gives it to another; read, it is the choice of people."""
    user = asker(request)
    item = found(user, answer_id)
    if request.method != "POST":
        context = {"item": item, "people": queue.candidates(item)}
        return render(request, "assistant/review_assign.html", context)
    action = request.POST.get("action", "")
    try:
        if action == "take":
            queue.take(item, user)
        elif action == "back":
            queue.give_back(item, user)
        elif action == "assign":
            _assign(item, whole_number(request.POST.get("person")), user)
        else:
            return HttpResponse("Choose what to do with it.", status=422)
    except ReviewRefused as refused:
        return show(request, queue.find(user, answer_id), str(refused), typed=request.POST)
    if not _scripted(request):
        return redirect("review_item", answer_id)
    return show(request, found(user, answer_id), typed=request.POST)


def _assign(item: ReviewItem, person: int, by: User) -> None:
    to = get_object_or_404(User, pk=person, is_active=True)
    queue.assign(item, to, by)
    if to != by:
        link = reverse("review_item", args=[item.answer_id])
        tell([to], NoticeKind.REVIEW, "An answer was given to you to review.", link)


@require_POST
@allow(Audience.REVIEWER)
def review_case(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Makes what came of the review a test question."""
    user = asker(request)
    item = found(user, answer_id)
    try:
        case = make_case(item.answer, user)
    except ReviewRefused as refused:
        return show(request, item, str(refused))
    messages.success(request, f"In the evaluation set “{case.set.name}”, version {case.set.version}.")
    return redirect("review_item", answer_id)


def found(user: User, answer_id: uuid.UUID) -> ReviewItem:
    """The item of an answer this reviewer may see. Raises Http404."""
    item = queue.find(user, answer_id)
    if item is None or not may_see(item.answer, user):
        raise Http404
    return item


def _scripted(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) or request.headers.get("X-Requested-With") == "fetch"


def show(
    request: HttpRequest, item: ReviewItem | None, refusal: str = "", typed: Mapping[str, str] | None = None
) -> HttpResponse:
    """``typed``: the fields of the verdict on the whole that is not kept yet, so that nobody writes them twice."""
    user = asker(request)
    if item is not None:
        audit.record(user, "answer.read", item.answer)
    context = {
        "item": reviews.view(item, user) if item else None,
        "progress": queue.progress(user),
        "refusal": refusal,
        "typed": typed or {},
        "reasons": Opinion.Reason.choices,
    }
    if not _scripted(request):
        return render(request, "assistant/review.html", context, status=422 if refusal else 200)
    response = render(request, "assistant/_review_item.html", context)
    # The address follows what is shown, so that loading it again, or passing it on, shows the same. Skipping is a step
    # that the Back button undoes; a verdict is none.
    address = reverse("review_item", args=[item.answer_id]) if item else reverse("review")
    response["HX-Push-Url" if request.method == "GET" else "HX-Replace-Url"] = address
    return response
