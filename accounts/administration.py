"""What every administration page of Footnote does: look like the others, and leave a trail of what was changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from accounts import audit
from accounts.listing import CappedPaginator
from accounts.shown import ShownForm, save_what_changed


class _WritesWhatChanged(admin.ModelAdmin[Any]):
    """Saving as Django's page does it, but for what stood on the page only because it was opened before a change."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        save_what_changed(obj, form)


class AuditedAdmin(ModelAdmin, _WritesWhatChanged):  # type: ignore[misc]  # unfold ships no types
    """Every addition, change and removal is recorded with the names of the fields, never with their values."""

    form = ShownForm
    list_per_page = 50

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        _record(request, obj, "changed" if change else "added", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        _record(request, obj, "removed")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            _record(request, obj, "removed")
        super().delete_queryset(request, queryset)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return _seen(self, request, object_id, super().change_view(request, object_id, *args, **kwargs))

    def save_formset(self, request: HttpRequest, form: ModelForm[Any], formset: Any, change: bool) -> None:
        """The rows of an inline: grants of a collection, restrictions of a document."""
        super().save_formset(request, form, formset, change)
        owner = {form.instance._meta.model_name: form.instance.pk}
        for obj in formset.new_objects:
            _record(request, obj, "added", **owner, **_audience(obj))
        for obj, fields in formset.changed_objects:
            _record(request, obj, "changed", fields, **owner, **_audience(obj))
        for obj in formset.deleted_objects:
            _record(request, obj, "removed", **owner, **_audience(obj))


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Shows rows that nobody edits by hand. There may be very many: none of them is counted beyond what is shown."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return _seen(self, request, object_id, super().change_view(request, object_id, *args, **kwargs))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _seen(page: ModelAdmin, request: HttpRequest, object_id: str, response: HttpResponse) -> HttpResponse:
    """An administrator who opens what may be another's leaves a line."""
    if request.method == "GET" and response.status_code == 200:
        known = object_id if audit.is_code(object_id) else "other"
        audit.record(request.user, f"{page.opts.model_name}.viewed", None, model=page.opts.label_lower, id=known)
    return response


def _record(request: HttpRequest, obj: models.Model, what: str, fields: list[str] | None = None, **ids: Any) -> None:
    detail = {"fields": "+".join(fields)[:80], **ids} if fields else ids
    audit.record(request.user, f"{obj._meta.model_name}.{what}", obj, **detail)


def _audience(obj: models.Model) -> dict[str, Any]:
    """Whom a grant or restriction names: rows are gone when the trail is read."""
    names = ("role", "everyone", "group_id", "user_id")
    return {name: getattr(obj, name) for name in names if getattr(obj, name, None) not in (None, False)}
