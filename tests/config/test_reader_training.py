"""The reading model is trained as an operator would train it, on an invented file of questions, for a few steps."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from config.reader_training import training
from config.reader_training.drawing import WRONG, Drawing
from config.reader_training.errors import TrainingRefused
from config.reader_training.questions import read_questions
from config.reader_training.rewording import Rewording
from config.reader_training.training import edges_of
from knowledge import reading
from knowledge.reading import Sentence, get_reader, plain_embedder
from knowledge.reading.texts import Cutter
from tests.knowledge.test_reranking import save_model

THINGS = ("lantern", "kettle", "ladder", "compass", "barrel", "anchor", "whistle", "mirror")
PLACES = ("Oslo", "Bruges", "Porto", "Graz", "Turin", "Riga", "Cork", "Lyon")
SHIPPED = reading.WEIGHTS_FOLDER / "53aa51172d14.safetensors"


def invented(name: str = "Harbour_museum") -> dict[str, Any]:
    """One article: two paragraphs of four things each, and where every thing comes from."""
    paragraphs = []
    for start in (0, 4):
        text, questions = "", []
        for thing, place in list(zip(THINGS, PLACES, strict=True))[start : start + 4]:
            sentence = f"The {thing} in the hall was brought from {place} by a sailor. "
            questions.append({
                "question": f"Where does the {thing} come from?",
                "answers": [{"text": place, "answer_start": len(text) + sentence.index(place)}],
            })  # fmt: skip
            text += sentence
        paragraphs.append({"context": text.strip(), "qas": questions})
    return {"title": name, "paragraphs": paragraphs}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    path = tmp_path / "museum.json"
    path.write_text(json.dumps({"version": "1.1", "data": [invented(), invented("Old_museum")]}))
    return path


@pytest.fixture
def synonyms(tmp_path: Path) -> Path:
    rows = "come 1 0 0\narrive 0.9 0.1 0\nleave -1 0 0.1\nkettle 0 1 0\npot 0 1 0.2\n"
    with zipfile.ZipFile(tmp_path / "vectors.zip", "w") as archive:
        archive.writestr("vectors.txt", rows)
    return tmp_path / "vectors.zip"


def train(squad: Path, out: Path, *arguments: str) -> str:
    said = StringIO()
    call_command("train_reader", str(squad), "--out", str(out), *arguments, stdout=said)
    return said.getvalue()


def test_a_few_steps_make_weights_that_the_product_reads_with(
    squad: Path, synonyms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = plain_embedder()
    assert embedder is not None
    out = tmp_path / "weights" / "53aa51172d14.safetensors"
    out.parent.mkdir()
    said = train(squad, out, "--dev", str(squad), "--steps", "2", "--articles", "1", "--synonyms", str(synonyms))
    assert "8 questions of 1 articles" in said
    assert "2 steps" in said
    assert "16 other questions" in said
    assert "knowledge/reading/weights/53aa51172d14.safetensors" in said
    assert [path.name for path in out.parent.iterdir()] == [out.name]

    shipped = load_file(reading.WEIGHTS_FOLDER / out.name)
    made = load_file(out)
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in made.items()} == {
        name: (tensor.shape, tensor.dtype) for name, tensor in shipped.items()
    }
    with safe_open(out, "pt") as file:
        assert file.metadata() == {"trained": "museum, 1 articles, 2 steps"}
    # It began with the embedding model's own layers, and moved every one of them a little.
    for number, layer in enumerate(embedder.network.layers[-2:]):
        moved = made[f"layers.{number}.wide.weight"].float() - layer.wide[0]
        assert 0 < float(moved.abs().max()) < 0.01

    monkeypatch.setattr(reading, "WEIGHTS_FOLDER", out.parent)
    monkeypatch.setattr(reading, "_loaded", {})
    reader = get_reader()
    assert reader is not None
    assert reader.model_id == "53aa51172d14@museum, 1 articles, 2 steps"
    assert len(reader.read("Where from?", [Sentence("It came from Riga.", "Museum")])) == 1


def test_training_goes_on_from_what_was_made_before(squad: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    train(squad, first, "--steps", "2", "--articles", "1")
    train(squad, second, "--steps", "1", "--from", str(first))
    with safe_open(second, "pt") as file:
        assert file.metadata() == {"trained": "museum, 1 articles, 2 steps; museum, 2 articles, 1 steps"}
    before, after, shipped = (load_file(one) for one in (first, second, SHIPPED))
    gap = {name: float((after[name].float() - before[name].float()).abs().max()) for name in before}
    assert 0 < max(gap.values()) < 0.01
    # From other weights it goes elsewhere.
    train(squad, second, "--steps", "1", "--from", str(SHIPPED))
    assert float((load_file(second)["score.weight"].float() - shipped["score.weight"].float()).abs().max()) < 0.01


def test_weights_that_do_not_fit_are_refused(squad: Path, tmp_path: Path) -> None:
    more = {name: tensor for name, tensor in load_file(SHIPPED).items() if not name.startswith("layers.1.")}
    save_file(more, tmp_path / "one.safetensors", {"trained": "one layer"})
    with pytest.raises(CommandError, match="joins 1 layers and not 2"):
        train(squad, tmp_path / "out.safetensors", "--from", str(tmp_path / "one.safetensors"))
    with pytest.raises(CommandError, match="cannot be loaded"):
        train(squad, tmp_path / "out.safetensors", "--from", str(tmp_path / "none.safetensors"))
    assert not (tmp_path / "out.safetensors").exists()


def test_the_embedding_model_is_left_as_it_was(squad: Path, tmp_path: Path) -> None:
    embedder = plain_embedder()
    assert embedder is not None
    before = embedder.embed_query("Where does the kettle come from?")
    train(squad, tmp_path / "out.safetensors", "--steps", "1")
    assert (embedder.embed_query("Where does the kettle come from?") == before).all()
    assert not embedder.network.layers[-1].wide[0].requires_grad


def test_learning_lowers_the_loss(squad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four questions at a time, so that it is quick."""
    monkeypatch.setattr(training, "QUESTIONS_AT_ONCE", 4)
    monkeypatch.setattr(training, "REPORT_STEPS", 1)
    embedder = plain_embedder()
    assert embedder is not None
    losses: list[float] = []

    def note(progress: training.Progress) -> None:
        losses.append(progress.loss)

    trained = training.Training(read_questions(squad), embedder, None)
    before = {name: tensor.detach().clone() for name, tensor in trained.weights.items()}
    trained.run(training.Plan(minutes=60, steps=8), note)
    assert len(losses) == 8
    assert losses[-1] < losses[0]
    # Every part learns; what is added to both ends of all tokens alike changes nothing, so biases may stay.
    still = [name for name, tensor in trained.weights.items() if bool((tensor == before[name]).all())]
    assert [name for name in still if not name.endswith(".bias")] == []


def test_questions_lead_to_the_words_that_answer(squad: Path) -> None:
    articles = read_questions(squad)
    assert [len(article.asked) for article in articles] == [8, 8]
    assert {sentence.about for sentence in articles[0].sentences} == {"Harbour museum"}
    for article in articles:
        for asked, place, thing in zip(article.asked, PLACES, THINGS, strict=True):
            text = article.sentences[asked.sentence].text
            assert text[asked.start : asked.end] == place
            assert thing in text


def test_wrong_sentences_do_not_hold_the_answer_and_share_words(squad: Path) -> None:
    articles = read_questions(squad)
    drawn = iter(Drawing(articles, Random(4)))
    seen = [next(drawn) for _ in range(48)]
    for one in seen:
        sentences = articles[one.article].sentences
        right, *wrong = (sentences[place].text for place in one.places)
        answer = right[one.asked.start : one.asked.end]
        assert len(set(wrong)) == WRONG
        assert not any(answer in text for text in wrong)
        homes = [articles[one.article].paragraphs[place] for place in one.places]
        assert homes[1:].count(homes[0]) == 2
    assert {(one.article, one.asked.question) for one in seen[:16]} == {
        (place, asked.question) for place, article in enumerate(articles) for asked in article.asked
    }
    assert len({one.places for one in seen if one.asked is seen[0].asked}) > 1


def test_the_ends_of_an_answer_are_its_tokens(squad: Path) -> None:
    embedder = plain_embedder()
    assert embedder is not None
    cutter = Cutter(embedder.tokenizer_without_limits())
    article = read_questions(squad)[0]
    for asked in article.asked:
        sentence = article.sentences[asked.sentence]
        offsets = cutter.sentence(sentence).offsets
        edges = edges_of(asked, offsets)
        assert edges is not None
        assert sentence.text[offsets[edges[0]][0] : offsets[edges[1]][1]] == sentence.text[asked.start : asked.end]
        assert edges_of(asked, offsets[: edges[1]]) is None, "a cut sentence has no such answer"


def test_other_words_keep_names_and_question_words(synonyms: Path) -> None:
    rewording = Rewording(synonyms)
    said = {rewording.reword("Where does Kettle come from?", Random(seed)) for seed in range(20)}
    assert said == {"Where does Kettle arrive from?"}
    assert rewording.neighbours("come") == ["arrive"]
    assert rewording.neighbours("unheard") == []


def change(squad: Path, to: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(squad.read_text())
    squad.write_text(json.dumps(to(content)))


def moved_answer(content: dict[str, Any]) -> object:
    content["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] += 1
    return content


def without_answers(content: dict[str, Any]) -> object:
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                asked["answers"] = []
    return content


def too_short(content: dict[str, Any]) -> object:
    for article in content["data"]:
        del article["paragraphs"][1:]
    return content


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (lambda content: content["data"], "shaped like SQuAD"),
        (lambda content: {"data": [{"title": "x"}]}, "shaped like SQuAD"),
        (lambda content: {"data": [{"title": 3, "paragraphs": []}]}, "shaped like SQuAD"),
        (lambda content: {"data": ["x"]}, "shaped like SQuAD"),
        (lambda content: {"data": []}, "no question with an answer"),
        (moved_answer, "does not stand at"),
        (without_answers, "no question with an answer"),
        (too_short, "enough other sentences"),
    ],
)
def test_bad_questions_are_refused(
    squad: Path, tmp_path: Path, to: Callable[[dict[str, Any]], object], reason: str
) -> None:
    change(squad, to)
    with pytest.raises(CommandError, match=reason):
        train(squad, tmp_path / "out.safetensors", "--steps", "1")
    assert not (tmp_path / "out.safetensors").exists()


def test_files_that_are_none_are_refused(squad: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match="shaped like SQuAD"):
        train(tmp_path / "bytes.json", out)
    with pytest.raises(CommandError, match="cannot be read"):
        train(tmp_path / "nowhere.json", out)
    with pytest.raises(CommandError, match="cannot be read"):
        train(squad, out, "--dev", str(tmp_path))
    for place in (tmp_path / "out.bin", tmp_path / "nowhere" / "out.safetensors"):
        with pytest.raises(CommandError, match="no place for weights"):
            train(squad, place)
    for option in (("--minutes", "0"), ("--minutes", "nan"), ("--articles", "0"), ("--steps", "0"), ("--steps", "-1")):
        with pytest.raises(CommandError, match="more than nothing"):
            train(squad, out, *option)


@pytest.mark.parametrize("rows", ["", "come 1 0\narrive 1\n", "come one two\n", "come\n", "come nan 1\n"])
def test_bad_vectors_are_refused(tmp_path: Path, rows: str) -> None:
    (tmp_path / "vectors.txt").write_text(rows)
    with pytest.raises(TrainingRefused):
        Rewording(tmp_path / "vectors.txt")


def test_an_archive_of_many_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        archive.writestr("one.txt", "come 1 0\n")
        archive.writestr("two.txt", "come 1 0\n")
    with pytest.raises(TrainingRefused, match="2 files and not one"):
        Rewording(tmp_path / "many.zip")
    with pytest.raises(TrainingRefused, match="cannot be read"):
        Rewording(tmp_path / "nowhere.txt")


def test_a_model_of_another_kind_is_refused(squad: Path, tmp_path: Path, settings: Settings) -> None:
    settings.EMBEDDING_MODEL = str(save_model(tmp_path / "judge"))
    with pytest.raises(CommandError, match="not a plain BERT"):
        train(squad, tmp_path / "out.safetensors")
