"""What company.toml says, as values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
QUESTIONS = HERE / "questions"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    does: str
    groups: tuple[str, ...] = ()
    role: str = "reader"


@dataclass(frozen=True, slots=True)
class Audience:
    """One grant: to everyone, a group or a person."""

    everyone: bool = False
    group: str = ""
    user: str = ""
    role: str = "reader"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection and who may read it."""

    slug: str
    name: str
    description: str
    owner: str
    uploaded_by: str
    grants: tuple[Audience, ...] = field(default_factory=tuple)

    def files(self) -> list[tuple[str, Path]]:
        """(name in the collection, path) of every file, in a fixed order."""
        root = FILES / self.slug
        return [(path.relative_to(root).as_posix(), path) for path in sorted(root.rglob("*")) if path.is_file()]


@dataclass(frozen=True, slots=True)
class About:
    """What is known about a document beyond its words. Paths are <collection>/<name>."""

    path: str
    effective: date | None = None
    review_by: date | None = None
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    password: str
    people: tuple[Person, ...]
    shelves: tuple[Shelf, ...]
    documents: tuple[About, ...]


@cache
def load() -> Company:
    raw = tomllib.loads((HERE / "company.toml").read_text(encoding="utf-8"))
    shelves = [
        Shelf(**{**shelf, "grants": tuple(Audience(**grant) for grant in shelf["grants"])})
        for shelf in raw["collections"]
    ]
    return Company(
        name=raw["name"],
        password=raw["password"],
        people=tuple(Person(**{**person, "groups": tuple(person["groups"])}) for person in raw["people"]),
        shelves=tuple(shelves),
        documents=tuple(About(**about) for about in raw["documents"]),
    )
