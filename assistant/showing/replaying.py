"""The same question once more, as the same person and with what they may read today: what changed, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from assistant.apart import asked_apart
from assistant.conversing.conversations import earlier_exchanges
from assistant.models import Answer, Turn
from assistant.showing.presenting import AnswerView, present
from assistant.showing.record import sees_all
from knowledge.errors import PermanentError
from knowledge.models import Document, DocumentVersion

_POLICY = "When to stay silent"


class ReplayRefused(PermanentError):
    """It cannot be asked again; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise than it was: what it is about, and a sentence."""

    about: str
    said: str


@dataclass(frozen=True, slots=True)
class Replay:
    """``after`` is None where the viewer may not see all that today's answer rests on."""

    before: AnswerView
    after: AnswerView | None
    same: bool
    tokens: int
    changes: tuple[Change, ...]


def replay(answer: Answer, viewer: User) -> Replay:
    """Asks again and leaves nothing behind. The caller has checked that the viewer may open the answer.

    Raises ReplayRefused.
    """
    asker = answer.turn.conversation.user
    mine = asker.pk == viewer.pk
    if not mine and not sees_all(answer, viewer):
        raise ReplayRefused("Only who may see all sources of an answer can ask it again.")
    if not asker.is_active:
        raise ReplayRefused("The person who asked has no active account any more, so there is nobody to ask as.")
    turn = Turn(question=answer.turn.question, mode=answer.turn.mode, params=answer.turn.params)
    with asked_apart(asker, turn, said=earlier_exchanges(answer.turn), wanted=answer.wanted) as fresh:
        shown = mine or sees_all(fresh, viewer)
        return Replay(
            before=present(answer, viewer),
            after=present(fresh, viewer) if shown else None,
            same=_words(answer) == _words(fresh),
            tokens=fresh.tokens_in + fresh.tokens_out,
            changes=tuple(changes(answer, fresh, viewer)),
        )


def _words(answer: Answer) -> list[tuple[str, str]]:
    return [(sentence["text"], sentence["standing"]) for sentence in answer.sentences]


def changes(old: Answer, new: Answer, viewer: User) -> Iterator[Change]:
    """What is otherwise between two answers to one question. Documents are named to those who may read them, and only
    the asker learns how many there are besides."""
    yield from _documents(old, new, viewer)
    if not old.made_with:
        yield Change("Record", "This answer was given before scope, index and policy were kept, so these are unknown.")
        return
    yield from _scope(old, new, viewer)
    yield from _parts(old, new)


def _documents(old: Answer, new: Answer, viewer: User) -> Iterator[Change]:
    before, after = _versions(old), _versions(new)
    rows = Document.objects.filter(pk__in=set(before) | set(after), deleted__isnull=True)
    there = {row.pk: row for row in rows.select_related("current")}
    open_now, named = _open_to(old.turn.conversation.user, there), _open_to(viewer, there)
    mine = old.turn.conversation.user_id == viewer.pk
    if mine and (gone := len(set(before) - set(there))):
        yield Change("Documents", f"{gone} of the documents found then {_were(gone)} deleted since.")
    were_open = set(before) & (set(there) if mine else named)
    if closed := len(were_open - open_now):
        yield Change("Permission", f"{closed} of the documents found then {_is(closed)} no longer open to the asker.")
    numbers = dict(DocumentVersion.objects.filter(pk__in=before.values()).values_list("pk", "number"))
    for pk in sorted(set(before) & open_now & named, key=lambda one: there[one].title):
        row, version = there[pk], before[pk]
        if version and row.current is not None and version != row.current_id:
            was = numbers.get(version, "an earlier one")
            yield Change("Documents", f"“{row.title}” has changed: version {row.current.number} now, {was} then.")
    for pk in sorted((set(after) - set(before)) & named, key=lambda one: there[one].title):
        how = "is new" if there[pk].created > old.created else "is found now, and was not then"
        yield Change("Documents", f"“{there[pk].title}” {how}.")


def _open_to(user: User, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    return set(Document.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _versions(answer: Answer) -> dict[uuid.UUID, int]:
    """Documents that were found, by the version found; 0 where it was not kept."""
    found = {uuid.UUID(row["document_id"]): row.get("version_id") or 0 for row in answer.retrieved}
    return found | dict(answer.citations.values_list("document_id", "version_id"))


def _scope(old: Answer, new: Answer, viewer: User) -> Iterator[Change]:
    """That the index moved although the asker's documents did not tells of other people's documents."""
    before, after = old.made_with["scope"], new.made_with["scope"]
    moved = old.made_with["index"] != new.made_with["index"]
    if before["digest"] != after["digest"]:
        mine = old.turn.conversation.user_id == viewer.pk
        counted = f": {before['documents']} documents then, {after['documents']} now" if mine else ""
        if moved:
            yield Change("Scope", f"Other documents or versions are open to the asker{counted}.")
        else:
            yield Change("Permission", f"No document was changed, but the asker may read others{counted}.")
    elif moved and viewer.is_administrator:
        yield Change("Index", "The index has moved on; of what the asker may read nothing was changed.")


def _parts(old: Answer, new: Answer) -> Iterator[Change]:
    """Models, prompt, policy, configuration and program."""
    for about, name in (("Embedding model", "embedding"), ("Re-ranking model", "reranker"), ("Program", "recipe")):
        before, after = old.made_with.get(name, ""), new.made_with.get(name, "")
        if before != after:
            yield Change(about, f"{after or 'none'} now, {before or 'none'} then.")
    for about, before, after in (
        ("Answered by", old.generator, new.generator),
        ("Model", old.model, new.model),
        ("Prompt", old.prompt_version, new.prompt_version),
    ):
        if before != after:
            yield Change(about, f"{after or 'none'} now, {before or 'none'} then.")
    if old.searched_as != new.searched_as:  # whose words may be those of another question of theirs
        yield Change("Searched as", "The question was put in other words for the search.")
    was, now = old.made_with.get("policy"), new.made_with.get("policy")
    if was and now and was != now:
        yield Change(_POLICY, f"A threshold of {now['threshold']:.2f} now, {was['threshold']:.2f} then.")
    if old.made_with["configuration"]["fingerprint"] != new.made_with["configuration"]["fingerprint"]:
        yield Change("Configuration", "Another configuration was promoted or rolled back since.")
    if old.degraded != new.degraded:
        well = "everything worked"
        yield Change("Standing of the parts", f"{new.degraded or well} now, {old.degraded or well} then.")


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
