"""From a form to a turn, and from a turn to what a mode works on. Documents are kept as ids only: their titles are read
again, under the read rule, whenever they are shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from assistant.errors import QuestionRefused
from assistant.models import Conversation, Turn
from assistant.modes import MODES
from assistant.modes.base import MOST_COLUMNS, Mode, Task
from assistant.modes.reply import LONGEST_MAIL
from knowledge.models import Document

LONGEST_WORDS = 300  # characters
LONGEST_COLUMN = 60


def chosen(user: User, ids: Sequence[str]) -> list[Document]:
    """Documents of these ids that this person may read and that can be answered from, in the order given."""
    known = []
    for text in ids:
        try:
            known.append(uuid.UUID(str(text)))
        except ValueError:
            continue
    if not known:
        return []
    rows = Document.objects.visible_to(user).filter(pk__in=known, current__isnull=False)
    found = {row.pk: row for row in rows.select_related("collection")}
    return [found[key] for key in dict.fromkeys(known) if key in found]


def turn_for(user: User, mode: Mode, given: dict[str, list[str]]) -> Turn:
    """An unsaved turn of what was filled in: ``documents``, ``columns``, ``words``, ``mail``.

    Raises QuestionRefused with what to change.
    """
    documents = chosen(user, given.get("document", []))
    fewest, most = mode.wants.documents
    if not fewest <= len(documents) <= most:
        raise QuestionRefused(_how_many(fewest, most))
    params: dict[str, object] = {"documents": [str(row.pk) for row in documents]}
    about = params["words"] = _first(given, "words")[:LONGEST_WORDS] if mode.wants.words else ""
    if mode.wants.columns:
        columns = params["columns"] = columns_of(_first(given, "columns"))
        about = ", ".join(columns)
    if mode.wants.mail:
        params["mail"] = _mail(_first(given, "mail"))
    return Turn(question=f"{mode.name}: {about}" if about else mode.name, mode=mode.key, params=params)


def columns_of(written: str) -> list[str]:
    """Raises QuestionRefused when no column is named or too many are."""
    names = [" ".join(name.split())[:LONGEST_COLUMN] for name in written.replace("\n", ",").split(",")]
    columns = list(dict.fromkeys(name for name in names if name))
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise QuestionRefused(f"Name one to {MOST_COLUMNS} columns, separated by commas.")
    return columns


def _mail(text: str) -> str:
    if not text:
        raise QuestionRefused("Paste the mail first.")
    if len(text) > LONGEST_MAIL:
        raise QuestionRefused(f"This mail has {len(text):,} characters; up to {LONGEST_MAIL:,} can be read.")
    return text


def _how_many(fewest: int, most: int) -> str:
    if fewest == most:
        return "Choose one document." if most == 1 else f"Choose {most} documents."
    return f"Choose {fewest} to {most} documents."


def _first(given: dict[str, list[str]], name: str) -> str:
    values = given.get(name) or [""]
    return values[0].encode(errors="replace").decode().replace("\0", "").strip()


def task_of(turn: Turn, written: bool) -> Task:
    """What the mode works on, with those documents that its asker may read at this moment."""
    user, params = turn.conversation.user, turn.params
    return Task(
        user=user,
        words=params.get("words", ""),
        documents=tuple(chosen(user, params.get("documents", []))),
        columns=tuple(params.get("columns", [])),
        mail=params.get("mail", ""),
        written=written,
    )


def tell_about(conversations: Sequence[Conversation], owner: User) -> Sequence[Conversation]:
    """The same conversations; those that began with a mode tell which documents it was about, as far as their owner
    may read them now."""
    first = Turn.objects.filter(conversation__in=conversations, parent=None).exclude(mode="").order_by("-created")
    chosen_by = dict(first.values_list("conversation_id", "params"))
    titles = {str(row.pk): row.title for row in chosen(owner, [key for p in chosen_by.values() for key in _ids(p)])}
    for conversation in conversations:
        known = [titles[key] for key in _ids(chosen_by.get(conversation.pk, {})) if key in titles]
        conversation.about = ", ".join(known)
    return conversations


def _ids(params: dict[str, Any]) -> list[str]:
    return list(params.get("documents", ()))


def documents_of(turn: Turn, user: User) -> list[Document]:
    """The documents of a turn that whoever looks may read."""
    return chosen(user, turn.params.get("documents", [])) if turn.mode in MODES else []
