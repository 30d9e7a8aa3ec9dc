"""What questions are called in notices to those who asked them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from accounts.models import User
from accounts.notices import naming
from assistant.models import Turn


def _questions(user: User, ids: list[str]) -> Mapping[str, str]:
    found = Turn.objects.filter(conversation__user=user, pk__in=[uuid.UUID(key) for key in ids])
    return {str(pk): f"“{question[:120]}”" for pk, question in found.values_list("pk", "question")}


naming.register("turn", _questions, "that is gone")
