"""What is known: collections of documents, their versions, pages and passages. The database is the truth."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.access import CURATOR, READER, CollectionQuerySet, VisibleQuerySet
from knowledge.force import Force
from knowledge.proof.rows import ProbeRun as ProbeRun

if TYPE_CHECKING:
    from knowledge.access import Asker


def keep_documents(collector: Any, field: Any, rows: Any, using: str) -> None:
    """A collection with documents is not removed; its canaries go with it."""
    theirs = models.PROTECT if any(not row.canary for row in rows) else models.CASCADE
    theirs(collector, field, rows, using)


class Collection(models.Model):
    """A shelf of documents with one set of readers."""

    class Unsupported(models.TextChoices):
        """What becomes of sentences of an answer that the cited words do not bear out; from mild to strict."""

        MARK = "mark", _("Show them, marked as not supported")
        HOLD = "hold", _("Hold back what is not supported")
        HOLD_PARTLY = "hold_partly", _("Hold back also what is only partly supported")

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_collections",
        help_text=_("Whom to ask when nothing in this collection answers."),
    )
    unsupported = models.CharField(
        _("sentences its documents do not support"),
        max_length=16,
        choices=Unsupported.choices,
        default=Unsupported.MARK,
        help_text=_("When an answer draws on several collections, the strictest choice counts."),
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = CollectionQuerySet["Collection"].as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """Opens a collection to everyone who can sign in, to a group, or to one person."""

    class Role(models.TextChoices):
        READER = READER, _("Reader: may read and be answered from it")
        CURATOR = CURATOR, _("Curator: may also add, replace and delete documents")

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.READER)
    everyone = models.BooleanField(default=False, help_text=_("Everyone who can sign in."))
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="grants"
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(everyone=True, group__isnull=True, user__isnull=True)
                    | Q(everyone=False, group__isnull=False, user__isnull=True)
                    | Q(everyone=False, group__isnull=True, user__isnull=False)
                ),
                name="grant_names_exactly_one_audience",
                violation_error_message=_("Choose exactly one of: everyone, a group, a person."),
            ),
            # One rule per kind of audience: SQLite has no uniqueness over empty columns.
            *(
                models.UniqueConstraint(
                    fields=["collection", *columns],
                    condition=condition,
                    name=f"grant_once_per_{audience}",
                    violation_error_message=_("This audience already has a grant on this collection."),
                )
                for audience, columns, condition in (
                    ("everyone", [], Q(everyone=True)),
                    ("group", ["group"], Q(group__isnull=False)),
                    ("user", ["user"], Q(user__isnull=False)),
                )
            ),
        ]

    def __str__(self) -> str:
        audience = "everyone" if self.everyone else self.group or self.user
        return f"{self.collection}: {audience} as {self.role}"


def has_begun(document: str = "") -> Q:
    """The document at this path (none: the row itself) does not wait for a first day in force."""
    return Q(**{f"{document}effective__isnull": True}) | Q(**{f"{document}effective__lte": timezone.localdate()})


def replaced_for(user: Asker) -> Exists:
    """Whether a document that this person is answered from replaces the row's, today; a hidden replacement does not
    show."""
    answering = Document.objects.visible_to(user).filter(has_begun(), current__isnull=False)
    return Exists(answering.filter(pk=OuterRef("superseded_by")))


def is_replaced(document_id: uuid.UUID, user: Asker) -> bool:
    return Document.objects.filter(pk=document_id).filter(replaced_for(user)).exists()


class DocumentQuerySet(VisibleQuerySet["Document"]):
    def curated_by(self, user: Asker) -> DocumentQuerySet:
        """Documents this person may replace and delete (administrators too, without thereby reading them)."""
        return self.filter(
            collection__in=Collection.objects.curated_by(user),
            deleted__isnull=True,
            canary=False,
        )

    def marking_replaced(self, user: Asker) -> DocumentQuerySet:
        """Rows have ``replaced`` as ``replaced_for`` gives it."""
        return self.annotate(replaced=replaced_for(user))


class Document(models.Model):
    """One document as people know it; its content is its current version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=keep_documents, related_name="documents")
    name = models.CharField(max_length=400, help_text=_("The path or file name it was uploaded under."))
    namesake = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text=_("Tells documents apart that came in under one name from people who may not know of the other's."),
    )
    title = models.CharField(max_length=400)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_documents"
    )
    current = models.OneToOneField(
        "DocumentVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="current_of", editable=False
    )
    restricted = models.BooleanField(
        default=False, help_text=_("Narrow the collection's readers to the groups and people listed below.")
    )
    superseded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="supersedes",
        help_text=_("The document that replaces this one. Answers then prefer the replacement."),
    )
    effective = models.DateField(null=True, blank=True, help_text=_("In force from this day."))
    effective_until = models.DateField(null=True, blank=True, help_text=_("In force up to and including this day."))
    review_by = models.DateField(null=True, blank=True, help_text=_("Should be looked at again by this day."))
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    deleted = models.DateTimeField(null=True, blank=True, editable=False)
    canary = models.BooleanField(default=False, editable=False, help_text=_("Kept by the permission proof."))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("title",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "name", "namesake"],
                condition=Q(deleted__isnull=True),
                name="document_name_once_per_collection",
            ),
            models.CheckConstraint(
                condition=Q(effective__isnull=True)
                | Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective")),
                name="document_in_force_from_before_until",
                violation_error_message=_("It cannot end before it begins to be in force."),
            ),
        ]
        # What a person sees of one part of the documents is read by it (see ``scope.py``).
        indexes: ClassVar = [models.Index(fields=["collection", "id"], name="document_by_part")]

    def __str__(self) -> str:
        return self.title

    @property
    def force(self) -> Force:
        return Force(self.effective, self.effective_until)


class ReviewReminder(models.Model):
    """That the keepers of a document were told of a date to look at it again by: once before it, once on it."""

    class Stage(models.TextChoices):
        SOON = "soon", _("before the day")
        DUE = "due", _("on the day")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="reminders")
    due = models.DateField()
    stage = models.CharField(max_length=8, choices=Stage.choices)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "due", "stage"], name="reminded_once")]

    def __str__(self) -> str:
        return f"{self.stage} {self.due}"


class Restriction(models.Model):
    """Names a group or person that may still read a restricted document."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="restrictions")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(group__isnull=False, user__isnull=True) | Q(group__isnull=True, user__isnull=False),
                name="restriction_names_group_or_user",
                violation_error_message=_("Choose a group or a person, not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.group or self.user}"


class VersionQuerySet(VisibleQuerySet["DocumentVersion"]):
    document_path = "document"


def blob_name(version: DocumentVersion, filename: str) -> str:
    """Names on disk are ours; the user's name is only a label in the database."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class DocumentVersion(models.Model):
    """The bytes of one upload and what was read from them."""

    class State(models.TextChoices):
        PROCESSING = "processing", _("being read")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    blob = models.FileField(upload_to=blob_name, max_length=200)
    filename = models.CharField(max_length=400)
    media_type = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROCESSING)
    language = models.CharField(max_length=8, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    passage_count = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    ready = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ("document", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once_per_document"),
        ]

    def __str__(self) -> str:
        return f"{self.document} (version {self.number})"

    @property
    def is_current(self) -> bool:
        return self.document.current_id == self.pk


class PageQuerySet(VisibleQuerySet["Page"]):
    document_path = "version__document"


class Page(models.Model):
    """The text of one page, slide or sheet, or of a whole document without pages. Offsets point into ``text``."""

    class Kind(models.TextChoices):
        PAGE = "page", _("page")
        SLIDE = "slide", _("slide")
        SHEET = "sheet", _("sheet")
        TEXT = "text", _("text")

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PAGE)
    label = models.CharField(max_length=200, blank=True, help_text=_("The sheet's name, the slide's title."))
    text = models.TextField()

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ("version", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "number"], name="page_number_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PassageQuerySet(VisibleQuerySet["Passage"]):
    document_path = "version__document"

    def searchable(self) -> PassageQuerySet:
        """Passages of versions that are current: what answers may be made of."""
        return self.filter(version__current_of__isnull=False, version__document__deleted__isnull=True)


class Passage(models.Model):
    """A piece of a page to find and to quote: ``page.text[start:end] == text``, always.

    Identity for idempotent saving is (version, ordinal, chunker, model). ``vector`` holds float32 little-endian
    values of the model named beside it, so that the index can be rebuilt without embedding again.
    """

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="passages")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="passages")
    ordinal = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    heading_path = models.JSONField(default=list)
    language = models.CharField(max_length=8, blank=True)
    chunker = models.CharField(max_length=16)
    model_id = models.CharField(max_length=80)
    input_hash = models.CharField(max_length=64, help_text=_("SHA-256 of the exact text that was embedded."))
    vector = models.BinaryField()

    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ("version", "ordinal")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "ordinal", "chunker", "model_id"], name="passage_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="passage_has_length"),
        ]
        indexes: ClassVar = [models.Index(fields=["model_id", "input_hash"], name="passage_by_input")]

    def __str__(self) -> str:
        return f"passage {self.pk}"


class IndexChange(models.Model):
    """The tail every process follows: at this position the passages of a version came or went.

    Positions are taken under a lock (see ``projection.record_change``), so they commit in order and none is missed.
    ``version_id`` is a plain number: a change outlives the rows it speaks of.
    """

    class Kind(models.TextChoices):
        ADD = "add"
        REMOVE = "remove"

    position = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    version_id = models.BigIntegerField()
    passages = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.version_id}"


class IndexPosition(models.Model):
    """One row: the last position given out."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)


class StoreCheck(models.Model):
    """What ``verify`` found: every night, and when somebody asked. Ids and counts, never words of documents."""

    started = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    mended = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    error = models.TextField(blank=True, help_text=_("Why it could not be carried out, if so."))

    class Meta:
        ordering = ("-started",)

    def __str__(self) -> str:
        return f"check of {self.started:%Y-%m-%d %H:%M}"

    @property
    def well(self) -> bool:
        return self.finished is not None and not self.differences and not self.error


class VisibilityStamp(models.Model):
    """A mark that changes with what people may see; triggers write it (see ``stamps.py``)."""

    part = models.CharField(max_length=2)
    slot = models.BigIntegerField()
    stamp = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "slot"], name="visibility_stamp_once_per_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.part or 'access'}/{self.slot}: {self.stamp}"
