"""Who can see a document and why, in sentences: all of it for its curators, their own part for readers."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from knowledge.models import Document


def audience_sentences(document: Document) -> list[str]:
    grants = document.collection.grants.exclude(user__synthetic=True).select_related("group", "user")
    grants = grants.order_by("-everyone", "role")
    sentences = []
    for grant in grants:
        verb = "may read and curate" if grant.role == grant.Role.CURATOR else "may read"
        if grant.everyone:
            who = "Everyone who can sign in"
        elif grant.group is not None:
            who = f"The group {grant.group.name} ({grant.group.user_set.filter(is_active=True).count()} people)"
        else:
            who = str(grant.user)
        sentences.append(f"{who} {verb}, by a grant on the collection {document.collection.name}.")
    if document.restricted:
        named = ", ".join(str(row.group or row.user) for row in document.restrictions.select_related("group", "user"))
        sentences.append(f"Of these, only {named or 'nobody'}: this document is narrowed.")
    return sentences


def why_readable(document: Document, user: User) -> list[str]:
    """Why this person, who may read it, may read it. Nothing of who else may."""
    grants = document.collection.grants.filter(
        Q(everyone=True) | Q(user=user) | Q(group__in=user.groups.all())
    ).select_related("group")
    sentences = []
    for grant in grants:
        if grant.everyone:
            reason = "everyone who can sign in may"
        else:
            reason = f"the group {grant.group.name} may" if grant.group else "it was opened to you by name"
        sentences.append(f"You may read it: {reason}, by a grant on the collection {document.collection.name}.")
    if document.restricted:
        sentences.append("It is narrowed to fewer people than its collection, and you are among them.")
    return sentences
