"""The users who probe. Nobody meets them: they are no people (``User.objects``), have no role and cannot sign in."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from knowledge.models import Collection, Grant

# Names that no person can have: a user name takes no spaces.
_NONE, _FIRST, _SECOND = "permission probe without grants", "permission probe one", "permission probe two"


@dataclass(frozen=True, slots=True)
class Probes:
    """``none`` holds no grant; of the two others one holds a grant on each collection, and the other does not."""

    none: User
    first: User
    second: User

    @property
    def all(self) -> tuple[User, ...]:
        return self.none, self.first, self.second

    def holder(self, collection_id: int) -> User:
        return self.first if collection_id % 2 else self.second

    def other(self, collection_id: int) -> User:
        return self.second if collection_id % 2 else self.first


def keep_probes() -> Probes:
    """The three of them, with a grant on each collection there is now."""
    found = Probes(*(_user(name) for name in (_NONE, _FIRST, _SECOND)))
    for probe in (found.first, found.second):
        theirs = {pk for pk in Collection.objects.values_list("pk", flat=True) if found.holder(pk) == probe}
        missing = theirs - set(Grant.objects.filter(user=probe).values_list("collection_id", flat=True))
        for pk in sorted(missing):
            Grant.objects.get_or_create(collection_id=pk, user=probe)
    return found


def _user(name: str) -> User:
    return User.everybody.get_or_create(
        username=name, defaults={"synthetic": True, "display_name": name, "password": "!"}
    )[0]
