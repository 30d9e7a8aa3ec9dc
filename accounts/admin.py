"""Pages to manage people, groups, tokens of programs and to read the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import audit, tokens
from accounts.administration import AuditedAdmin, ReadOnlyAdmin
from accounts.listing import distinct_values
from accounts.models import ApiToken, AuditEvent, User
from accounts.shown import ShownForm

# Kept by other packages and not for hands: secrets, and tables that repeat what is shown elsewhere.
_SECRETS = (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession)
for _model in (*_SECRETS, Group, AccessAttempt, AccessFailureLog, AccessLog):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

LAST_ADMINISTRATOR = "This is the last active administrator. Make somebody else an administrator first."


def is_last_administrator(user: User) -> bool:
    others = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.is_administrator and not others.exists()


class PersonForm(ShownForm, UserChangeForm):  # type: ignore[misc]  # unfold ships no types
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        before = User.objects.get(pk=self.instance.pk)
        stays = cleaned.get("is_active") and cleaned.get("role") == User.Role.ADMINISTRATOR
        if is_last_administrator(before) and not stays:
            raise forms.ValidationError(LAST_ADMINISTRATOR)
        return cleaned


@admin.register(User)
class PersonAdmin(AuditedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """What somebody may read is decided by grants on collections; here is who they are and what else they may do."""

    form = PersonForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "groups")
    search_fields = ("username", "display_name", "email")
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined", "what_they_see")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email")}),
        (
            "What they may do",
            {
                "fields": ("is_active", "role", "groups", "what_they_see"),
                "description": "The role opens the review queue or this administration. Which documents somebody may "
                "read follows from the grants on each collection, to everyone, to a group or to a person. "
                "Deactivating somebody signs them out everywhere and keeps what they did.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "email", "role", "password1", "password2")}),)

    @admin.display(description="What they can see")
    def what_they_see(self, person: User) -> SafeString:
        page = reverse("permission_person", args=[person.pk])
        return format_html('<a href="{}">Collection by collection, and why</a>', page)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """People are removed one at a time, knowingly; usually deactivating is what is meant."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if isinstance(obj, User) and is_last_administrator(obj):
            return False
        return bool(super().has_delete_permission(request, obj))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What is theirs goes with them, whoever may delete such rows by hand. It is counted and not named: titles of
        conversations and questions are not the administrator's to read.
        """
        _named, counts, _permissions, protected = super().get_deleted_objects(objs, request)
        return [str(person) for person in objs], counts, set(), protected

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            audit.record(request.user, "person.password_set", User.objects.filter(pk=id).first())
        return response


@admin.register(Group)
class PeopleGroupAdmin(AuditedAdmin, DjangoGroupAdmin):
    """Groups are named in grants. Django's own permissions are not used: the role decides."""

    fields = ("name",)
    filter_horizontal = ()
    list_display = ("name", "people")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Group]:
        groups: models.QuerySet[Group] = super().get_queryset(request)
        return groups.annotate(size=models.Count("user"))

    @admin.display(ordering="size")
    def people(self, group: Any) -> int:
        return int(group.size)


class TokenForm(forms.ModelForm[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ("user", "name", "expires")


@admin.register(ApiToken)
class TokenAdmin(ReadOnlyAdmin):
    """A program signs in with the token and then is the person it belongs to."""

    form = TokenForm
    list_display = ("name", "user", "prefix", "created", "expires", "revoked", "last_used")
    list_filter = ("user",)
    list_select_related = ("user",)
    fields = ("user", "name", "expires")
    actions = ("revoke_tokens",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm[ApiToken], change: bool) -> None:
        by = request.user
        assert isinstance(by, User)  # noqa: S101  # the policy lets nobody else in
        token, secret = tokens.create(obj.user, obj.name, obj.expires, by=by)
        obj.pk, obj.prefix, obj.digest = token.pk, token.prefix, token.digest
        messages.warning(request, f"The token is {secret} — copy it now, it cannot be shown again.")

    @admin.action(description="Revoke: the program can no longer sign in")
    def revoke_tokens(self, request: HttpRequest, queryset: models.QuerySet[ApiToken]) -> None:
        by = request.user
        assert isinstance(by, User)  # noqa: S101  # the policy lets nobody else in
        for token in queryset.select_related("user"):
            tokens.revoke(token, by)


class ActionFilter(admin.SimpleListFilter):
    """Django's own would walk over the whole trail to learn which actions there are."""

    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action, action) for action in distinct_values(AuditEvent.objects.all(), "action")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditAdmin(ReadOnlyAdmin):
    """The trail: who did what to which object, in ids. It cannot be changed here or in the database."""

    list_display = ("at", "who", "action", "object_type", "object_id", "detail")
    list_filter = (ActionFilter, "at")
    search_fields = ("=object_id", "=actor_id")
    ordering = ("-at", "-id")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The names of those on the page are looked up together, and not for the lines before it."""
        shown: ChangeList = super().get_changelist_instance(request)
        events: list[Any] = list(shown.result_list)
        people = User.objects.filter(pk__in={event.actor_id for event in events if event.actor_id is not None})
        names = dict(people.values_list("pk", "username"))
        for event in events:
            event.username = names.get(event.actor_id)
        shown.result_list = events
        return shown

    @admin.display(description="Who")
    def who(self, event: Any) -> str:
        if event.actor_id is None:
            return "Footnote or nobody signed in"
        return event.username or f"person {event.actor_id} (removed)"


@admin.register(AccessAttempt)
class FailedSignInAdmin(ReadOnlyAdmin):
    """Sign-ins that failed. Removing a line lets the person try again at once."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    fields = ("attempt_time", "username", "ip_address", "failures_since_start")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        audit.record(request.user, "signin.unlocked", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        audit.record(request.user, "signin.unlocked", failures=queryset.count())
        super().delete_queryset(request, queryset)


@admin.register(Authenticator)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Second factors of sign-in. Somebody who lost theirs gets in with the password again when it is removed here."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        audit.record(request.user, "second_factor.removed", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for factor in queryset:
            audit.record(request.user, "second_factor.removed", factor, user=factor.user_id)
        super().delete_queryset(request, queryset)
