"""What came of a review as a test question: the one place where that is made."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.evaluating.cases import LONGEST_ANSWER, take
from assistant.models import Answer, Citation, Opinion, SetCase, VerifiedAnswer, VerifiedCitation
from assistant.verified.keeping import LONGEST_QUESTION

KIND = "reviewed"


def make_case(answer: Answer, reviewer: User) -> SetCase:
    """A test question, in the set of what reviewers judged, from the verified answer made of this one, or else from
    the answer as far as it was supported.

    It is asked as the reviewer, who may see all its sources, so that it does not tell who asked. Again: brings it up
    to date. Raises ReviewRefused when there is nothing to hold later answers against.
    """
    rows = VerifiedAnswer.objects.visible_to(reviewer).filter(answer=answer)
    row = rows.filter(state=VerifiedAnswer.State.IN_FORCE).order_by("-at").first()
    question = (row.question if row is not None else answer.searched_as or answer.turn.question)[:LONGEST_QUESTION]
    gold, text = _of_verified(row) if row is not None else _of_answer(answer, reviewer)
    if not gold and not (answer.abstained and _silence_is_right(answer, reviewer)):
        raise ReviewRefused("No sentence of it was found supported, so there is nothing to hold later answers against.")
    fields = {
        "kind": KIND,
        "asked_as": reviewer,
        "origin": answer.turn.conversation.user,
        "turns": [],
        "question": question,
        "answerable": bool(gold),
        "answer": text[:LONGEST_ANSWER],
        "gold": gold,
    }
    return take(f"review-{answer.pk.hex[:12]}", fields, reviewer)


def _silence_is_right(answer: Answer, reviewer: User) -> bool:
    return Opinion.objects.filter(item__answer=answer, reviewer=reviewer, verdict=Opinion.Verdict.RIGHT).exists()


def _of_verified(row: VerifiedAnswer) -> tuple[list[dict[str, str]], str]:
    return _gold(row.citations.all()), " ".join(sentence["text"] for sentence in row.sentences)


def _of_answer(answer: Answer, reviewer: User) -> tuple[list[dict[str, str]], str]:
    """The footnotes this reviewer found supporting."""
    supported = answer.citations.filter(verdicts__reviewer=reviewer, verdicts__verdict="supported").distinct()
    good = set(answer.reviews.filter(reviewer=reviewer, verdict="supported").values_list("sentence", flat=True))
    return _gold(supported), " ".join(one["text"] for index, one in enumerate(answer.sentences) if index in good)


def _gold(citations: Iterable[Citation | VerifiedCitation]) -> list[dict[str, str]]:
    return [{"document": str(one.document_id), "quote": one.quote} for one in citations]
