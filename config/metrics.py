"""``/metrics`` for Prometheus: gauges read from the rows at the moment of asking, so every process gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from accounts.models import Erasure, Notice
from accounts.policy import Audience, allow
from assistant.dashboards import rolling
from assistant.dashboards.figures import KINDS, Figures
from assistant.endpoints.rows import EndpointHealth
from assistant.endpoints.spending import accounts
from assistant.gaps.rows import GapQuestion
from config.backup import watching
from config.health import examine
from ingest.models import IngestJob
from knowledge.models import Document, ProbeRun

_PROBES = {"clean": 0, "blind": 1, "failed": 1, "leak": 2}


@require_safe
@allow(Audience.MONITOR)
def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows())
    response = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


class _Rows(Collector):
    """Counts, ages and amounts; no name of a person, a document or a question."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _answers()
        yield from _files()
        yield from _models()
        yield from _upkeep()


def _answers() -> Iterator[GaugeMetricFamily]:
    today = timezone.localdate()
    figures = rolling.read(today, today).days.get(today, Figures())
    answers = GaugeMetricFamily("footnote_answers_today", "Answers since midnight, by how they ended", labels=["ended"])
    for kind in KINDS:
        answers.add_metric([kind], getattr(figures, kind))
    yield answers
    seconds = GaugeMetricFamily("footnote_answer_seconds_today", "Seconds to an answer today", labels=["share"])
    for share in (0.5, 0.9, 0.99):
        if (value := figures.within(share)) is not None:
            seconds.add_metric([str(share)], value)
    yield seconds
    yield _gauge("footnote_gaps_open", "Unanswered questions", GapQuestion.objects.filter(answered=None).count())


def _files() -> Iterator[GaugeMetricFamily]:
    jobs = GaugeMetricFamily("footnote_ingest_jobs", "Files by the state of their reading", labels=["state"])
    for state, n in IngestJob.objects.order_by().values_list("state").annotate(n=Count("pk")):
        jobs.add_metric([state], n)
    yield jobs
    waiting = IngestJob.objects.filter(state__in=(IngestJob.State.QUEUED, IngestJob.State.RUNNING))
    oldest = waiting.aggregate(at=Min("created"))["at"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield _gauge("footnote_ingest_oldest_seconds", "Age of the file that waits longest", age)
    documents = Document.objects.filter(deleted__isnull=True, canary=False, current__isnull=False)
    yield _gauge("footnote_documents", "Documents that answer", documents.count())


def _models() -> Iterator[GaugeMetricFamily]:
    spent = GaugeMetricFamily("footnote_models_spent_month", "Spent on language models", labels=["currency"])
    budget = GaugeMetricFamily("footnote_models_budget_month", "What may be spent", labels=["currency"])
    for account in accounts():
        spent.add_metric([account.currency], float(account.spent))
        if account.budget is not None:
            budget.add_metric([account.currency], float(account.budget))
    broken = EndpointHealth.objects.filter(open_until__gt=timezone.now()).count()
    yield from (spent, budget, _gauge("footnote_models_broken", "Language models that are left alone", broken))


def _upkeep() -> Iterator[GaugeMetricFamily]:
    parts = GaugeMetricFamily("footnote_up", "Whether a part is well", labels=["part"])
    for part in examine():
        parts.add_metric([part.name], float(part.well))
    yield parts
    erasing = Erasure.objects.filter(erased__isnull=True)
    yield _gauge("footnote_erasures_waiting", "Deletions without a proof", erasing.count())
    since = erasing.aggregate(at=Min("asked"))["at"]
    age = (timezone.now() - since).total_seconds() if since else 0
    yield _gauge("footnote_erasures_oldest_seconds", "Age of the oldest of them", age)
    due = Notice.objects.filter(mail_due__lte=timezone.now()).count()
    yield _gauge("footnote_notices_unsent", "Notices that should have been mailed", due)
    if settings.BACKUP_DIR is not None:
        last = watching.newest()
        age = (timezone.now() - last).total_seconds() if last else inf
        yield _gauge("footnote_backup_age_seconds", "Age of the newest nightly backup; without one: infinite", age)
    probe = ProbeRun.objects.first()
    if probe is not None:
        text = "The last permission proof: 0 clean, 1 could not prove, 2 a leak"
        yield _gauge("footnote_permission_proof", text, _PROBES.get(probe.state, 1))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
