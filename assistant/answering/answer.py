"""The one road from a question to a footnoted answer, as a generator of events.

what a follow-up refers to → search → too little evidence: say so → generate → each sentence tied to its exact quote and
checked → saved. What the asker may read is asked of the database again before anything is sent to a model, before every
sentence leaves and before the answer is closed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.urls import reverse

from accounts.models import User
from assistant import configuration
from assistant.abstention import abstaining, policy
from assistant.answering import asking_back, computing, falling_back, learning, provenance, unnamed
from assistant.answering.citations import ProvisionalText, RawSentence, SentenceReader
from assistant.answering.differing import find_disagreements
from assistant.answering.events import Delta, Done, Event, Step
from assistant.answering.holding import Policy, told
from assistant.answering.recording import Quote, Recorder
from assistant.answering.rewriting import rewrite
from assistant.answering.tying import tie
from assistant.answering.watching import StopAnswering, Watch
from assistant.configuration import Configuration
from assistant.conversing.conversations import earlier_exchanges
from assistant.conversing.outlook import outlook
from assistant.endpoints import spending
from assistant.endpoints.calls import Journal
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators import Generator, Messages, prompts
from assistant.generators.choices import generator_for
from assistant.generators.quoting import QuotingGenerator
from assistant.models import Answer
from assistant.modes.base import Line, Part
from assistant.modes.writing import write_mode
from assistant.selection.choosing import Material
from assistant.selection.gathering import find, gather
from assistant.selection.shortly import short_answer
from assistant.verified import serving
from knowledge.errors import FootnoteError
from knowledge.followups import Exchange, may_stand_alone
from knowledge.rechecking import still_visible
from knowledge.search import SearchResult, await_index
from knowledge.tuning import using

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
    journal: Journal
    config: Configuration
    material: Material | None = None
    said: list[str] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)
    prose: bool = False
    rewritten: bool = False
    policy: Policy = field(default_factory=lambda: Policy(()))
    held: int = 0
    named: int = 0  # how many of the journal's answers were told of
    given: set[int] = field(default_factory=set)  # what earlier parts of it were written from

    @property
    def supplied(self) -> set[int]:
        return self.given | ({item.passage_id for item in self.material.evidence} if self.material else set())

    @property
    def rests_on(self) -> set[int]:
        """Passages whose words may be in the text: all that were supplied when a model wrote it."""
        return self.supplied if self.prose else self.cited


def answer(answer_id: uuid.UUID, *, must_be_followed: bool = False) -> Iterator[Event]:
    """Answers, giving events as they happen; everything is saved on the Answer.

    Failures of search, model or settings end as a failed or degraded answer with a notice, never as an exception.
    Closing the generator marks the answer stopped with what was said so far.
    """
    row = Answer.everything.select_related("turn__conversation__user").get(pk=answer_id)
    user, recorder = row.turn.conversation.user, Recorder(row)
    state, notice = Answer.State.STOPPED, ""
    journal, config = Journal(partial(spending.settle, apart=row.apart)), configuration.in_force()
    try:
        generator = generator_for(row.wanted, config.answerer)
        row.generator, row.made_with = generator.name, provenance.made_with(user, config)
        # One that waited so long that it was taken for left behind is not any more.
        Answer.everything.filter(pk=row.pk).update(state=Answer.State.RUNNING, finished=None)
        watch = Watch(row, user, must_be_followed=must_be_followed)
        run = _Run(row, user, watch, recorder, generator, journal, config)
        yield from write_mode(_Desk(run)) if row.turn.mode else _road(run)
        run.watch.require_visible(run.rests_on)
        state = Answer.State.COMPLETE
    except StopAnswering as stop:
        notice = stop.notice
    except FootnoteError as error:
        state, notice = Answer.State.FAILED, str(error)
    finally:
        recorder.account(journal)
        recorder.finish(state, notice)
    yield Done(state.value, reverse("answer", args=[row.pk]))


def _road(run: _Run) -> Iterator[Event]:
    answer, recorder = run.answer, run.recorder
    run.watch.check()
    earlier = earlier_exchanges(answer.turn)
    if asking_back.before_search(answer, earlier):
        yield _step(run, "Asked what is meant")
        return
    result = _search(run, earlier)
    answer.timings_ms.update({name: round(value, 2) for name, value in result.timings_ms.items()})
    answer.searched_as, answer.scope = result.searched_as, list(result.collections)
    answer.degraded, answer.notice = result.degraded, _SEARCH_DEGRADED.get(result.degraded, "")
    recorder.retrieved(result.evidence)
    yield _step(run, f"Searched {_count(len(result.collections), 'collection')}")
    if (verified := serving.answer_for(answer, run.user)) is not None:
        yield from _serve(run, verified)
        return
    lessons = learning.lessons(result.searched_as, answer.turn.question, run.user)
    answer.correction_id = lessons.correction_id
    with computing.turn(recorder), recorder.timed("search"):
        run.material = _material(run, result, lessons.refused)
    documents = {item.document_id for item in run.material.evidence}
    yield _step(run, f"Read {_count(len(run.supplied), 'passage')} of {_count(len(documents), 'document')}")
    signs = abstaining.features(run.material.profile, run.material.evidence, run.material.ranked)
    holding = policy.current(signs, run.config.abstention)
    answer.made_with["policy"] = provenance.of_policy(holding)
    answer.signs, answer.confidence = _rounded(signs), round(holding.probability(signs), 4)
    if asking_back.pointed(answer, run.material, earlier):
        yield _step(run, "Asked what is meant")
        return
    if not run.material.ranked or answer.confidence < holding.threshold:
        yield from _abstain(run)
        return
    if asking_back.open_between(answer, run.material):
        yield _step(run, "Asked which one is meant")
        return
    yield from _generate(run, [exchange.question for exchange in earlier])


def _serve(run: _Run, verified: serving.Served) -> Iterator[Event]:
    """Says what a reviewer vouches for; what its text may hold besides the quotes is asked again when it is shown."""
    serving.note(verified, run.answer)
    yield _step(run, "Found an answer that a reviewer verified")
    for line in verified.lines:
        run.cited |= {quote.evidence.passage_id for quote in line.quotes}
        run.watch.require_visible(run.rests_on)
        yield from run.recorder.say(line.text, line.verdict, line.quotes)


def _rounded(signs: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in signs.items()}


def _search(run: _Run, earlier: Sequence[Exchange]) -> SearchResult:
    """For a question that stands alone when a language model can say what it refers to, by the rule otherwise."""
    question = run.answer.turn.question
    if earlier:
        with run.recorder.timed("rewrite"):
            alone = rewrite(question, earlier, run.watch.check, run.journal)
        if alone:
            run.rewritten = True
            question, earlier = alone, ()
    with run.recorder.timed("wait"):
        await_index()
    if earlier and may_stand_alone(question):
        # A short question may be a new one: it is read with those before it only if it has no answer of its own.
        with computing.turn(run.recorder), run.recorder.timed("rewrite"):
            answered = outlook(question, run.user).answers
        earlier = () if answered else earlier
        run.watch.check()
    with computing.turn(run.recorder), using(run.config.tuning):
        return find(question, run.user, earlier, run.config.passages)


def _material(run: _Run, result: SearchResult, refused: frozenset[tuple[str, str]]) -> Material:
    """Ranked sentences of what the asker may see at this moment."""
    visible = still_visible(run.user, [item.passage_id for item in result.evidence])
    evidence = [item for item in result.evidence if item.passage_id in visible]
    return gather(run.answer.turn.question, result, evidence, refused)


def _abstain(run: _Run) -> Iterator[Event]:
    run.answer.abstained = True
    run.recorder.retrieved(run.material.evidence if run.material else ())
    if run.material is not None:
        run.recorder.nearest(run.material)
    run.answer.notice = " ".join(part for part in (NOTHING_FOUND, run.answer.notice) if part)
    yield _step(run, "Found nothing that answers")


def _generate(run: _Run, earlier: Sequence[str]) -> Iterator[Event]:
    """Streams the generator's text sentence by sentence; quotes where it says nothing, or not all of it."""
    assert run.material is not None  # noqa: S101  # set by _road before
    generator, evidence = run.generator, run.material.evidence
    question = run.answer.turn.question
    chat = prompts.chat(question, evidence, earlier, run.config.rules)
    run.answer.prompt_version = _prompt_version(run) if generator.writes_prose else ""
    run.recorder.retrieved(evidence, run.supplied)
    run.watch.require_visible(run.supplied)
    run.prose = generator.writes_prose
    run.policy = Policy(item.document_id for item in evidence)
    try:
        yield from _stream(run, Messages(run.material, tuple(chat), question, tuple(earlier), run.journal))
        spoke = bool(run.answer.sentences) or run.held > 0 or prompts.NO_ANSWER in "".join(run.said).upper()
        if run.prose and not spoke:
            raise GeneratorUnavailable("silent", "The language model said nothing.")
        _tell(run, falling_back.failover(run.journal))
    except (GeneratorUnavailable, GeneratorInterrupted) as error:
        yield from _fall_back(run, error)
    if run.answer.sentences:
        yield from _disagreements(run)
        _tell(run, unnamed.told(question, (item for item in evidence if item.passage_id in run.cited)))
    run.answer.notice = " ".join(part for part in (run.answer.notice, told(run.held)) if part)
    if run.answer.sentences:
        yield _step(run, f"Checked {_count(len(run.answer.sentences), 'sentence')} against the quotes")
    else:
        yield from _abstain(run)


def _disagreements(run: _Run) -> Iterator[Event]:
    """Where what the asker may see says otherwise than the quotes: footnotes of all sides, and who says what."""
    assert run.material is not None  # noqa: S101  # set by _road before
    with run.recorder.timed("ground"):
        found = find_disagreements(run.material, run.answer)
    for one in found:
        run.cited |= {side.evidence.passage_id for side in one.sides}
        run.watch.require_visible(run.rests_on)
        yield from run.recorder.differ(one)
    if found:
        yield _step(run, "Found documents that disagree")


def _prompt_version(run: _Run) -> str:
    version = run.config.prompt_version or prompts.VERSION
    return f"{version}+{prompts.REWRITING_VERSION}" if run.rewritten else version


def _stream(run: _Run, messages: Messages) -> Iterator[Event]:
    reader, provisional, pieces = SentenceReader(), ProvisionalText(), run.generator.stream(messages)
    try:
        while True:
            with run.recorder.timed("generate"):
                piece = next(pieces, None)
            yield from _asked(run)
            run.watch.check(run.rests_on)
            if piece is None:
                break
            run.said.append(piece)
            if run.prose and not run.policy.holds_any and (shown := provisional.feed(piece)):
                yield Delta(shown, tuple(run.supplied))
            for raw in reader.feed(piece):
                yield from _say(run, raw)
        for raw in reader.flush():
            yield from _say(run, raw)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _asked(run: _Run) -> Iterator[Event]:
    """Names each language model as it is asked, so that a wait or a second wait explains itself."""
    for call in run.journal.answers[run.named :]:
        run.named += 1
        if call.asked:
            yield _step(run, f"Asked {call.endpoint}")


@dataclass(slots=True)
class _Desk:
    """What a mode is lent: its sentences go the same road as all others."""

    run: _Run

    @property
    def answer(self) -> Answer:
        return self.run.answer

    @property
    def writes(self) -> bool:
        return self.run.generator.writes_prose

    @property
    def held(self) -> int:
        return self.run.held

    def step(self, text: str) -> Event:
        return _step(self.run, text)

    def lay_out(self, material: Material) -> None:
        """Only passages that a model is given, or that are quoted, count as used."""
        run = self.run
        run.watch.check(run.rests_on)
        if run.prose and run.material is not None:
            run.given |= {item.passage_id for item in run.material.evidence}
        run.material, run.prose = material, bool(run.given)
        run.policy = Policy(item.document_id for item in material.evidence)

    def say(self, raw: RawSentence) -> Iterator[Event]:
        return _say(self.run, raw)

    def shows(self, line: Line) -> bool:
        run = self.run
        assert run.material is not None  # noqa: S101  # set by lay_out before
        places = [(run.material.evidence[marker.number - 1], marker.span) for marker in line.markers]
        return all(span and run.recorder.is_shown(Quote(source, *span).place) for source, span in places)

    def write(self, part: Part) -> Iterator[Event]:
        run = self.run
        run.prose, run.answer.prompt_version = True, prompts.VERSION
        run.recorder.supplied(part.material.evidence)
        run.watch.require_visible(run.supplied)
        chat = prompts.chat(part.asks, part.material.evidence)
        yield from _stream(run, Messages(part.material, tuple(chat), part.asks, (), run.journal, in_mode=True))


def _fall_back(run: _Run, error: GeneratorUnavailable | GeneratorInterrupted) -> Iterator[Event]:
    """What was said is kept, and the quoting answerer says the rest, or all of it."""
    assert run.material is not None  # noqa: S101  # set by _road before
    before = len(run.answer.sentences)
    if not before:
        run.prose, run.answer.generator = False, QuotingGenerator.name
        run.journal.unused()
    run.answer.degraded = falling_back.state_of(error, half=before > 0)
    yield _step(run, "The language model gave no whole answer; quoting from the passages found")
    reader = SentenceReader()
    for line in falling_back.quotes(run.material, run.recorder):
        for raw in reader.feed(line):
            yield from _say(run, raw)
    added = len(run.answer.sentences) > before
    _tell(run, falling_back.notice(error, half=before > 0, added=added))


def _tell(run: _Run, text: str) -> None:
    run.answer.notice = " ".join(part for part in (run.answer.notice, text) if part)


def _say(run: _Run, raw: RawSentence) -> Iterator[Event]:
    """Ties a sentence to its quotes, checks it, and lets it out if everything it rests on may still be seen."""
    assert run.material is not None  # noqa: S101  # set by _road before
    if raw.text.strip(" .").upper() == prompts.NO_ANSWER or (run.prose and run.recorder.has_said(raw.text)):
        return
    with run.recorder.timed("ground"):
        quotes, verdict = tie(run.material, raw)
    if run.policy.holds(verdict, {quote.evidence.document_id for quote in quotes}):
        run.held += 1
        return
    run.cited |= {quote.evidence.passage_id for quote in quotes}
    run.watch.require_visible(run.rests_on)
    yield from run.recorder.say(raw.text, verdict, quotes, _short(run, raw.text))


def _short(run: _Run, text: str) -> str:
    """The short answer that the first quote holds, if it is clear; a model's prose is short by itself."""
    assert run.material is not None  # noqa: S101  # set by _road before
    if run.prose or run.answer.sentences or run.material.parts:
        return ""
    quoted = next((item for item in run.material.ranked if item.unit.shown == text), None)
    return short_answer(run.material.profile, quoted) if quoted else ""


def _step(run: _Run, text: str) -> Step:
    run.answer.steps.append(text)
    return Step(text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
