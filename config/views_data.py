"""A person's own data: what is kept about them, and all of it to take along."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.models import AuditEvent, Notice, User
from accounts.policy import Audience, allow
from accounts.streaming import attachment
from assistant.models import Conversation, Feedback
from config import exporting, retention
from knowledge.models import DocumentVersion
from knowledge.requests import asker

EXPORTS = 3
WITHIN = timedelta(hours=1)


@require_GET
@allow(Audience.SIGNED_IN)
def your_data(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    own = {"conversations", "notices", "deleted", "audit", "sign_ins", "backups"}
    context = {
        "counts": {
            "Conversations": Conversation.objects.filter(user=user).count(),
            "Ratings": Feedback.objects.filter(user=user).count(),
            "Uploads": DocumentVersion.objects.filter(created_by=user).count(),
            "Notices": Notice.objects.filter(user=user).count(),
            "Lines of what you did": AuditEvent.objects.filter(actor_id=user.pk).count(),
        },
        "rules": [rule for rule in retention.rules() if rule.name in own],
        "most": EXPORTS,
    }
    return render(request, "protection/your_data.html", context)


@require_POST
@allow(Audience.SIGNED_IN)
def your_data_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    user = asker(request)
    wait = _wait(user)
    if wait:
        refused = render(request, "429.html", status=429)
        refused["Retry-After"] = str(wait)
        return refused
    audit.record(user, "data.exported", user)
    name = f"footnote-data-{timezone.localdate():%Y-%m-%d}.zip"
    return attachment(request, exporting.stream(user), name, "application/zip")


def _wait(user: User) -> int:
    """Seconds until the next export may begin; 0 when it may now."""
    now = timezone.now()
    made = AuditEvent.objects.filter(action="data.exported", actor_id=user.pk, at__gt=now - WITHIN).order_by("-id")
    times = list(made.values_list("at", flat=True)[:EXPORTS])
    return max(1, int((times[-1] + WITHIN - now).total_seconds())) if len(times) >= EXPORTS else 0
