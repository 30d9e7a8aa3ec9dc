"""What came of a review as a test question: the one place where that is made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.evaluating.cases import LONGEST_ANSWER, take
from assistant.models import Answer, Citation, Opinion, SetCase, VerifiedAnswer, VerifiedCitation
from assistant.reviewing.feeding import sources_of
from assistant.reviewing.wording import Wording, wording
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
    asked = wording(answer, reviewer) if row is None else Wording(row.question, _rests_on(row))
    gold, text = _of_verified(row) if row is not None else _of_answer(answer, reviewer)
    if not gold and not (answer.abstained and _silence_is_right(answer, reviewer)):
        raise ReviewRefused("No sentence of it was found supported, so there is nothing to hold later answers against.")
    sources = asked.sources if row is not None else asked.sources | sources_of(answer)
    cited = {one["document"] for one in gold}
    fields = {
        "kind": KIND,
        "asked_as": reviewer,
        "origin": answer.turn.conversation.user,
        "turns": [],
        "question": asked.question[:LONGEST_QUESTION],
        "answerable": bool(gold),
        "answer": text[:LONGEST_ANSWER],
        "gold": gold,
        "sources": sorted({str(pk) for pk in sources} - cited),
    }
    return take(f"review-{answer.pk.hex[:12]}", fields, reviewer)


def _rests_on(row: VerifiedAnswer) -> frozenset[uuid.UUID]:
    return frozenset(row.sources.values_list("pk", flat=True))


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
