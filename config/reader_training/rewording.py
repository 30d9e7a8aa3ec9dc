"""Questions said in other words, so that the model does not learn to count equal ones.

Other words are the neighbours of a word among counter-fitted vectors (Mrkšić and others, 2016, arXiv 1603.00892), in
which synonyms lie together and opposites apart.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np

from config.reader_training.errors import TrainingRefused
from knowledge.embedding import Vectors

_NEAR = 0.6  # cosine from which a neighbour says the same
_NEIGHBOURS = 6
_MOST = 3  # words of a question that are changed
_SHORTEST = 4  # letters
_MARKS = "?,."
_ASKING = """
    what which who whom whose when where why how is are was were be do does did the a an of in on at to for by with from
    and or not many much long
"""
_KEPT = frozenset(_ASKING.split())


class Rewording:
    def __init__(self, path: Path) -> None:
        """Rows of a word and its numbers, in a text file or the one text file of a ZIP archive. Raises
        TrainingRefused when that is not what stands there."""
        self._words: list[str] = []
        rows = []
        try:
            for line in _lines(path):
                word, *numbers = line.split()
                self._words.append(word)
                rows.append(np.array(numbers, dtype=np.float32))
            vectors = np.stack(rows)
        except OSError as error:
            raise TrainingRefused(f"{path} cannot be read: {error.strerror}.") from error
        except (zipfile.BadZipFile, ValueError) as error:
            raise TrainingRefused(f"{path} does not hold a word and its numbers on every line: {error}.") from error
        if not vectors.size or not np.isfinite(vectors).all():
            raise TrainingRefused(f"{path} holds words without a vector.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._vectors: Vectors = vectors / np.maximum(lengths, 1e-12)
        self._places = {word: place for place, word in enumerate(self._words)}
        self._known: dict[str, list[str]] = {}

    def reword(self, question: str, random: Random) -> str:
        """One to three of its words exchanged, where there are neighbours. Names stay: they are written large."""
        words = question.split()
        places = [place for place, word in enumerate(words) if _may_change(word)]
        random.shuffle(places)
        for place in places[: random.randint(1, _MOST)]:
            word = words[place].strip(_MARKS)
            others = self.neighbours(word)
            if others:
                words[place] = words[place].replace(word, random.choice(others))
        return " ".join(words)

    def neighbours(self, word: str) -> list[str]:
        """Words that say about the same, none for a word that is not known."""
        if word not in self._known:
            self._known[word] = self._near(word) if word in self._places else []
        return self._known[word]

    def _near(self, word: str) -> list[str]:
        cosines = self._vectors @ self._vectors[self._places[word]]
        first = np.argsort(-cosines)[:_NEIGHBOURS]
        return [self._words[place] for place in first if cosines[place] > _NEAR and self._words[place] != word]


def _may_change(word: str) -> bool:
    bare = word.strip(_MARKS)
    return bare.islower() and len(bare) >= _SHORTEST and bare not in _KEPT


def _lines(path: Path) -> Iterator[str]:
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8") as lines:
            yield from (line for line in lines if line.strip())
        return
    with zipfile.ZipFile(path) as archive:
        files = [name for name in archive.namelist() if not name.endswith("/")]
        if len(files) != 1:
            raise ValueError(f"the archive holds {len(files)} files and not one")
        with archive.open(files[0]) as stream:
            yield from (line.decode("utf-8") for line in stream if line.strip())
