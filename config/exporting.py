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

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Notice, NoticeChoice, User
from accounts.notices.naming import worded
from assistant.evaluating.cases import readable as readable_cases
from assistant.models import Answer, Conversation, Feedback, Opinion, Review, SetCase, VerifiedAnswer
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
    yield "notices.json", _json(_notices(user))
    cases = list(SetCase.objects.filter(origin=user).order_by("pk"))
    open_to_them = {row.pk for row in readable_cases(cases, user)}
    yield "test-questions.json", _json([_case(row, row.pk in open_to_them) for row in cases])
    yield "opinions.json", _json([_opinion(row) for row in _opinions(user)])
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


def _notices(user: User) -> dict[str, Any]:
    """What they were told, in the words that they may read today, and how they want to be told."""
    rows = worded(user, Notice.objects.filter(user=user).order_by("created"))
    told = [
        {"kind": row.kind, "text": words, "created": row.created, "read": row.read, "mailed": row.mailed}
        for row, words in rows
    ]
    chosen = NoticeChoice.objects.filter(user=user).order_by("kind")
    return {"told": told, "choices": list(chosen.values("kind", "in_app", "mail"))}


def _case(row: SetCase, readable: bool) -> dict[str, Any]:
    """Their question as it is asked when measuring, which a reviewer may have put in words of documents: without it
    where they may no longer read those. What should be answered is a reviewer's and the documents'."""
    words = {"question": row.question, "asked_before": row.turns}
    return {"set": row.set_id, "since": row.created, **(words if readable else {})}


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
