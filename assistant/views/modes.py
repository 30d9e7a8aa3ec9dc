"""The forms of the modes, with their picker of documents, and a table as a file."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from accounts.streaming import csv_lines
from assistant.conversing.conversations import Place, place
from assistant.errors import QuestionRefused, TooManyAnswers
from assistant.models import Answer
from assistant.modes import MODES
from assistant.modes.setting import NOT_SAID
from assistant.modes.tasks import chosen, turn_for
from assistant.showing.presenting import present_turn
from assistant.streaming.admission import admitted
from assistant.views.chat import place_of, started
from knowledge.models import Document
from knowledge.requests import asker

OFFERED = 12  # documents of a search


@require_http_methods(["GET", "POST"])
@allow(Audience.SIGNED_IN)
def mode(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a mode; posting it asks. Searching for documents comes back here with what was filled in."""
    wanted, user = MODES.get(key), asker(request)
    if wanted is None:
        raise Http404
    refusal, status = "", 200
    if request.method == "POST" and "search" not in request.POST:
        shown, parent = place_of(request, user)
        try:
            turn = turn_for(user, wanted, {name: request.POST.getlist(name) for name in request.POST})
            turn.parent = parent
            with admitted(user):
                answer = place(user, turn, shown)
            return started(request, user, answer)
        except (QuestionRefused, TooManyAnswers) as refused:
            refusal, status = str(refused), 429 if isinstance(refused, TooManyAnswers) else 422
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(refusal, status=status, content_type="text/plain; charset=utf-8")
    return _form(request, user, key, refusal, status)


def _form(request: HttpRequest, user: User, key: str, refusal: str, status: int) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    picked, query = chosen(user, data.getlist("document")), data.get("q", "").strip()[:200]
    context = {
        "mode": MODES[key],
        "picked": picked,
        "offered": _offered(user, query, picked),
        "query": query,
        "given": {name: data.get(name, "") for name in ("words", "columns", "mail", "conversation", "parent")},
        "refusal": refusal,
    }
    scripted = bool(getattr(request, "htmx", False))
    return render(request, "assistant/_mode.html" if scripted else "assistant/mode.html", context, status=status)


def _offered(user: User, query: str, picked: list[Document]) -> list[Document]:
    found = Document.objects.visible_to(user).filter(current__isnull=False).exclude(pk__in=[row.pk for row in picked])
    if query:
        found = found.filter(Q(title__icontains=query) | Q(name__icontains=query))
    return list(found.select_related("collection").order_by("title", "pk")[:OFFERED])


@require_GET
@allow(Audience.SIGNED_IN)
def answer_table(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The cells as they may be seen now, each column of words followed by the places they stand in."""
    user = asker(request)
    rows = Answer.objects.select_related("turn__conversation__user")
    found = get_object_or_404(rows, pk=answer_id, turn__conversation__user=user)
    if not found.turn.params.get("columns"):
        raise Http404
    view = present_turn(Place(found.turn, (found.turn,)), user)
    titles = {str(row.pk): row.title for row in view.documents}
    layout = view.answer.layout if view.answer else None
    names = [name for column in found.turn.params["columns"] for name in (column, f"{column}: source")]
    lines = []
    for row in layout.rows if layout else ():
        line = [titles.get(row.document, "")]
        for cell in row.cells:
            notes = [note for sentence in cell.sentences for note in sentence.footnotes]
            places = "; ".join(f"{note.page_label}, {note.dated.isoformat()}" for note in notes)
            why = "" if cell.silence == NOT_SAID else cell.silence
            line += [" ".join(sentence.text for sentence in cell.sentences) or why, places]
        lines.append(line)
    audit.record(user, "conversation.exported", found)
    response = HttpResponse(b"".join(csv_lines(["Document", *names], lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="table.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
