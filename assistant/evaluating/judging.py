"""What an answer is worth beside the gold of its case: a score from 0 to 1, and why."""

from __future__ import annotations

from typing import Any

from assistant.evaluating.measuring import leaked, same_place
from assistant.models import Answer, CaseOutcome, SetCase, SetRun, Standing
from assistant.sources import rests_on

Came = CaseOutcome.Came


def score(*, answerable: bool, gold: int, right: int, standings: list[str], leaks: int) -> float:
    """0 to 1.

    A document that is not the asker's: 0. A question nothing answers: 1 for silence, 0 for any answer. Otherwise the
    share of gold quotes that were cited, times the share of sentences that are not unsupported; where there is no
    gold, as when a reviewer wrote the answer without quotes, the share of supported sentences alone.
    """
    if leaks:
        return 0.0
    if not answerable:
        return 0.0 if standings else 1.0
    if not standings:
        return 0.0
    firm = 1 - standings.count(Standing.UNSUPPORTED) / len(standings)
    return round(firm * (right / gold if gold else standings.count(Standing.SUPPORTED) / len(standings)), 4)


def judged(run: SetRun, case: SetCase, given: Answer) -> CaseOutcome:
    """An unsaved outcome, to be kept when the answer itself is gone."""
    rows = {row.number: row for row in given.citations.all()}
    cited = [(str(row.document_id), row.quote) for row in rows.values()]
    gold = case.gold if case.answerable else []
    right = sum(
        any(document == entry["document"] and same_place(quote, entry["quote"]) for document, quote in cited)
        for entry in gold
    )
    leaks = len(leaked(given.turn.conversation.user, given))
    standings = [sentence["standing"] for sentence in given.sentences]
    return CaseOutcome(
        run=run,
        case=case,
        came=_came(given),
        score=score(answerable=case.answerable, gold=len(gold), right=right, standings=standings, leaks=leaks),
        sentences=[_sentence(sentence, rows) for sentence in given.sentences],
        notice=given.notice,
        degraded=given.degraded or _stood_in(given),
        documents=sorted(map(str, rests_on(given))),
        right=right,
        leaked=leaks,
        confidence=given.confidence,
        milliseconds=float(given.timings_ms.get("total", 0.0)),
        tokens=given.tokens_in + given.tokens_out,
        cost=given.cost,
        currency=given.currency,
        generator=given.generator,
        prompt_version=given.prompt_version,
    )


def _stood_in(given: Answer) -> str:
    """Whether another language model answered than the one that goes first."""
    asked = [call for call in given.calls if call["purpose"] == "answer"]
    return "another model answered" if asked and not asked[0]["used"] and any(call["used"] for call in asked) else ""


def _came(given: Answer) -> str:
    if given.state == Answer.State.FAILED:
        return Came.FAILED
    return Came.ANSWERED if given.sentences else Came.SILENT


def _sentence(sentence: dict[str, Any], rows: dict[int, Any]) -> dict[str, Any]:
    quotes = [rows[number].quote for number in sentence["citations"] if number in rows]
    return {"text": sentence["text"], "standing": sentence["standing"], "quotes": quotes}
