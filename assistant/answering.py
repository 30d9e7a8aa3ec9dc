"""The one road from a question to a footnoted answer, as a generator of events.

what a follow-up refers to → search → too little evidence: say so → generate → each sentence tied to its exact quote and
checked → saved. What the asker may read is asked of the database again before anything is sent to a model, before every
sentence leaves and before the answer is closed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from accounts.models import User
from assistant import abstaining, learning, prompts
from assistant.citations import ProvisionalText, RawSentence, SentenceReader
from assistant.conversations import earlier_exchanges
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.events import Delta, Done, Event, Step
from assistant.generators import Generator, Messages, get_generator
from assistant.generators.quoting import passages_alone
from assistant.models import Answer
from assistant.recording import Recorder
from assistant.rewriting import rewrite
from assistant.selection.choosing import Material
from assistant.selection.gathering import find, gather
from assistant.tying import tie
from assistant.watching import StopAnswering, Watch
from knowledge.errors import FootnoteError
from knowledge.followups import Exchange
from knowledge.search import SearchResult, still_visible

NOTHING_FOUND = "No sentence was found, in what you may read, that answers this question."
_SEARCH_DEGRADED = {
    "no_model": "The embedding model cannot be used just now: only exact words were searched.",
    "no_index": "The index is being rebuilt: only exact words were searched.",
    "other_model": "Some documents were read for another embedding model: they were searched for exact words only.",
}


@dataclass(slots=True)
class _Run:
    """One answer in the making."""

    answer: Answer
    user: User
    watch: Watch
    recorder: Recorder
    generator: Generator
    material: Material | None = None
    said: list[str] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)
    prose: bool = False
    rewritten: bool = False

    @property
    def supplied(self) -> set[int]:
        return {item.passage_id for item in self.material.evidence} if self.material else set()

    @property
    def rests_on(self) -> set[int]:
        """Passages whose words may be in the text: all that were supplied when a model wrote it."""
        return self.supplied if self.prose else self.cited


def answer(answer_id: uuid.UUID, *, must_be_followed: bool = False) -> Iterator[Event]:
    """Answers, giving events as they happen; everything is saved on the Answer.

    Failures of search, model or settings end as a failed or degraded answer with a notice, never as an exception.
    Closing the generator marks the answer stopped with what was said so far.
    """
    row = Answer.objects.select_related("turn__conversation__user").get(pk=answer_id)
    user, recorder = row.turn.conversation.user, Recorder(row)
    state, notice = Answer.State.STOPPED, ""
    try:
        generator = get_generator()
        row.generator = generator.name
        Answer.objects.filter(pk=row.pk).update(state=Answer.State.RUNNING)
        run = _Run(row, user, Watch(row, user, must_be_followed=must_be_followed), recorder, generator)
        yield from _road(run)
        run.watch.require_visible(run.rests_on)
        state = Answer.State.COMPLETE
    except StopAnswering as stop:
        notice = stop.notice
    except GeneratorInterrupted as broken:
        notice = f"{broken} What was said until then is kept."
    except FootnoteError as error:
        state, notice = Answer.State.FAILED, str(error)
    finally:
        recorder.finish(state, notice)
    yield Done(state.value, reverse("answer", args=[row.pk]))


def _road(run: _Run) -> Iterator[Event]:
    answer, recorder = run.answer, run.recorder
    run.watch.check()
    earlier = earlier_exchanges(answer.turn)
    result = _search(run, earlier)
    answer.timings_ms.update({name: round(value, 2) for name, value in result.timings_ms.items()})
    answer.searched_as, answer.scope = result.searched_as, list(result.collections)
    answer.degraded, answer.notice = result.degraded, _SEARCH_DEGRADED.get(result.degraded, "")
    recorder.retrieved(result.evidence)
    yield _step(run, f"Searched {_count(len(result.collections), 'collection')}")
    lessons = learning.lessons(result.searched_as, answer.turn.question, run.user)
    answer.correction_id = lessons.correction_id
    with recorder.timed("search"):
        run.material = _material(run, result, lessons.refused)
    documents = {item.document_id for item in run.material.evidence}
    yield _step(run, f"Read {_count(len(run.supplied), 'passage')} of {_count(len(documents), 'document')}")
    signs = abstaining.features(run.material.profile, run.material.evidence, run.material.ranked)
    weights = abstaining.Weights()
    answer.confidence = round(abstaining.probability(signs, weights), 4)
    if not run.material.ranked or answer.confidence < weights.threshold:
        yield from _abstain(run)
        return
    yield from _generate(run, [exchange.question for exchange in earlier])


def _search(run: _Run, earlier: Sequence[Exchange]) -> SearchResult:
    """For a question that stands alone when a language model can say what it refers to, by the rule otherwise."""
    question = run.answer.turn.question
    if earlier:
        with run.recorder.timed("rewrite"):
            alone = rewrite(question, earlier, run.watch.check)
        if alone:
            run.rewritten = True
            return find(alone, run.user, ())
    return find(question, run.user, earlier)


def _material(run: _Run, result: SearchResult, refused: frozenset[tuple[str, str]]) -> Material:
    """Ranked sentences of what the asker may see at this moment."""
    visible = still_visible(run.user, [item.passage_id for item in result.evidence])
    evidence = [item for item in result.evidence if item.passage_id in visible]
    return gather(run.answer.turn.question, result, evidence, refused)


def _abstain(run: _Run) -> Iterator[Event]:
    run.answer.abstained = True
    run.recorder.retrieved(run.material.evidence if run.material else ())
    run.answer.notice = " ".join(part for part in (NOTHING_FOUND, run.answer.notice) if part)
    yield _step(run, "Found nothing that answers")


def _generate(run: _Run, earlier: Sequence[str]) -> Iterator[Event]:
    """Streams the generator's text sentence by sentence; passages alone when it says nothing."""
    assert run.material is not None  # noqa: S101  # set by _road before
    generator, evidence = run.generator, run.material.evidence
    chat = prompts.chat(run.answer.turn.question, evidence, earlier)
    run.answer.prompt_version = _prompt_version(run) if generator.writes_prose else ""
    run.recorder.retrieved(evidence, run.supplied)
    run.watch.require_visible(run.supplied)
    run.prose = generator.writes_prose
    try:
        yield from _stream(run, Messages(run.material, tuple(chat)))
    except (GeneratorUnavailable, GeneratorInterrupted) as error:
        if run.answer.sentences:
            raise
        yield from _passages_alone(run, str(error))
    if generator.writes_prose:
        run.recorder.count_tokens("".join(message["content"] for message in chat), "".join(run.said))
    if run.answer.sentences:
        yield _step(run, f"Checked {_count(len(run.answer.sentences), 'sentence')} against the quotes")
    else:
        yield from _abstain(run)


def _prompt_version(run: _Run) -> str:
    return f"{prompts.VERSION}+{prompts.REWRITING_VERSION}" if run.rewritten else prompts.VERSION


def _stream(run: _Run, messages: Messages) -> Iterator[Event]:
    reader, provisional, pieces = SentenceReader(), ProvisionalText(), run.generator.stream(messages)
    try:
        while True:
            with run.recorder.timed("generate"):
                piece = next(pieces, None)
            run.watch.check(run.rests_on)
            if piece is None:
                break
            run.said.append(piece)
            if run.prose and (shown := provisional.feed(piece)):
                yield Delta(shown, tuple(run.supplied))
            for raw in reader.feed(piece):
                yield from _say(run, raw)
        for raw in reader.flush():
            yield from _say(run, raw)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _passages_alone(run: _Run, why: str) -> Iterator[Event]:
    """The model gave nothing: what was found is shown in its own words."""
    assert run.material is not None  # noqa: S101  # set by _road before
    run.prose, run.answer.degraded = False, "generator_unavailable"
    run.answer.notice = f"{why} These are the passages found, quoted, without an answer written from them."
    yield _step(run, "The language model gave no answer; showing the passages found")
    reader = SentenceReader()
    for line in passages_alone(run.material):
        for raw in reader.feed(line):
            yield from _say(run, raw)


def _say(run: _Run, raw: RawSentence) -> Iterator[Event]:
    """Ties a sentence to its quotes, checks it, and lets it out if everything it rests on may still be seen."""
    assert run.material is not None  # noqa: S101  # set by _road before
    if raw.text.strip(" .").upper() == prompts.NO_ANSWER:
        return
    with run.recorder.timed("ground"):
        quotes, verdict = tie(run.material, raw)
    run.cited |= {quote.evidence.passage_id for quote in quotes}
    run.watch.require_visible(run.rests_on)
    yield from run.recorder.say(raw.text, verdict, quotes)


def _step(run: _Run, text: str) -> Step:
    run.answer.steps.append(text)
    return Step(text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
