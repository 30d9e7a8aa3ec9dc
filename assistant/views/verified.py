"""Pages of verified answers: writing one, the list of those there are, and taking one back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.policy import Audience, allow
from assistant.errors import ReviewRefused
from assistant.evaluating.from_reviews import make_case
from assistant.models import Answer, VerifiedAnswer
from assistant.reviewing.wording import wording
from assistant.verified import keeping, lapsing
from assistant.verified.keeping import MOST_PASSAGES, Draft
from assistant.verified.serving import why_told
from assistant.views.review import found
from knowledge.errors import SearchUnavailable
from knowledge.labels import page_label
from knowledge.requests import asker, whole_number
from knowledge.search import Evidence, search
from knowledge.typeset import plain

PER_PAGE = 25
_FOUND = 6  # passages offered for a search


@dataclass(frozen=True, slots=True)
class Picked:
    """A passage that may be cited, with the number it is cited by (0: it is only offered)."""

    number: int
    evidence: Evidence
    place: str

    @property
    def words(self) -> str:
        """Without marks of headings and tables, as people read them."""
        return plain(self.evidence.text)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Audience.REVIEWER)
def review_correct(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """A corrected answer with footnotes of its own. Searching, picking and checking change nothing; saving does."""
    user = asker(request)
    answer = found(user, answer_id).answer
    if request.method != "POST":
        return _editor(request, answer, _opening(answer, user), "")
    draft = _draft(request)
    action = request.POST.get("action", "check")
    if action == "save":
        try:
            keeping.correct(draft, user, answer)
            if request.POST.get("case") == "1":
                make_case(answer, user)
        except ReviewRefused as refused:
            return _editor(request, answer, draft, str(refused), status=422)
        messages.success(request, "Saved. It is served to whoever asks this and may read its sources.")
        return redirect("review_item", answer_id)
    return _editor(request, answer, _picked(draft, action), "")


def _draft(request: HttpRequest) -> Draft:
    picked = (whole_number(one) for one in request.POST.get("passages", "").split(","))
    passages = tuple(dict.fromkeys(one for one in picked if one))[:MOST_PASSAGES]
    return Draft(request.POST.get("question", ""), request.POST.get("text", ""), passages)


def _picked(draft: Draft, action: str) -> Draft:
    """``add:<id>`` picks one more passage. None is taken out, so that numbers already written keep their meaning."""
    kind, _, number = action.partition(":")
    wanted = whole_number(number)
    if kind == "add" and wanted and wanted not in draft.passages and len(draft.passages) < MOST_PASSAGES:
        return Draft(draft.question, draft.text, (*draft.passages, wanted))
    return draft


def _opening(answer: Answer, user: User) -> Draft:
    """The verified answer that was made of it, or else the answer itself, with the passages cited, in their order."""
    row = VerifiedAnswer.objects.visible_to(user).filter(answer=answer).order_by("-at").first()
    if row is not None:
        question, sentences = row.question, row.sentences
        cited = list(row.citations.order_by("number").values_list("number", "passage"))
    else:
        question, sentences = wording(answer, user).question, answer.sentences
        cited = list(answer.citations.order_by("number").values_list("number", "passage"))
    current = {one.passage_id for one in keeping.passages([pk for _, pk in cited if pk], user)}
    passages = list(dict.fromkeys(pk for _, pk in cited if pk in current))
    place = {number: passages.index(pk) + 1 for number, pk in cited if pk in current}
    lines = [_line(sentence["text"], [place[n] for n in sentence["citations"] if n in place]) for sentence in sentences]
    return Draft(question[: keeping.LONGEST_QUESTION], "\n".join(lines), tuple(passages))


def _line(text: str, numbers: Sequence[int]) -> str:
    return " ".join([" ".join(text.split()), *(f"[{number}]" for number in dict.fromkeys(numbers))])


def _editor(request: HttpRequest, answer: Answer, draft: Draft, refusal: str, status: int = 200) -> HttpResponse:
    user = asker(request)
    supplied = keeping.passages(draft.passages, user)
    known = {one.passage_id for one in supplied}
    # A passage that may not be read any more loses its place; the others move up, as the page shows.
    kept = Draft(draft.question, draft.text, tuple(pk for pk in draft.passages if pk in known))
    query = request.POST.get("q", "").replace("\0", "").strip()
    offered, trouble = _offered(query, user, known)
    context = {
        "answer": answer,
        "draft": kept,
        "passages": ",".join(map(str, kept.passages)),
        "picked": [_shown(number, one) for number, one in enumerate(supplied, start=1)],
        "offered": offered,
        "query": query,
        "trouble": trouble,
        "checked": keeping.check(kept, supplied) if kept.text.strip() else [],
        "refusal": refusal,
        "longest": {"question": keeping.LONGEST_QUESTION, "text": keeping.LONGEST_TEXT},
    }
    return render(request, "assistant/review_correct.html", context, status=status)


def _offered(query: str, user: User, known: set[int]) -> tuple[list[Picked], str]:
    if not query:
        return [], ""
    try:
        result = search(query, user, _FOUND + len(known))
    except SearchUnavailable as trouble:
        return [], str(trouble)
    fresh = [one for one in result.evidence if one.passage_id not in known][:_FOUND]
    return [_shown(0, one) for one in fresh], "" if fresh else "Nothing else was found."


def _shown(number: int, one: Evidence) -> Picked:
    return Picked(
        number, one, page_label(one.page_kind, one.page_number, one.page_label, one.heading_path, one.document_title)
    )


@require_GET
@allow(Audience.REVIEWER)
def verified(request: HttpRequest) -> HttpResponse:
    """The verified answers whose every source this reviewer may read."""
    user = asker(request)
    state = request.GET.get("state", "")
    rows = VerifiedAnswer.objects.visible_to(user).select_related("by", "answer__review_item")
    rows = rows.defer("vector", *(f"answer__{name}" for name in ("text", "sentences", "retrieved", "calls")))
    if state in VerifiedAnswer.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    for row in page:
        row.told = why_told(row, user)
    servable = VerifiedAnswer.objects.servable_to(user).filter(pk__in=[row.pk for row in page])
    mine = set(servable.values_list("pk", flat=True))
    context = {"page": page, "state": state, "states": VerifiedAnswer.State.choices, "served": mine}
    return render(request, "assistant/verified.html", context)


@require_POST
@allow(Audience.REVIEWER)
def verified_withdraw(request: HttpRequest, verified_id: int) -> HttpResponse:
    user = asker(request)
    row = VerifiedAnswer.objects.visible_to(user).filter(pk=verified_id).first()
    if row is None:
        raise Http404
    lapsing.withdraw(row, user)
    messages.success(request, "It is not served any more.")
    return redirect(reverse("verified"))
