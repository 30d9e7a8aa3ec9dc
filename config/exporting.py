"""Everything that is kept about one person, as a zip of JSON files and the files they uploaded; and nothing else.

It is written while it is sent. What a person may no longer read is not in it: an answer that rests on it is withheld as
on the page, and an uploaded file is named without its bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Notice, NoticeChoice, User
from accounts.notices.naming import worded
from assistant.evaluating.cases import readable as readable_cases
from assistant.models import (
    Answer,
    CitationVerdict,
    Conversation,
    Feedback,
    Gap,
    GapRefusal,
    Opinion,
    Review,
    SetCase,
    Share,
    VerifiedAnswer,
)
from assistant.showing.presenting import present
from knowledge.models import Document, DocumentVersion

_CHUNK = 256 * 1024
Piece = tuple[str, Iterable[bytes]]


class _Pipe(io.RawIOBase):
    """What is written is taken out again in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def stream(user: User) -> Iterator[bytes]:
    """The zip in pieces."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _pieces(user):
            with archive.open(name, "w", force_zip64=True) as member:
                for chunk in content:
                    member.write(chunk)
                    if taken := pipe.take():
                        yield taken
    yield pipe.take()


def _pieces(user: User) -> Iterator[Piece]:
    yield "about-you.json", _json(_about(user))
    for conversation in Conversation.objects.filter(user=user).order_by("created").iterator(chunk_size=50):
        yield f"conversations/{conversation.pk}.json", _json(_conversation(conversation, user))
    yield "ratings.json", _json([_rating(row) for row in Feedback.objects.filter(user=user).order_by("created")])
    yield "reviews.json", _json([_review(row) for row in Review.objects.filter(reviewer=user).order_by("created")])
    yield "sign-ins.json", _json(_sign_ins(user))
    yield "shares.json", _json(_shares(user))
    yield "notices.json", _json(_notices(user))
    yield "test-questions.json", _json(_cases(user))
    yield "opinions.json", _json([_opinion(row) for row in _opinions(user)])
    judged = CitationVerdict.objects.filter(reviewer=user).select_related("citation").order_by("updated")
    yield "footnotes-judged.json", _json([_footnote(row) for row in judged])
    yield "gaps.json", _json(_gaps(user))
    own = VerifiedAnswer.objects.filter(origin=user).order_by("at")
    yield "verified-questions.json", _json(list(own.values("question", "at", "state")))
    kept = VerifiedAnswer.objects.filter(by=user).order_by("at")
    seen = set(VerifiedAnswer.objects.visible_to(user).filter(by=user).values_list("pk", flat=True))
    yield "verified.json", _json([_verified(row, row.pk in seen) for row in kept])
    uploads = DocumentVersion.objects.filter(created_by=user).select_related("document__collection").order_by("pk")
    readable = set(Document.objects.visible_to(user).filter(versions__created_by=user).values_list("pk", flat=True))
    yield "uploads.json", _json([_upload(row, row.document_id in readable) for row in uploads])
    for row in uploads:
        if row.document_id in readable:
            yield _file_name(row), _file(row)
    yield "trail.jsonl", _trail(user)


def _json(value: Any) -> list[bytes]:
    return [json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()]


def _about(user: User) -> dict[str, Any]:
    tokens = user.api_tokens.order_by("created")
    return {
        "exported": timezone.now(),
        "username": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "role": user.role,
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "tokens": list(tokens.values("name", "prefix", "created", "expires", "revoked", "last_used")),
    }


def _conversation(conversation: Conversation, user: User) -> dict[str, Any]:
    turns = conversation.turns.prefetch_related("answers__correction__answer").order_by("created")
    return {
        "id": conversation.pk,
        "title": conversation.title,
        "created": conversation.created,
        "updated": conversation.updated,
        "turns": [
            {
                "id": turn.pk,
                "after": turn.parent_id,
                "asked": turn.created,
                "question": turn.question,
                "answers": [_answer(answer, user) for answer in turn.answers.all()],
            }
            for turn in turns
        ],
    }


def _answer(answer: Answer, user: User) -> dict[str, Any]:
    view = present(answer, user)
    return {
        "id": answer.pk,
        "state": answer.state,
        "created": answer.created,
        "withheld": view.withheld,
        "notice": view.notice,
        "sentences": [
            {"text": one.text, "standing": one.standing, "footnotes": [note.number for note in one.footnotes]}
            for one in view.sentences
        ],
        "footnotes": [
            {"number": note.number, "quote": note.quote, "document": note.document_title, "place": note.page_label}
            for note in view.cited
        ],
    }


def _rating(row: Feedback) -> dict[str, Any]:
    return {
        "answer": row.answer_id,
        "helpful": row.helpful,
        "reason": row.reason,
        "comment": row.comment,
        "created": row.created,
    }


def _review(row: Review) -> dict[str, Any]:
    return {
        "answer": row.answer_id,
        "sentence": row.sentence,
        "verdict": row.verdict,
        "correction": row.correction,
        "created": row.created,
    }


def _sign_ins(user: User) -> dict[str, Any]:
    """Where they are or were signed in, and what the throttle keeps under their name. No key of a session."""
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    return {
        "sessions": list(sessions.values("created_at", "last_seen_at", "ip", "user_agent")),
        **{
            kind: list(
                model.objects.filter(username=user.get_username())
                .order_by("attempt_time")
                .values("attempt_time", "ip_address", "user_agent")
            )
            for kind, model in (("signed_in", AccessLog), ("failed", AccessFailureLog), ("counted", AccessAttempt))
        },
    }


def _shares(user: User) -> dict[str, Any]:
    """Conversations they opened to colleagues, and those that were opened to them, which are their owners'."""
    given = Share.objects.filter(conversation__user=user).order_by("created")
    taken = Share.objects.filter(user=user).order_by("created")
    return {
        "given": list(given.values("conversation", "created", to=F("user__username"))),
        "received": list(taken.values("conversation", "created")),
    }


def _notices(user: User) -> dict[str, Any]:
    """What they were told, in the words that they may read today, and how they want to be told."""
    rows = worded(user, Notice.objects.filter(user=user).order_by("created"))
    told = [
        {"kind": row.kind, "text": words, "created": row.created, "read": row.read, "mailed": row.mailed}
        for row, words in rows
    ]
    chosen = NoticeChoice.objects.filter(user=user).order_by("kind")
    return {"told": told, "choices": list(chosen.values("kind", "in_app", "mail"))}


def _cases(user: User) -> list[dict[str, Any]]:
    """Their questions as they are asked when measuring. What should be answered is a reviewer's and the documents'; so
    may be how it is asked, which is therefore left out where they may not read those."""
    rows = list(SetCase.objects.filter(origin=user).order_by("pk"))
    seen = {row.pk for row in readable_cases(rows, user)}
    return [_case(row, row.pk in seen) for row in rows]


def _case(row: SetCase, readable: bool) -> dict[str, Any]:
    words = {"question": row.question, "asked_before": row.turns}
    return {"set": row.set_id, "since": row.created, **(words if readable else {})}


def _footnote(row: CitationVerdict) -> dict[str, Any]:
    place = {"answer": row.citation.answer_id, "footnote": row.citation.number, "sentence": row.sentence}
    return {**place, "verdict": row.verdict, "at": row.updated}


def _gaps(user: User) -> dict[str, Any]:
    """Groups of unanswered questions that they said they see to, and those that they said are not theirs."""
    return {
        "taken": list(Gap.objects.filter(taken_by=user).order_by("taken").values("id", "taken")),
        "refused": list(GapRefusal.objects.filter(user=user).order_by("created").values("gap", "created")),
    }


def _opinions(user: User) -> QuerySet[Opinion]:
    return Opinion.objects.filter(reviewer=user).select_related("item").order_by("created")


def _opinion(row: Opinion) -> dict[str, Any]:
    return {
        "answer": row.item.answer_id,
        "verdict": row.verdict,
        "reason": row.reason,
        "comment": row.comment,
        "second": row.second,
        "created": row.created,
    }


def _verified(row: VerifiedAnswer, readable: bool) -> dict[str, Any]:
    """Without its words where they may no longer read what it rests on."""
    words = {"question": row.question, "sentences": [one["text"] for one in row.sentences]}
    return {"id": row.pk, "kind": row.kind, "at": row.at, "state": row.state, **(words if readable else {})}


def _upload(row: DocumentVersion, readable: bool) -> dict[str, Any]:
    """An upload whose document they may no longer read is named as they named it, no more."""
    known = {"filename": row.filename, "uploaded": row.created, "size": row.size, "sha256": row.sha256}
    if not readable:
        return {**known, "file": None, "note": "You can no longer read this document, so its file is not here."}
    document = {"document": row.document_id, "title": row.document.title, "collection": row.document.collection.name}
    return {**known, **document, "version": row.number, "file": _file_name(row)}


def _file_name(row: DocumentVersion) -> str:
    return f"files/{row.pk}/{row.filename.replace(chr(92), '/').rsplit('/', maxsplit=1)[-1].lstrip('.') or 'file'}"


def _file(row: DocumentVersion) -> Iterator[bytes]:
    with row.blob.open("rb") as stored:
        while chunk := stored.read(_CHUNK):
            yield chunk


def trail_of(user: User) -> QuerySet[AuditEvent]:
    """Lines of what they did, and of what was done to them."""
    about = Q(object_type="accounts.user", object_id=str(user.pk)) | Q(detail__user=user.pk)
    return AuditEvent.objects.filter(Q(actor_id=user.pk) | about)


def _trail(user: User) -> Iterator[bytes]:
    """A line of JSON each, oldest first. Who else took part stays out of it."""
    for event in trail_of(user).order_by("pk").iterator(chunk_size=500):
        line = {
            "at": event.at,
            "by": "you" if event.actor_id == user.pk else "Footnote" if event.actor_id is None else "somebody else",
            "action": event.action,
            "object": f"{event.object_type} {event.object_id}".strip(),
            "detail": event.detail,
        }
        yield (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode()
