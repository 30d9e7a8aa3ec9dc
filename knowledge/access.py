"""The ONLY read rule: which documents, and everything made from them, a person may see.

Closed by default. A grant on a collection opens it to everyone, to a group or to one person; a document may narrow
that to some groups or people and never widens it. Canaries, which the permission proof keeps, are under the same
condition, for its synthetic users alone (``knowledge/proof``). Every queryset of this app has ``visible_to(user)``,
and all of them are the one condition below, reached over the path from the row to its document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

    Asker: TypeAlias = "User | AnonymousUser"

Row = TypeVar("Row", bound=models.Model)

READER = "reader"
CURATOR = "curator"


def _signed_in(user: Asker) -> bool:
    return bool(user.is_authenticated and user.is_active)


def granted_collections(user: Asker, *roles: str) -> models.QuerySet[Any, Any]:
    """Ids of the collections that some grant opens to this person, in one of the roles named (in any when none is)."""
    grants = apps.get_model("knowledge", "Grant")._default_manager.all()
    if not _signed_in(user):
        return grants.none().values("collection_id")
    if roles:
        grants = grants.filter(role__in=roles)
    mine = Q(everyone=True) | Q(user_id=user.pk) | Q(group_id__in=user.groups.values("id"))
    return grants.filter(mine).values("collection_id")


def visible_documents(user: Asker, path: str = "", *, gone: bool = False) -> Q:
    """The condition "its document is visible to this person"; ``path`` leads from the row to its document. With
    ``gone``: or was until it was deleted, to tell of that to those who could read it."""
    if not _signed_in(user):
        return Q(pk__in=[])
    document = f"{path}__" if path else ""
    restrictions = apps.get_model("knowledge", "Restriction")._default_manager
    named = restrictions.filter(Q(user_id=user.pk) | Q(group_id__in=user.groups.values("id")))
    unnarrowed = Q(**{f"{document}restricted": False})
    narrowed_to_me = Q(**{f"{document}id__in": named.values("document_id")})
    # Canaries are for the synthetic users of the permission proof, and nothing else is.
    for_them = Q(**{f"{document}canary": getattr(user, "synthetic", False)})
    there = Q() if gone else Q(**{f"{document}deleted__isnull": True})
    return (
        for_them
        & Q(**{f"{document}collection_id__in": granted_collections(user)})
        & there
        & (unnarrowed | narrowed_to_me)
    )


class VisibleQuerySet(models.QuerySet[Row, Row]):
    """A queryset of rows made from documents."""

    document_path: ClassVar[str] = ""

    def visible_to(self, user: Asker) -> Self:
        return self.filter(visible_documents(user, self.document_path))


class CollectionQuerySet(models.QuerySet[Row, Row]):
    def visible_to(self, user: Asker) -> Self:
        return self.filter(pk__in=granted_collections(user))

    def curated_by(self, user: Asker) -> Self:
        """Collections this person may add to and change: by a curator's grant, or as an administrator."""
        if _signed_in(user) and getattr(user, "is_administrator", False):
            return self
        return self.filter(pk__in=granted_collections(user, CURATOR))
