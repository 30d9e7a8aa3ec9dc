"""What documents are called in notices: their titles, for those who may read them at that moment."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from accounts.models import User
from accounts.notices import naming
from knowledge.models import Document


def _titles(user: User, ids: list[str]) -> Mapping[str, str]:
    found = Document.objects.visible_to(user).filter(pk__in=[uuid.UUID(key) for key in ids])
    return {str(pk): f"“{title}”" for pk, title in found.values_list("pk", "title")}


naming.register("document", _titles, "A document that you cannot read now")
