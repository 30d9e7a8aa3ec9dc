"""Who is asking: people, the tokens of their programs, and the trail of what was done."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.notices.rows import Notice as Notice
from accounts.notices.rows import NoticeChoice as NoticeChoice
from accounts.notices.rows import NoticeKind as NoticeKind


class People(UserManager["User"]):
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> User:
        extra["role"] = User.Role.ADMINISTRATOR
        return super().create_superuser(username, email, password, **extra)


class RealPeople(People):
    """Everybody but the synthetic users of the permission proof: nobody meets them, and none of them can sign in."""

    use_in_migrations = False  # rows of the past do not have the column

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(synthetic=False)


class User(AbstractUser):
    """A person. What they may read comes from grants on collections; the role says what else they may do."""

    class Role(models.TextChoices):
        READER = "reader", _("Reader: asks questions")
        REVIEWER = "reviewer", _("Reviewer: also judges citations")
        ADMINISTRATOR = "administrator", _("Administrator: also manages people, collections and settings")

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.READER)
    display_name = models.CharField(max_length=120, blank=True)

    # Asks search to prove what people may see (``knowledge/proof``). It has no role, no password and no address.
    synthetic = models.BooleanField(default=False, editable=False)

    objects: ClassVar[RealPeople] = RealPeople()
    everybody: ClassVar[models.Manager[User]] = models.Manager()

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.synthetic:
            self.role = ""
            self.set_unusable_password()
        self.email = self.email.lower()  # as sign-in and forgotten passwords look for it
        # The role is the one thing people edit; Django's own flags follow it.
        self.is_staff = self.is_superuser = self.role == self.Role.ADMINISTRATOR
        if "role" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "is_staff", "is_superuser"}
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == self.Role.ADMINISTRATOR

    @property
    def is_reviewer(self) -> bool:
        return self.is_active and self.role in {self.Role.REVIEWER, self.Role.ADMINISTRATOR}


class ApiToken(models.Model):
    """A secret a program signs in with. Only its SHA-256 digest is kept (see ``tokens.py``)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class TrailIsAppendOnly(Exception):
    """Somebody tried to change or remove a line of the audit trail."""


class Trail(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TrailIsAppendOnly("Lines of the audit trail are never changed.")

    def delete(self) -> NoReturn:
        raise TrailIsAppendOnly("Lines of the audit trail are never removed.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TrailIsAppendOnly("Lines of the audit trail are added one after another.")


class AuditEvent(models.Model):
    """One line of the trail: who did what to which object, in ids only. Rows are never changed or removed.

    ``actor_id`` is a plain number, not a foreign key, so that the trail outlives the person's row. This class refuses
    changes with a clear error; triggers in the database refuse what goes around it (``append_only``), and each line's
    ``digest`` covers the line before it, so that what went around the triggers shows (``chain``).
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=48, db_index=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, default="", editable=False)

    objects = Trail.as_manager()

    class Meta:
        ordering = ("-id",)
        # What administrators look through it by, newest first.
        indexes: ClassVar = [
            models.Index(fields=["action", "-at", "-id"], name="trail_by_action"),
            models.Index(fields=["actor_id", "-at", "-id"], name="trail_by_person"),
            models.Index(fields=["object_id", "-at", "-id"], name="trail_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.object_type} {self.object_id}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TrailIsAppendOnly("Lines of the audit trail are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TrailIsAppendOnly("Lines of the audit trail are never removed.")


class AuditHead(models.Model):
    """One row: how many lines there ever were and the newest one's digest, signed, so that a cut end shows."""

    count = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    signature = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.count} lines"


class AuditStub(models.Model):
    """What stands for the oldest lines of the trail after their time: how many, of when, and the last one's digest.

    Only lines up to the newest stub can be removed (``append_only``); the signature says that we wrote it.
    """

    through = models.BigIntegerField(unique=True, help_text=_("The id of the last line that was removed."))
    digest = models.CharField(max_length=64)
    removed = models.BigIntegerField(help_text=_("Lines removed since the trail began, this time's included."))
    last_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    signature = models.CharField(max_length=64)

    class Meta:
        ordering = ("through",)

    def __str__(self) -> str:
        return f"{self.removed} lines up to {self.last_at:%Y-%m-%d}"


class Erasure(models.Model):
    """The proof that something went for good, and all that is left of it: an id and times.

    ``remains`` names what is still to be removed from the disk, in names of our own; it is empty once that is done.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("document")
        PERSON = "person", _("person")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    object_id = models.CharField(max_length=64)
    began = models.DateTimeField(null=True)  # of a person: when they joined, since a number can be given again
    asked = models.DateTimeField(default=timezone.now)
    asked_by = models.BigIntegerField(null=True)
    unretrievable = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True, db_index=True)
    remains = models.JSONField(default=dict)

    class Meta:
        ordering = ("-asked", "-id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "object_id"], name="erasure_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
