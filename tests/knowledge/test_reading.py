"""Question and sentence read together, with the shipped weights: what answers comes first, and nothing hangs on it."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from django.core.management import call_command
from pytest_django import Settings
from safetensors.torch import load_file, save_file

from knowledge import reading
from knowledge.embedding import get_embedder, model_dir
from knowledge.errors import SearchUnavailable
from knowledge.models import Collection, Document
from knowledge.reading import Reader, Sentence, get_reader, joint, plain_embedder, weights_name
from knowledge.reading.joint import JointReader
from tests.knowledge.reading_questions import QUESTIONS

MakeDocument = Callable[..., Document]
SHIPPED = reading.WEIGHTS_FOLDER / weights_name("any@53aa51172d14")
TOLERANCE = 1e-3  # of log-odds: texts in other company are rounded otherwise


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test loads the reader anew and leaves none behind."""
    monkeypatch.setattr(reading, "_loaded", {})


@pytest.fixture
def reader() -> Reader:
    found = get_reader()
    assert found is not None
    return found


def reader_of(weights: Path) -> JointReader:
    embedder = plain_embedder()
    assert embedder is not None
    return JointReader(weights, embedder)


def odds_of(reader: Reader) -> list[list[float]]:
    """For each question the log-odds of its sentences, the answering one first."""
    return [
        [one.answers for one in reader.read(question, [Sentence(text, "House rules") for text in (right, *others)])]
        for question, right, others in QUESTIONS
    ]


def answering_first(odds: list[list[float]]) -> int:
    return sum(right > max(others) for right, *others in odds)


def test_what_answers_comes_first(reader: Reader) -> None:
    assert len(QUESTIONS) >= 20
    odds = odds_of(reader)
    assert answering_first(odds) >= len(QUESTIONS) - 2
    # Also across questions: what answers one is likelier to answer than what does not answer another.
    pairs = [right > other for right, *_ in odds for _, *others in odds for other in others]
    assert sum(pairs) / len(pairs) > 0.9


def test_it_is_the_weights_that_know(tmp_path: Path) -> None:
    """The same numbers, each tensor's in another order, know nothing: a guess is right once in four."""
    torch.manual_seed(5)
    shuffled = {
        name: tensor.flatten()[torch.randperm(tensor.numel())].view(tensor.shape)
        for name, tensor in load_file(SHIPPED).items()
    }
    save_file(shuffled, tmp_path / "shuffled.safetensors", {"trained": "shuffled"})
    odds = odds_of(reader_of(tmp_path / "shuffled.safetensors"))
    assert answering_first(odds) < len(QUESTIONS) * 0.7


def test_the_short_answer_is_words_of_the_sentence(reader: Reader) -> None:
    text = "The warehouse in Lyon was opened in March 2011."
    found = reader.read("When was the warehouse in Lyon opened?", [Sentence(text, "Sites")])[0]
    assert "2011" in text[found.start : found.end]
    assert "Lyon" not in text[found.start : found.end]


def test_company_changes_no_reading(reader: Reader) -> None:
    """Alone, in a crowd of other lengths, in another order, and once more when it was kept: the same."""
    question = QUESTIONS[0][0]
    sentences = [Sentence(text, title) for title in ("", "Handbook") for _, right, others in QUESTIONS[:8] for text in
                 (right, *others, f"{right} {' '.join(others)}")]  # fmt: skip
    together = reader.read(question, sentences)
    assert reader.read(question, sentences) == together, "kept sentences are read otherwise"
    fresh = reader_of(SHIPPED)
    for place in random.Random(2).sample(range(len(sentences)), 4):
        for one in (fresh.read(question, [sentences[place]])[0], reader.read(question, [sentences[place]])[0]):
            assert one.answers == pytest.approx(together[place].answers, abs=TOLERANCE)
            assert (one.start, one.end) == (together[place].start, together[place].end)
    backwards = reader.read(question, sentences[::-1])[::-1]
    assert [one.answers for one in backwards] == pytest.approx([one.answers for one in together], abs=TOLERANCE)


def test_the_title_is_read_and_keeps_sentences_apart(reader: Reader) -> None:
    question, text = "How long is the hose of the Neptune pump?", "Its hose is nine metres long."
    named, other = reader.read(question, [Sentence(text, "Neptune pump"), Sentence(text, "Garden chairs")])
    assert named.answers > other.answers


def test_only_so_many_sentences_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint, "KEPT", 30)
    reader = reader_of(SHIPPED)
    sentences = [Sentence(f"Number {number}.") for number in range(50)]
    assert len(reader.read("Which number?", sentences)) == 50
    assert len(reader._kept) == 30


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", ".", "🙂" * 300, "日本語の規則です。", "ﬁ\u200b\u202e\u0301\u0301", "\ud800 half a character",
     "a" * 100_000, "word " * 20_000, "[SEP] [CLS] [PAD]", "Ünïcödé İstanbul ß"],
)  # fmt: skip
def test_odd_texts_are_read(reader: Reader, text: str) -> None:
    for question, sentence in ((text, "The gate is blue."), ("What colour is the gate?", text), (text, text)):
        found = reader.read(question, [Sentence(sentence, text), Sentence("The gate is blue.", "Gates")])
        assert len(found) == 2
        assert abs(found[0].answers) < 100
        assert 0 <= found[0].start <= found[0].end <= len(sentence)
    assert reader.read(text, []) == []


def test_what_stands_too_far_behind_is_not_read(reader: Reader) -> None:
    begins = "The gate of the yard is painted blue and white since the last summer. " * 8
    one, other = reader.read("What colour is the gate?", [Sentence(f"{begins}First."), Sentence(f"{begins}Second.")])
    assert one.answers == pytest.approx(other.answers, abs=TOLERANCE)


@pytest.fixture
def other_model(tmp_path: Path, settings: Settings) -> Path:
    """The packaged model with one bit of its weights changed: a model of its own."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in model_dir().rglob("*"):
        if path.is_file():
            (folder / path.relative_to(model_dir())).parent.mkdir(parents=True, exist_ok=True)
            (folder / path.relative_to(model_dir())).write_bytes(path.read_bytes())
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-2] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    settings.EMBEDDING_MODEL = str(folder)
    return folder


@pytest.mark.usefixtures("other_model")
def test_another_model_has_no_reader(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert get_reader() is None
    assert f"no reading model for embedding model {get_embedder().model_id}" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100_000])


def damage_head(path: Path) -> None:
    path.write_bytes(b"\0" * 64 + path.read_bytes()[64:])


def damage_shape(path: Path) -> None:
    weights = load_file(path)
    weights["layers.1.wide.weight"] = weights["layers.1.wide.weight"][:, :-1].contiguous()
    save_file(weights, path, {"trained": "x"})


def damage_part(path: Path) -> None:
    weights = load_file(path)
    del weights["span.bias"]
    save_file(weights, path, {"trained": "x"})


def damage_value(path: Path) -> None:
    weights = load_file(path)
    weights["score.weight"][0, 3] = torch.nan
    save_file(weights, path, {"trained": "x"})


def damage_name(path: Path) -> None:
    save_file(load_file(path), path)


def damage_layers(path: Path) -> None:
    rest = {name: tensor for name, tensor in load_file(path).items() if "layers" not in name}
    save_file(rest, path, {"trained": "x"})


DAMAGES = [damage_cut, damage_head, damage_shape, damage_part, damage_value, damage_name, damage_layers]


@pytest.fixture
def own_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped weights that the product reads with."""
    monkeypatch.setattr(reading, "WEIGHTS_FOLDER", tmp_path)
    path = tmp_path / SHIPPED.name
    path.write_bytes(SHIPPED.read_bytes())
    yield path


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_weights_are_refused_and_said_once(
    own_weights: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    assert get_reader() is not None
    reading._loaded.clear()
    damage(own_weights)
    with pytest.raises(SearchUnavailable, match="cannot be loaded"):
        reader_of(own_weights)
    assert get_reader() is None
    assert get_reader() is None
    said = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(said) == 1
    assert "answering goes on without reading sentences together" in said[0].getMessage()


RULES = "# Gates\n\nThe gate in the yard is painted blue. The gate is closed at night. A guard looks after the yard."


def quotes_for_bob() -> list[str]:
    output = StringIO()
    call_command("ask", "What colour is the gate in the yard?", "--as", "bob", "--json", stdout=output)
    return [citation["quote"] for citation in json.loads(output.getvalue())["citations"]]


@pytest.mark.django_db
def test_answering_goes_on_with_damaged_weights(
    own_weights: Path, team: Collection, people: SimpleNamespace, make_document: MakeDocument,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    make_document(team, "gates.md", RULES, by=people.alice)
    damage_cut(own_weights)
    for _ in range(2):
        assert "painted blue" in " ".join(quotes_for_bob())
    said = [record for record in caplog.records if "without reading sentences together" in record.getMessage()]
    assert len(said) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("other_model")
def test_answering_goes_on_with_a_model_that_has_no_reader(
    team: Collection, people: SimpleNamespace, make_document: MakeDocument
) -> None:
    make_document(team, "gates.md", RULES, by=people.alice)
    assert "painted blue" in " ".join(quotes_for_bob())
    assert get_reader() is None
