"""Who can see a document and why, in sentences. For its curators."""

from __future__ import annotations

from knowledge.models import Document


def audience_sentences(document: Document) -> list[str]:
    grants = document.collection.grants.select_related("group", "user").order_by("-everyone", "role")
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
