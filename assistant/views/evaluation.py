"""The evaluation pages: sets with their trend, cases, candidates, runs with what they changed, and the gate."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow, covers
from assistant import configuration
from assistant.evaluating import cases, comparing, gate, nights, runs
from assistant.evaluating.forms import CandidateForm, CaseForm, RunForm, SetForm
from assistant.evaluating.trend import trend
from assistant.models import Candidate, EvaluationSet, Promotion, SetCase, SetRun
from knowledge.requests import asker, whole_number

_PAGE = 25


@require_GET
@allow(Audience.REVIEWER)
def evaluation(request: HttpRequest) -> HttpResponse:
    """All sets with their newest figures, what answers now, and the candidates."""
    return _overview(request, SetForm())


@require_POST
@allow(Audience.ADMINISTRATOR)
def evaluation_new(request: HttpRequest) -> HttpResponse:
    form = SetForm(request.POST)
    if not form.is_valid():
        return _overview(request, form, 422)
    row = form.save()
    audit.record(request.user, "evaluation.set_added", row)
    return redirect("evaluation_set", row.name)


def _overview(request: HttpRequest, form: SetForm, status: int = 200) -> HttpResponse:
    sets = []
    for chosen in EvaluationSet.objects.all():
        complete = chosen.runs.filter(state=SetRun.State.COMPLETE, called="")
        sets.append((chosen, cases.cases_of(chosen).count(), complete.order_by("-pk").first()))
    context = {
        "sets": sets,
        "form": form,
        "alarm_run": nights.alarm(),
        "candidates": Candidate.objects.select_related("prompt", "by"),
        "overrides": configuration.promoted().as_json(),
        "standing": gate.standing(),
        "promotions": Promotion.objects.select_related("by", "run__set", "undid")[:10],
        "manages": covers(Audience.ADMINISTRATOR, request.user),
    }
    return render(request, "evaluation/overview.html", context, status=status)


@require_GET
@allow(Audience.REVIEWER)
def evaluation_set(request: HttpRequest, name: str) -> HttpResponse:
    """A set: its trend, its runs, and those of its cases whose sources this person may read."""
    user, chosen = asker(request), get_object_or_404(EvaluationSet, name=name)
    every = list(cases.cases_of(chosen).select_related("asked_as"))
    seen = cases.readable(every, user)
    context = {
        "set": chosen,
        "trend": trend(chosen),
        "runs": chosen.runs.select_related("by")[:20],
        "versions": chosen.versions.select_related("by")[:20],
        "cases": Paginator(seen, _PAGE).get_page(request.GET.get("page")),
        "total": len(every),
        "form": RunForm(),
        "manages": covers(Audience.ADMINISTRATOR, user),
    }
    return render(request, "evaluation/set.html", context)


@require_POST
@allow(Audience.ADMINISTRATOR)
def evaluation_start(request: HttpRequest, name: str) -> HttpResponse:
    chosen, form = get_object_or_404(EvaluationSet, name=name), RunForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the candidates.")
        return redirect("evaluation_set", name)
    try:
        run = runs.start(chosen, form.cleaned_data["candidate"], asker(request))
    except runs.NothingToAsk as refused:
        messages.error(request, str(refused))
        return redirect("evaluation_set", name)
    runs.enqueue(run)
    return redirect("evaluation_run", run.pk)


@require_http_methods(["GET", "POST"])
@allow(Audience.REVIEWER)
def evaluation_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A case of the newest version, to be changed or removed by those who may read its sources."""
    user = asker(request)
    case = get_object_or_404(SetCase.objects.select_related("set", "asked_as", "by"), pk=pk, until=None)
    if not cases.readable([case], user):
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        cases.remove(case, user)
        messages.success(request, "Taken out of the set from this version on.")
        return redirect("evaluation_set", case.set.name)
    form = CaseForm(request.POST or None, initial={"question": case.question, "answer": case.answer})
    if request.method == "POST" and form.is_valid():
        try:
            cases.change(case, user, form.cleaned_data["question"], form.cleaned_data["answer"])
        except cases.CaseRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Saved as a new version of the set.")
            return redirect("evaluation_set", case.set.name)
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/case.html", {"case": case, "form": form}, status=status)


@require_GET
@allow(Audience.REVIEWER)
def evaluation_run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: how far it is, its figures, and case by case what it changed, both answers side by side."""
    user = asker(request)
    run = get_object_or_404(SetRun.objects.select_related("set", "baseline", "candidate", "by"), pk=pk)
    if getattr(request, "htmx", False):
        response = render(request, "evaluation/_progress.html", _progress(run))
        if run.over:
            response["HX-Refresh"] = "true"  # what came of it stands on the whole page
        return response
    return render(request, "evaluation/run.html", {**_progress(run), **_compared(request, run, user)})


def _progress(run: SetRun) -> dict[str, object]:
    """Of the run that is being made: what it is held against comes first."""
    base = run.baseline
    at = base if base is not None and not base.over and not run.over else run
    done = at.outcomes.count()
    return {"run": run, "at": at, "done": done, "percent": round(100 * done / at.total) if at.total else 0}


def _compared(request: HttpRequest, run: SetRun, user: User) -> dict[str, object]:
    against = run.baseline or nights.reference(run)
    every = comparing.rows(run, against)
    wanted = request.GET.get("change", "")
    chosen = [row for row in every if not wanted or row.change == wanted]
    seen = comparing.readable(chosen, user)
    if seen:
        audit.record(user, "evaluation.read", run)
    page = Paginator(seen, _PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    page.object_list = comparing.told(page.object_list)
    return {
        "against": against,
        "interval": comparing.interval(run, against) if against else None,
        "verdict": gate.verdict(run) if run.called and run.over else None,
        "rows": page,
        "change": wanted,
        "changes": [("", "All"), *comparing.WORDS.items()] if against else [],
        "manages": covers(Audience.ADMINISTRATOR, user),
        "promotion": run.promotions.first(),
    }


@require_POST
@allow(Audience.ADMINISTRATOR)
def evaluation_stop(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(SetRun, pk=pk)
    runs.stop(run, asker(request))
    return redirect("evaluation_run", pk)


@require_POST
@allow(Audience.ADMINISTRATOR)
def evaluation_promote(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(SetRun, pk=pk)
    try:
        gate.promote(run, asker(request))
    except gate.PromotionRefused as refused:
        messages.error(request, f"Not promoted. {refused}")
    else:
        messages.success(request, f"“{run.called}” answers from the next question on.")
    return redirect("evaluation_run", pk)


@require_POST
@allow(Audience.ADMINISTRATOR)
def evaluation_back(request: HttpRequest) -> HttpResponse:
    """Rolls back the promotion that the page showed."""
    try:
        row = gate.roll_back(whole_number(request.POST.get("promotion")), asker(request))
    except gate.PromotionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Rolled back: {row} answers from the next question on.")
    return redirect("evaluation")


@require_http_methods(["GET", "POST"])
@allow(Audience.ADMINISTRATOR)
def candidate_new(request: HttpRequest) -> HttpResponse:
    return _candidate(request, Candidate(by=asker(request)))


@require_http_methods(["GET", "POST"])
@allow(Audience.ADMINISTRATOR)
def candidate_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _candidate(request, get_object_or_404(Candidate.objects.select_related("prompt"), pk=pk))


def _candidate(request: HttpRequest, row: Candidate) -> HttpResponse:
    form = CandidateForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        audit.record(request.user, "evaluation.candidate_saved", saved, fields="+".join(form.changed_data)[:80])
        messages.success(request, f"“{saved.name}” is kept. Ask a set of it to see what it changes.")
        return redirect("evaluation")
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/candidate.html", {"form": form, "candidate": row}, status=status)
