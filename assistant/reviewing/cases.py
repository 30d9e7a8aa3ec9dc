"""What came of a review as a test question: the one place where that is made."""

from __future__ import annotations

from accounts import audit
from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.evaluating.cases import take
from assistant.models import Answer, EvalCase, Opinion, SetCase, VerifiedAnswer
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
    case, _ = EvalCase.objects.update_or_create(
        key=f"review-{answer.pk.hex[:12]}",
        defaults={
            "kind": KIND,
            "half": "report",
            "asked_as": reviewer.username,
            "turns": [],
            "question": question,
            "answerable": bool(gold),
            "answer": text,
            "gold": gold,
        },
    )
    audit.record(reviewer, "evaluation.case_made", case, answer=str(answer.pk))
    return take(case, reviewer, origin=answer.turn.conversation.user)


def _silence_is_right(answer: Answer, reviewer: User) -> bool:
    return Opinion.objects.filter(item__answer=answer, reviewer=reviewer, verdict=Opinion.Verdict.RIGHT).exists()


def _of_verified(row: VerifiedAnswer) -> tuple[list[dict[str, str]], str]:
    cited = row.citations.select_related("document__collection")
    gold = [{"document": f"{c.document.collection.slug}/{c.document.name}", "quote": c.quote} for c in cited]
    return gold, " ".join(sentence["text"] for sentence in row.sentences)


def _of_answer(answer: Answer, reviewer: User) -> tuple[list[dict[str, str]], str]:
    """The footnotes this reviewer found supporting."""
    supported = answer.citations.filter(verdicts__reviewer=reviewer, verdicts__verdict="supported").distinct()
    gold = [
        {"document": f"{c.document.collection.slug}/{c.document.name}", "quote": c.quote}
        for c in supported.select_related("document__collection")
    ]
    good = set(answer.reviews.filter(reviewer=reviewer, verdict="supported").values_list("sentence", flat=True))
    return gold, " ".join(one["text"] for index, one in enumerate(answer.sentences) if index in good)
