"""``manage.py ask "…" --as USER``: one question, answered on the very road of the chat."""

from __future__ import annotations

import json
import uuid
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing import conversations
from assistant.models import Answer, Conversation
from assistant.showing.presenting import AnswerView, present
from assistant.streaming.beats import signs
from knowledge.errors import FootnoteError, SearchUnavailable
from knowledge.models import Passage
from knowledge.projection import get_projection

_STAGES = ("embed", "search", "generate", "ground", "total")
_SHAPES = {"supported": "●", "partly": "◐", "unsupported": "○"}


class Command(BaseCommand):
    help = "Asks a question as a person and prints the answer with its footnotes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--as", dest="username", required=True, help="who is asking")
        parser.add_argument("--conversation", help="id of a conversation of theirs to go on with")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['username']!r}.")
        answer = self._answered(user, options["question"], self._conversation(user, options["conversation"]))
        if answer.state == Answer.State.FAILED:
            raise CommandError(answer.notice or "The question could not be answered.")
        view = present(answer, user)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(answer, view, user), ensure_ascii=False))
            if view.notice:
                self.stderr.write(view.notice)
        else:
            self._print(view)

    @staticmethod
    def _conversation(user: User, wanted: str | None) -> Conversation | None:
        if not wanted:
            return None
        try:
            found = Conversation.objects.filter(pk=uuid.UUID(wanted), user=user).first()
        except (ValueError, ValidationError):
            found = None
        if found is None:
            raise CommandError(f"{user} has no conversation {wanted}.")
        return found

    @staticmethod
    def _answered(user: User, question: str, conversation: Conversation | None) -> Answer:
        try:
            # A new process loads model and index first, so that the timings are those of the question.
            with suppress(SearchUnavailable):
                get_projection()
            answer = conversations.ask(user, question, conversation)
            with signs.making(answer.pk):
                for _ in answering(answer.pk):
                    pass
        except FootnoteError as error:
            raise CommandError(str(error)) from error
        return Answer.objects.select_related("turn", "correction__answer").get(pk=answer.pk)

    def _print(self, view: AnswerView) -> None:
        if view.notice:
            self.stdout.write(view.notice)
        for sentence in view.sentences:
            numbers = "".join(f"[{footnote.number}]" for footnote in sentence.footnotes)
            standing = f"{_SHAPES[sentence.standing]} {sentence.standing_label}"
            because = f": {sentence.reason}" if sentence.reason else ""
            self.stdout.write(f"{sentence.text}{numbers}  ({standing}{because})")
        for one in view.disagreements:
            self.stdout.write(f"{one.title}. {one.verdict}")
            for side in one.sides:
                said = side.said or f"“{' '.join(side.footnote.quote.split())}”"
                self.stdout.write(f"  {side.footnote.document_title}: {said} [{side.footnote.number}]")
        for reading in view.readings:
            self.stdout.write(f"  perhaps: {reading.question}")
        for near in view.nearest:
            owner = f", ask {near.owner}" if near.owner else ""
            words = f": “{near.words}”" if near.words else ""
            self.stdout.write(f"  nearest: {near.title} ({near.collection}{owner}){words}")
        if view.cited:
            self.stdout.write("")
        for footnote in view.cited:
            quote = " ".join(footnote.quote.split())
            place = f"{footnote.document_title}, {footnote.page_label}, {footnote.dated:%-d %B %Y}"
            place = ", ".join((place, *footnote.marks))
            self.stdout.write(f"[{footnote.number}] “{quote}” {place}")


def as_json(answer: Answer, view: AnswerView, user: User) -> dict[str, Any]:
    """The answer for programs; ``page text[start:end] == quote`` holds for every citation."""
    return {
        "question": answer.turn.question,
        "answer": " ".join(sentence.text for sentence in view.sentences),
        "abstained": answer.abstained,
        "generator": answer.generator,
        "sentences": [
            {
                "text": sentence.text,
                "standing": sentence.standing,
                "citations": [footnote.number for footnote in sentence.footnotes],
            }
            for sentence in view.sentences
        ],
        "readings": [reading.question for reading in view.readings],
        "disagreements": [
            {
                "title": one.title,
                "verdict": one.verdict,
                "sides": [{"citation": side.footnote.number, "said": side.said} for side in one.sides],
            }
            for one in view.disagreements
        ],
        "citations": [] if view.withheld else _citations(answer),
        "retrieved": _retrieved(answer, user),
        "timings_ms": {name: answer.timings_ms.get(name, 0.0) for name in _STAGES},
        "conversation": str(answer.turn.conversation_id),
    }


def _citations(answer: Answer) -> list[dict[str, Any]]:
    rows = answer.citations.select_related("document", "version", "page").order_by("number")
    return [
        {
            "n": row.number,
            "document": row.document.name,
            "document_id": str(row.document_id),
            "version": row.version.number,
            "page": row.page.number,
            "start": row.start,
            "end": row.end,
            "quote": row.quote,
        }
        for row in rows
    ]


def _retrieved(answer: Answer, user: User) -> list[dict[str, Any]]:
    ids = [row["passage_id"] for row in answer.retrieved]
    rows = Passage.objects.visible_to(user).filter(pk__in=ids).defer("vector")
    passages = {row.pk: row for row in rows.select_related("page", "version__document")}
    return [
        {
            "document": passages[row["passage_id"]].version.document.name,
            "title": passages[row["passage_id"]].version.document.title,
            "document_id": row["document_id"],
            "page": passages[row["passage_id"]].page.number,
            "start": passages[row["passage_id"]].start,
            "end": passages[row["passage_id"]].end,
            "score": row["score"],
            "used": row["used"],
        }
        for row in answer.retrieved
        if row["passage_id"] in passages
    ]
