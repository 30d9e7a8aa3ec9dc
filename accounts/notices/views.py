"""A person's own notices, and how they want to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.notices.naming import worded
from accounts.notices.rows import Mail, Notice, NoticeChoice, NoticeKind
from accounts.notices.telling import unread
from accounts.policy import Audience, allow
from accounts.requests import person

PER_PAGE = 30
_FOR_REVIEWERS = {NoticeKind.REVIEW, NoticeKind.LAPSED}
_FOR_ADMINISTRATORS = {NoticeKind.EVALUATION, NoticeKind.BUDGET, NoticeKind.BACKUP}


@require_GET
@allow(Audience.SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    user = person(request)
    page = Paginator(Notice.objects.filter(user=user, in_app=True), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "items": worded(user, page), "unread": unread(user), "days": settings.KEEP_NOTICES_DAYS}
    return render(request, "notices/notices.html", context)


@require_GET
@allow(Audience.SIGNED_IN)
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Leads where the notice leads, and counts it as read."""
    row = get_object_or_404(Notice, pk=notice_id, user=person(request), in_app=True)
    Notice.objects.filter(pk=row.pk, read__isnull=True).update(read=timezone.now())
    return redirect(row.link)


@require_POST
@allow(Audience.SIGNED_IN)
def notices_read(request: HttpRequest) -> HttpResponse:
    """Marks one as read (``notice``), or all of them."""
    rows = Notice.objects.filter(user=person(request), in_app=True, read__isnull=True)
    if (which := request.POST.get("notice", "")).isdecimal() and len(which) < 18:
        rows = rows.filter(pk=int(which))
    rows.update(read=timezone.now())
    return redirect("notices")


class ChoicesForm(forms.Form):
    """Two fields a kind: ``<kind>_in_app`` and ``<kind>_mail``."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = kinds_for(user)
        chosen = {row.kind: row for row in NoticeChoice.objects.filter(user=user)}
        for kind in self.kinds:
            row = chosen.get(kind, NoticeChoice(kind=kind))
            self.fields[f"{kind}_in_app"] = forms.BooleanField(required=False, initial=row.in_app, label="In the list")
            self.fields[f"{kind}_mail"] = forms.ChoiceField(choices=Mail.choices, initial=row.mail, label="By mail")

    def rows(self) -> list[tuple[NoticeKind, forms.BoundField, forms.BoundField]]:
        return [(kind, self[f"{kind}_in_app"], self[f"{kind}_mail"]) for kind in self.kinds]

    def save(self) -> None:
        for kind in self.kinds:
            values = {"in_app": self.cleaned_data[f"{kind}_in_app"], "mail": self.cleaned_data[f"{kind}_mail"]}
            NoticeChoice.objects.update_or_create(user=self.user, kind=kind, defaults=values)


def kinds_for(user: User) -> list[NoticeKind]:
    """The kinds that can reach this person. Documents have owners of every role."""
    hidden = set() if user.is_administrator else set(_FOR_ADMINISTRATORS)
    if not user.is_reviewer:
        hidden |= _FOR_REVIEWERS
    return [kind for kind in NoticeKind if kind not in hidden]


@require_http_methods(["GET", "POST"])
@allow(Audience.SIGNED_IN)
def notice_choices(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ChoicesForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "You are told as you chose.")
        return redirect("notice_choices")
    context = {"form": form, "mails": settings.MAILS, "address": user.email}
    return render(request, "notices/choices.html", context)
