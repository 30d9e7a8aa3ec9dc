"""Full text in the database: one analyser, BM25 over what the asker may see.

The score of a passage is computed from the visible passages alone (their number, lengths and term counts), so that
documents a person may not see change neither the order nor the scores of those they may.
BM25 after Robertson and Zaragoza (2009); titles and headings count through weighted term frequencies (BM25F).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import snowballstemmer
from django.db import connection, transaction
from numpy.typing import NDArray

from knowledge.index.base import Ids
from knowledge.models import Document, Passage
from knowledge.postings import FIELDS, Column, clear_rows, drop_rows, other_titles, put_rows
from knowledge.stopwords import STOP_WORDS
from knowledge.termlists import Reader

K1 = 1.2
B = 0.6
# Of two lists of which one is so many times as long, the shorter is looked up in the longer one.
_FEWER = 20
# With more ids than this to each allowed passage, a table of them all would be mostly empty.
_SPREAD = 256
FIELD_WEIGHTS = {"title": 1.0, "heading": 0.7, "body": 1.0}
_LANGUAGES = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hi": "hindi", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Scripts written without spaces are cut into overlapping pairs of characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_](?:[^\W_]|[\u0300-\u036f\u0900-\u097f])*", re.UNICODE)


class Question(NamedTuple):
    """An analysed question: every term with its spellings in the languages at hand, and its weight."""

    terms: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]


def words(text: str) -> list[str]:
    """Case-folded words and numbers, stop words included; thousands separators are taken out of numbers."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    position = 0
    for stretch in _UNSPACED.finditer(folded):
        found.extend(_spaced_words(folded[position : stretch.start()]))
        run = stretch.group()
        found.extend([run[i : i + 2] for i in range(len(run) - 1)] or [run])
        position = stretch.end()
    found.extend(_spaced_words(folded[position:]))
    return found


def _spaced_words(text: str) -> list[str]:
    return [_number(token) if token[0].isdigit() else token for token in _TOKEN.findall(text)]


def _number(token: str) -> str:
    """1,200 and 1.200 are 1200; 7,5 and 7.5 are 7.5."""
    whole = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", token)
    return whole.replace(",", ".")


@lru_cache(maxsize=262_144)
def _stem(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    if stemmer is None or word[0].isdigit():
        return word
    return str(stemmer.stemWord(word))


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Any:
    name = _LANGUAGES.get(language)
    return snowballstemmer.stemmer(name) if name else None


def analyse(text: str, language: str = "en") -> list[str]:
    """Tokens of a text in order: stop words out, stems of its language."""
    stop = STOP_WORDS.get(language, frozenset())
    return [_stem(word, language) for word in words(text) if word not in stop]


def analyse_question(text: str, languages: Sequence[str] = ("en",), context: str = "", earlier: str = "") -> Question:
    """Distinct terms of a question, each with its stem in every language.

    Terms of ``context``, without which it says too little, weigh half; those of ``earlier`` questions a quarter.
    """
    weights: dict[tuple[str, ...], float] = {}
    for source, weight in ((text, 1.0), (context, 0.5), (earlier, 0.25)):
        for word in words(source):
            if any(word in STOP_WORDS.get(language, frozenset()) for language in languages):
                continue
            variants = tuple(dict.fromkeys(_stem(word, language) for language in languages))
            weights[variants] = max(weights.get(variants, 0.0), weight)
    return Question(tuple(weights), tuple(weights.values()))


@lru_cache(maxsize=1024)
def as_title(title: str, language: str) -> str:
    """A title as it stands in the full text beside each of the document's passages."""
    return " ".join(analyse(title, language or "en"))


def retitled() -> list[int]:
    """Passages that stand in the full text with another title than their document has."""
    rows = Passage.objects.searchable().order_by("version_id", "pk")
    titles = rows.values_list("pk", "version__document__title", "language").iterator(chunk_size=4096)
    return other_titles(connection, ((pk, as_title(title, language)) for pk, title, language in titles))


def index_version(version_id: int) -> None:
    """Adds the passages of a version. Runs inside the caller's transaction."""
    rows = Passage.objects.filter(version_id=version_id).select_related("version__document")
    put_rows(
        connection,
        [
            (
                passage.pk,
                as_title(passage.version.document.title, passage.language),
                " ".join(analyse(" ".join(passage.heading_path), passage.language or "en")),
                " ".join(analyse(passage.text, passage.language or "en")),
            )
            for passage in rows.defer("vector")
        ],
    )


def rebuild() -> int:
    """Makes the whole full text anew from the rows of what is answered from. Gives how many versions it holds."""
    current = Document.objects.filter(deleted__isnull=True, current__isnull=False).order_by("pk")
    versions = list(current.values_list("current_id", flat=True))
    with transaction.atomic():
        clear_rows(connection)
        for version_id in versions:
            index_version(version_id)
    return len(versions)


def drop_version(version_id: int) -> None:
    """Removes the passages of a version. Runs inside the caller's transaction, before the rows go."""
    drop_rows(connection, list(Passage.objects.filter(version_id=version_id).values_list("pk", flat=True)))


class Hits(NamedTuple):
    """BM25 of every allowed passage, beside ``allowed``, and the inverse document frequency of each term, weighted."""

    scores: NDArray[np.float64]
    inverse: list[float]

    @property
    def greatest(self) -> float:
        """The score no passage can pass; never 0."""
        return sum(self.inverse) * (K1 + 1) or 1.0


def search(question: Question, allowed: Ids, lengths: NDArray[np.int64]) -> Hits:
    """BM25 inside ``allowed`` (sorted ids, with their lengths in characters beside them)."""
    total = len(allowed)
    scores = np.zeros(total, dtype=np.float64)
    inverse: list[float] = []
    if not total:
        return Hits(scores, [0.0] * len(question.terms))
    norm = K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean())))
    visible = _Visible(allowed)
    for variants, weight in zip(question.terms, question.weights, strict=True):
        frequency = visible.frequencies(variants, FIELD_WEIGHTS)
        found = np.flatnonzero(frequency > 0)
        idf = _inverse(total, len(found))
        inverse.append(idf * weight)
        held = frequency[found]
        scores[found] += weight * idf * held * (K1 + 1) / (held + norm[found])
    return Hits(scores, inverse)


def best_of(scores: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Places of the k greatest scores above 0, best first, equals in order."""
    hits = np.flatnonzero(scores > 0)
    if len(hits) > 4 * k:
        # Only the top is sorted; all that equal the last of it stay, so that order decides among them.
        limit = np.partition(scores[hits], len(hits) - k)[len(hits) - k]
        hits = hits[scores[hits] >= limit]
    return hits[np.argsort(-scores[hits], kind="stable")[:k]]


def title_shares(said: Question, allowed: Ids) -> NDArray[np.float64]:
    """For each allowed passage: the weighted share, of the words that stand in any title, that stand in its title."""
    held = np.zeros(len(allowed), dtype=np.float64)
    whole = 0.0
    visible = _Visible(allowed)
    for variants in said.terms:
        there = visible.frequencies(variants, {"title": 1.0}) > 0
        count = int(np.count_nonzero(there))
        if count:
            weight = _inverse(len(allowed), count)
            whole += weight
            held += weight * there
    return held / whole if whole else held


def _inverse(total: int, found: int) -> float:
    return float(np.log1p((total - found + 0.5) / (found + 0.5)))


class _Visible:
    """The passages one question is asked of, and where a term stands in them."""

    def __init__(self, allowed: Ids) -> None:
        self._allowed = allowed
        self._reader = Reader(connection)
        self._places: NDArray[np.int32] | None = None

    def frequencies(self, variants: Sequence[str], weights: Mapping[str, float]) -> NDArray[np.float64]:
        """Weighted count of a term in each allowed passage; fields without a weight do not count."""
        frequency = np.zeros(len(self._allowed), dtype=np.float64)
        if not len(self._allowed):
            return frequency
        for variant in variants:
            columns = dict(zip(FIELDS, self._reader.read(variant).columns, strict=True))
            # In this order, so that no score changes in its last digit.
            for field in reversed(FIELDS):
                if field not in weights:
                    continue
                places, counts = self._inside(columns[field])
                # Each passage stands once in a column.
                frequency[places] += weights[field] * counts
        return frequency

    def _inside(self, column: Column) -> tuple[NDArray[Any], NDArray[Any]]:
        """Places in ``allowed`` of those passages of a column that are in it, and their counts."""
        allowed, (ids, counts) = self._allowed, column
        if len(allowed) * _FEWER < len(ids):
            held = np.minimum(np.searchsorted(ids, allowed), len(ids) - 1)
            places = np.flatnonzero(ids[held] == allowed)
            return places, counts[held[places]]
        if len(ids) * _FEWER < len(allowed) or allowed[-1] - allowed[0] > len(allowed) * _SPREAD:
            places = np.minimum(np.searchsorted(allowed, ids), len(allowed) - 1)
            mine = allowed[places] == ids
            return places[mine], counts[mine]
        first, last = np.searchsorted(ids, (allowed[0], allowed[-1] + 1))
        places = self._table()[ids[first:last] - allowed[0]]
        mine = places >= 0
        return places[mine], counts[first:last][mine]

    def _table(self) -> NDArray[np.int32]:
        """For each id from the first allowed one to the last: its place, or -1."""
        if self._places is None:
            self._places = np.full(int(self._allowed[-1] - self._allowed[0]) + 1, -1, dtype=np.int32)
            self._places[self._allowed - self._allowed[0]] = np.arange(len(self._allowed), dtype=np.int32)
        return self._places
