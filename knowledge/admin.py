"""Pages to manage collections, who reads them, and documents. Managing is not reading: no words are shown here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from accounts.administration import AuditedAdmin, ReadOnlyAdmin
from accounts.models import User
from accounts.shown import ShownForm
from knowledge.documents import delete_document, title_changed
from knowledge.forms import AdministeredDocumentForm
from knowledge.models import Collection, Document, DocumentVersion, Grant, Restriction, StoreCheck


class GrantInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = Grant
    form = ShownForm
    extra = 0
    verbose_name = "grant"
    verbose_name_plural = (
        "Who may read this collection — each line opens it to everyone who can sign in, to one group or to one person. "
        "Without a line nobody reads it, administrators neither."
    )
    fields = ("everyone", "group", "user", "role")
    autocomplete_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Grant]:
        grants: models.QuerySet[Grant] = super().get_queryset(request)
        return grants.exclude(user__synthetic=True)


@admin.register(Collection)
class CollectionAdmin(AuditedAdmin):
    """A shelf of documents with one set of readers. Changes take effect on the next question."""

    list_display = ("name", "owner", "readers", "unsupported", "document_count")
    list_filter = ("unsupported",)
    search_fields = ("name", "description")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012  # declared so by Django
    autocomplete_fields = ("owner",)
    fields = ("name", "slug", "description", "owner", "unsupported")
    inlines = (GrantInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Collection]:
        living = models.Count("documents", filter=models.Q(documents__deleted__isnull=True, documents__canary=False))
        return (
            Collection.objects.annotate(size=living)
            .select_related("owner")
            .prefetch_related("grants__group", "grants__user")
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Documents stand in the way of removing a collection; canaries, which nobody sees, do not."""
        listed, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        if not Document.objects.filter(collection__in=[row.pk for row in objs], canary=False).exists():
            listed, counts, forbidden = [str(row) for row in objs], {"collections": len(objs)}, set()
        return listed, counts, forbidden, protected

    @admin.display(description="Documents", ordering="size")
    def document_count(self, collection: Any) -> int:
        return int(collection.size)

    @admin.display(description="Opened to")
    def readers(self, collection: Collection) -> str:
        grants = [grant for grant in collection.grants.all() if not (grant.user and grant.user.synthetic)]
        audiences = ["everyone" if g.everyone else str(g.group or g.user) for g in grants]
        return ", ".join(dict.fromkeys(audiences)) or "nobody"


class RestrictionInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = Restriction
    form = ShownForm
    extra = 0
    verbose_name = "reader"
    verbose_name_plural = (
        "Who may still read it when it is restricted — of the collection's readers, only these groups and people. "
        "A line here never lets in somebody whom the collection keeps out."
    )
    fields = ("group", "user")
    autocomplete_fields = ("user",)


@admin.register(Document)
class DocumentAdmin(AuditedAdmin):
    """What is known about a document beside its words. It is added on the upload page."""

    form = AdministeredDocumentForm
    list_display = ("title", "collection", "state", "version", "owner", "review_by", "superseded_by", "restricted")
    list_filter = ("collection", "versions__state", "restricted", "review_by", "owner")
    list_select_related = ("collection", "owner", "current", "superseded_by")
    search_fields = ("title", "name")
    autocomplete_fields = ("owner", "superseded_by")
    fields = (
        *("title", "name", "collection", "owner", "effective", "effective_until", "review_by"),
        *("superseded_by", "restricted", "who_sees_it"),
    )
    readonly_fields = ("name", "collection", "who_sees_it")
    inlines = (RestrictionInline,)
    actions: tuple[str, ...] = ("delete_documents",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Document]:
        newest = DocumentVersion.objects.filter(document=models.OuterRef("pk")).order_by("-number").values("state")[:1]
        peoples = Document.objects.filter(deleted__isnull=True, canary=False)
        return peoples.annotate(newest_state=models.Subquery(newest))

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)  # in a transaction, as Django saves such pages
        if "title" in form.changed_data:
            title_changed(obj.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # rows are not removed one by one: the action below takes a document out of every answer

    @admin.display(description="Who can see it")
    def who_sees_it(self, document: Document) -> SafeString:
        return format_html('<a href="{}">Each person, and why</a>', reverse("permission_document", args=[document.pk]))

    @admin.display(description="State", ordering="newest_state")
    def state(self, document: Any) -> str:
        if not document.newest_state:
            return "empty"
        newest = DocumentVersion.State(document.newest_state)
        if document.current is not None and newest is not DocumentVersion.State.READY:
            return f"ready; newest version {newest.label}"
        return str(newest.label)

    @admin.display(description="Version")
    def version(self, document: Document) -> str:
        return str(document.current.number) if document.current is not None else "none"

    @admin.action(description="Delete: takes effect on the next question")
    def delete_documents(self, request: HttpRequest, queryset: models.QuerySet[Document]) -> None:
        by = request.user if isinstance(request.user, User) else None
        documents = list(queryset)
        for document in documents:
            delete_document(document, by)
        messages.success(request, f"Deleted: {len(documents)}. No answer is made from them any more.")


@admin.register(DocumentVersion)
class VersionAdmin(ReadOnlyAdmin):
    """The uploads of each document. The words of a version are read on the document's page, by those who may."""

    list_display = ("document", "number", "state", "filename", "size", "page_count", "passage_count", "created")
    list_filter = ("state", "media_type", "document__collection")
    list_select_related = ("document",)
    search_fields = ("document__title", "filename", "sha256")
    fields = (
        *("document", "number", "state", "filename", "media_type", "size", "sha256", "language"),
        *("page_count", "passage_count", "created", "created_by", "ready"),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DocumentVersion]:
        return DocumentVersion.objects.filter(document__deleted__isnull=True, document__canary=False)


@admin.register(StoreCheck)
class StoreCheckAdmin(ReadOnlyAdmin):
    """Rows, vectors, files and indexes held against each other: every night, and by ``manage.py verify``."""

    list_display = ("started", "result", "mended_count", "difference_count", "seconds")
    fields = ("started", "finished", "result", "list_of_counts", "list_of_mended", "list_of_differences")

    @admin.display(description="Result")
    def result(self, check: StoreCheck) -> str:
        if check.error:
            return f"not carried out: {check.error}"
        if check.finished is None:
            return "at work, or ended before it was through"
        return "everything agrees" if check.well else "there are differences: run `manage.py verify --repair`"

    @admin.display(description="Mended")
    def mended_count(self, check: StoreCheck) -> int:
        return len(check.mended)

    @admin.display(description="Differences")
    def difference_count(self, check: StoreCheck) -> int:
        return len(check.differences)

    @admin.display(description="Seconds")
    def seconds(self, check: StoreCheck) -> str:
        return f"{(check.finished - check.started).total_seconds():.0f}" if check.finished else ""

    @admin.display(description="Counts")
    def list_of_counts(self, check: StoreCheck) -> str:
        return _lines(f"{name}: {count}" for name, count in check.counts.items())

    @admin.display(description="What was mended")
    def list_of_mended(self, check: StoreCheck) -> str:
        return _lines(check.mended)

    @admin.display(description="Differences")
    def list_of_differences(self, check: StoreCheck) -> str:
        return _lines(check.differences)


def _lines(lines: Iterable[str]) -> str:
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines)) or "none"
