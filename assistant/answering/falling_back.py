"""What readers are told when a language model did not do what it should, and by which name that state goes."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.answering.recording import Recorder
from assistant.endpoints.calls import Call, Journal
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators.quoting import line
from assistant.selection.choosing import Material, choose

UNAVAILABLE, HALF = "generator_unavailable", "half_answer"
STATES = {"out_of_budget": "out_of_budget", "declined": "generator_declined", "wrong_language": "wrong_language"}
IN_WORDS = {
    "ok": "answered",
    "stopped": "was stopped",
    "busy": "was busy",
    "unreachable": "could not be reached",
    "slow": "was too slow",
    "refused": "refused the request",
    "silent": "said nothing",
    "bad_text": "sent something that cannot be read",
    "broken_off": "broke off",
    "stalled": "fell silent",
    "filtered": "withheld the answer",
    "length": "reached its length limit",
    "endless": "did not come to an end",
    "looping": "repeated itself",
    "declined": "declined to answer",
    "wrong_language": "answered in another language",
    "out_of_budget": "was not asked: the month's budget is used up",
    "breaker": "was not asked: it failed again and again and is left alone for a while",
    "no_time": "was not asked: no time was left",
    "no_key": "was not asked: its key cannot be read",
}


def state_of(error: GeneratorUnavailable | GeneratorInterrupted, *, half: bool) -> str:
    """What goes into ``Answer.degraded``."""
    return HALF if half else STATES.get(error.code, UNAVAILABLE)


def notice(error: GeneratorUnavailable | GeneratorInterrupted, *, half: bool, added: bool) -> str:
    """A word to the reader: what happened, what is kept, and who answered instead."""
    if not half:
        return (
            f"{error} The quoting answerer answered instead: these are the passages found, quoted word for word, "
            "without an answer written from them."
        )
    rest = "The quotes after it are the quoting answerer's." if added else "No further quote was found to add to it."
    return f"{error} What was said until then is kept. {rest}"


def failover(journal: Journal) -> str:
    """Who should have answered before the one that did; "" when the first one did."""
    answering, failed = journal.answering, journal.failed
    if answering is None or not failed:
        return ""
    return f"{'; '.join(in_words(call) for call in failed)}. {answering.endpoint} answered instead."


def in_words(call: Call) -> str:
    return f"{call.endpoint} {IN_WORDS.get(call.outcome, 'failed')}"


def quotes(material: Material, recorder: Recorder) -> Iterator[str]:
    """Lines of the quoting answerer, without what a footnote of the answer shows already."""
    for choice in choose(material):
        unit, evidence = choice.item.unit, choice.item.evidence
        if not recorder.is_shown((evidence.page_id, evidence.start + unit.start, evidence.start + unit.end)):
            yield line(choice)
