"""Sharing a conversation with a colleague: who may be asked to read it, and what they see of it.

Sharing opens the questions. It opens no document: of the answers a colleague sees what rests on documents they may read
themselves at that moment, and of the rest only that something is not shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import NoticeKind, User
from accounts.notices.telling import seen, tell, unread_about
from assistant.conversing.conversations import Place
from assistant.errors import SharingRefused
from assistant.models import Answer, Conversation, Share, Turn
from assistant.showing.presenting import AnswerView, TurnView, present, present_turn
from assistant.showing.share_names import about
from assistant.sources import rests_on
from assistant.verified.serving import GENERATOR as VERIFIED
from knowledge.models import Document

MOST_SHARED = 50  # people, of one conversation
PARTLY_WITHHELD = "Part of this answer is not shown to you."
WITHHELD = "This answer is not shown to you."


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees of an answer: the sentences by number, and whether that is all of them."""

    sentences: frozenset[int]
    footnotes: frozenset[int]
    whole: bool


def share(conversation: Conversation, name: str) -> Share:
    """Opens a conversation to the colleague of this user name, mail address or shown name.

    Raises SharingRefused with what to change; a name that nobody bears and one that several bear are both refused.
    """
    wanted = name.replace("\0", "").strip()
    named = Q(username__iexact=wanted) | Q(email__iexact=wanted) | Q(display_name__iexact=wanted)
    found = list(User.objects.filter(named, is_active=True)[:2]) if wanted else []
    if len(found) != 1:
        raise SharingRefused("Nobody was found by that name. Write the user name or the mail address.")
    if found[0].pk == conversation.user_id:
        raise SharingRefused("This conversation is yours already.")
    if conversation.shares.count() >= MOST_SHARED:
        raise SharingRefused(f"A conversation can be shared with {MOST_SHARED} people.")
    with transaction.atomic():
        made, fresh = Share.objects.get_or_create(conversation=conversation, user=found[0])
        if fresh:
            link = reverse("shared", args=[made.pk])
            words = "{it} shared a conversation with you."
            tell([made.user], NoticeKind.SHARED, words, link, about=about(made.pk))
    return made


def not_opened(user: User) -> int:
    """How many of the shared conversations this person was told of and has not opened."""
    return len(unread_about(user, NoticeKind.SHARED))


def opened(share: Share) -> None:
    seen(share.user, about(share.pk))


def new_to(user: User, shares: Iterable[Share]) -> list[tuple[Share, bool]]:
    """Each with whether it is one of those."""
    unread = unread_about(user, NoticeKind.SHARED)
    return [(share, about(share.pk) in unread) for share in shares]


def colleagues(user: User) -> QuerySet[User]:
    """People offered by name: those who share a group with this person. Others can be named, but are not listed."""
    return User.objects.filter(groups__in=user.groups.all(), is_active=True).exclude(pk=user.pk).distinct()[:200]


def shared_with(user: User) -> QuerySet[Share]:
    """What colleagues have opened to this person, newest first."""
    rows = Share.objects.filter(user=user, conversation__user__is_active=True)
    return rows.select_related("conversation__user").order_by("-created")


def sight(answer: Answer, reader: User) -> Sight:
    """What this person may see of an answer somebody else was given.

    What a model wrote may hold words of everything it was given, so it is shown when all of that may be read; so is a
    verified answer, which may be in a model's words. A quoted sentence rests on its own footnotes; one without any is
    shown only with the whole.
    """
    cited = dict(answer.citations.values_list("number", "document_id"))
    sources = rests_on(answer)
    visible = set(Document.objects.visible_to(reader).filter(pk__in=sources).values_list("pk", flat=True))
    everything = frozenset(range(len(answer.sentences)))
    if sources <= visible:
        return Sight(everything, frozenset(cited), True)
    if answer.prompt_version or answer.generator == VERIFIED:
        return Sight(frozenset(), frozenset(), False)
    shown = frozenset(index for index in everything if _readable(answer.sentences[index]["citations"], cited, visible))
    footnotes = {number for index in shown for number in answer.sentences[index]["citations"]}
    return Sight(shown, frozenset(footnotes), False)


def _readable(numbers: Sequence[int], cited: Mapping[int, uuid.UUID], visible: set[uuid.UUID]) -> bool:
    return bool(numbers) and all(cited.get(number) in visible for number in numbers)


def present_shared_turn(place: Place, share: Share, reader: User) -> TurnView:
    """A turn as its reader may see it; the other ways of asking are reached under the share's own address."""
    view = present_turn(place, reader)
    at, siblings = place.position - 1, place.siblings
    return replace(
        view,
        answer=_shared(place.turn, reader),
        previous_url=_branch_url(share, siblings[at - 1]) if at > 0 else None,
        next_url=_branch_url(share, siblings[at + 1]) if at + 1 < len(siblings) else None,
        editable=False,
    )


def _branch_url(share: Share, turn: Turn) -> str:
    return f"{reverse('shared', args=[share.pk])}?branch={turn.pk}"


def _shared(turn: Turn, reader: User) -> AnswerView | None:
    answer = turn.answers.select_related("correction__answer").order_by("-created").first()
    return present_shared(answer, reader) if answer is not None and answer.finished_state else None


def present_shared(answer: Answer, reader: User) -> AnswerView:
    """Neither how many collections were searched nor what else was found: both tell of what the asker may read."""
    seen = sight(answer, reader)
    if answer.abstained or seen.whole:
        return _quiet(present(answer, reader))
    notice = PARTLY_WITHHELD if seen.sentences else WITHHELD
    return replace(_quiet(present(answer, reader, seen)), withheld=not seen.sentences, notice=notice)


def _quiet(view: AnswerView) -> AnswerView:
    return replace(view, steps=(), unused=(), nearest=(), readings=(), made=None, feedback=None)


def may_open(answer: Answer, reader: User) -> frozenset[int]:
    """The footnotes a colleague may open: those of the sentences they see of an answer that is shared with them."""
    shared = Share.objects.filter(conversation=answer.turn.conversation_id, user=reader)
    return sight(answer, reader).footnotes if shared.exists() else frozenset()
