"""A person's conversations: beginning one, finding one, and the path of turns that is shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from assistant.conversing.queueing import must_wait, require_waiting_room
from assistant.conversing.recovery import UNFINISHED, recover_abandoned
from assistant.errors import QuestionRefused, TooManyAnswers
from assistant.models import Answer, Conversation, Turn
from assistant.sources import may_see
from knowledge.followups import Exchange

LONGEST_QUESTION = 4000  # characters
MOST_RUNNING = 2  # answers of one person at once


@dataclass(frozen=True, slots=True)
class Place:
    """A turn of the shown path among its siblings, oldest first."""

    turn: Turn
    siblings: tuple[Turn, ...]

    @property
    def position(self) -> int:
        """From 1."""
        return self.siblings.index(self.turn) + 1


def clean_question(text: str) -> str:
    """The question to ask. Raises QuestionRefused with what to change."""
    # What is no character at all comes from a terminal's bytes; nothing can be stored or searched with it.
    question = text.encode(errors="replace").decode().replace("\0", "").strip()
    if not question:
        raise QuestionRefused("Write a question first.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionRefused(
            f"This question has {len(question):,} characters; up to {LONGEST_QUESTION:,} can be searched. Shorten it, "
            "or upload the text as a document."
        )
    return question


def ask(user: User, question: str, conversation: Conversation | None = None, parent: Turn | None = None) -> Answer:
    """Saves a question and its pending answer, in a new conversation when none is given.

    A question after one that is still being answered waits for it (see ``queueing.py``).
    Raises QuestionRefused or TooManyAnswers.
    """
    return place(user, Turn(question=clean_question(question), parent=parent), conversation)


def place(user: User, turn: Turn, conversation: Conversation | None) -> Answer:
    """Saves a turn at its place, or at the end of the shown path when it names no parent, and its answer to come.

    Raises TooManyAnswers.
    """
    recover_abandoned()
    if conversation is not None and turn.parent is None:
        shown = shown_path(conversation)
        turn.parent = shown[-1].turn if shown else None
    waits = must_wait(turn.parent)
    (require_waiting_room if waits else _require_room)(user)
    with transaction.atomic():
        turn.conversation = conversation or Conversation.objects.create(user=user, title=_title(turn.question))
        turn.save()
        turn.conversation.save(update_fields=["updated"])
        return Answer.objects.create(turn=turn, state=Answer.State.QUEUED if waits else Answer.State.PENDING)


def edit(turn: Turn, question: str) -> Answer:
    """Asks a turn's question in other words: a branch beside it. Raises QuestionRefused or TooManyAnswers."""
    question = clean_question(question)
    require_room(turn.conversation.user)
    with transaction.atomic():
        sibling = Turn.objects.create(
            conversation=turn.conversation, parent=turn.parent, question=question, mode=turn.mode, params=turn.params
        )
        turn.conversation.save(update_fields=["updated"])
        return Answer.objects.create(turn=sibling)


def retry(turn: Turn, wanted: str = "") -> Answer:
    """Asks a turn's question once more, of the answerer that is wanted. Raises TooManyAnswers."""
    require_room(turn.conversation.user)
    with transaction.atomic():
        turn.conversation.save(update_fields=["updated"])
        return Answer.objects.create(turn=turn, wanted=wanted)


def rename(conversation: Conversation, title: str) -> None:
    """Gives a conversation a title of its owner's; an empty one changes nothing."""
    if cleaned := _title(title.replace("\0", "")):
        Conversation.objects.filter(pk=conversation.pk).update(title=cleaned)


def delete(conversation: Conversation, by: User | None = None) -> None:
    """Removes a conversation with its answers, footnotes and ratings; an answer still running stops."""
    with transaction.atomic():
        if by is not None:
            audit.record(by, "conversation.deleted", conversation)
        conversation.delete()


def require_room(user: User) -> None:
    """Raises TooManyAnswers when this person has as many answers running as one may."""
    recover_abandoned()
    _require_room(user)


def _require_room(user: User) -> None:
    running = Answer.objects.filter(turn__conversation__user=user, state__in=UNFINISHED).count()
    if running >= MOST_RUNNING:
        raise TooManyAnswers(f"{MOST_RUNNING} of your questions are still being answered. Wait for one, or stop it.", 5)


def remember(conversation: Conversation, question: str, answer: str = "") -> Answer:
    """Adds a turn that was asked and answered elsewhere, at the end of the shown path."""
    with transaction.atomic():
        shown = shown_path(conversation)
        turn = Turn.objects.create(
            conversation=conversation, parent=shown[-1].turn if shown else None, question=question
        )
        return Answer.objects.create(
            turn=turn, state=Answer.State.COMPLETE, text=answer, apart=conversation.apart
        )


def earlier_exchanges(turn: Turn) -> list[Exchange]:
    """What was asked and said on the way to this turn, oldest first.

    The words of an answer are left out when something they rest on may no longer be seen by the asker.
    """
    by_id = {row.pk: row for row in Turn.objects.filter(conversation_id=turn.conversation_id)}
    path: list[Turn] = []
    parent_id = turn.parent_id
    while parent_id is not None and parent_id in by_id:
        path.insert(0, by_id[parent_id])
        parent_id = by_id[parent_id].parent_id
    said = _said(path, turn.conversation.user)
    return [Exchange(row.question, said.get(row.pk, "")) for row in path]


def _said(path: Sequence[Turn], user: User) -> dict[uuid.UUID, str]:
    """Turn → text of its newest complete answer, of those whose every source may be seen at this moment."""
    answers = Answer.everything.filter(turn__in=path, state=Answer.State.COMPLETE).order_by("created")
    newest = {row.turn_id: row for row in answers}
    return {turn_id: row.text for turn_id, row in newest.items() if may_see(row, user)}


def shown_path(conversation: Conversation, branch: uuid.UUID | None = None) -> list[Place]:
    """From the first turn to the last, over the newest of each fork, or over the turn ``branch``."""
    turns = list(conversation.turns.order_by("created", "pk"))
    children: dict[uuid.UUID | None, list[Turn]] = {}
    for turn in turns:
        children.setdefault(turn.parent_id, []).append(turn)
    wanted = _ancestors({turn.pk: turn for turn in turns}, branch)
    path: list[Place] = []
    siblings = children.get(None, [])
    while siblings:
        chosen = next((turn for turn in siblings if turn.pk in wanted), siblings[-1])
        path.append(Place(chosen, tuple(siblings)))
        siblings = children.get(chosen.pk, [])
    return path


def _ancestors(turns: dict[uuid.UUID, Turn], branch: uuid.UUID | None) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    while branch is not None and branch in turns:
        found.add(branch)
        branch = turns[branch].parent_id
    return found


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 80 else f"{line[:77].rstrip()}…"
