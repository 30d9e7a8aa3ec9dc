"""Right and wrong sentences for each question: wrong ones that share its words, from beside the right one and around.

Words are those of the product's own analyser, weighted by how few sentences of the article hold them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from config.reader_training.questions import Article, Asked
from knowledge.lexical import analyse

WRONG = 5  # sentences to each right one
_BESIDE = 2  # of them from the paragraph of the right one
_AT_RANDOM = 1  # of them whatever they say
_AROUND = 120  # sentences before and after that are looked at
_SHORT = 6  # terms added to a sentence's length, so that a few words do not win by being few
_SHAKEN = 0.02  # not always the same ones


@dataclass(frozen=True, slots=True)
class Drawn:
    """``places``: among the article's sentences, the right one first, then ``WRONG`` wrong ones."""

    article: int
    asked: Asked
    places: tuple[int, ...]


class Drawing:
    """The questions of the articles, in an order of its own, over and over, each time with other wrong sentences.

    Left out are those whose article has too few sentences without the answer's words; ``usable`` counts the others.
    """

    def __init__(self, articles: Sequence[Article], random: Random) -> None:
        self._words = [_Words(article) for article in articles]
        self._random = random
        self._order = [
            (place, asked)
            for place, article in enumerate(articles)
            for asked in article.asked
            if sum(map(len, self._words[place].wrong(asked))) >= WRONG
        ]
        random.shuffle(self._order)
        self.usable = len(self._order)

    def __iter__(self) -> Iterator[Drawn]:
        """Endless while there is a usable question."""
        while self._order:
            for place, asked in self._order:
                yield Drawn(place, asked, (asked.sentence, *self._wrong(self._words[place], asked)))

    def _wrong(self, words: _Words, asked: Asked) -> list[int]:
        beside, around = words.wrong(asked)
        shared = words.shared(asked.question, [*beside, *around])
        shaken = {place: value + _SHAKEN * self._random.random() for place, value in shared.items()}
        beside.sort(key=shaken.__getitem__, reverse=True)
        around.sort(key=shaken.__getitem__, reverse=True)
        wrong = beside[:_BESIDE]
        likely = WRONG - _AT_RANDOM - len(wrong)
        wrong += around[:likely]
        if around[likely:]:
            wrong += self._random.sample(around[likely:], _AT_RANDOM)
        return wrong + beside[_BESIDE : _BESIDE + WRONG - len(wrong)]


class _Words:
    """The terms of an article's sentences."""

    def __init__(self, article: Article) -> None:
        self._paragraphs = article.paragraphs
        self._small = [sentence.text.lower() for sentence in article.sentences]
        self._terms = [frozenset(analyse(sentence.text)) for sentence in article.sentences]
        counts = Counter(term for terms in self._terms for term in terms)
        self._rare = {term: math.log(1 + len(self._terms) / count) for term, count in counts.items()}

    def wrong(self, asked: Asked) -> tuple[list[int], list[int]]:
        """Sentences without the answer's words: of the right one's paragraph, and of the others around it."""
        right = asked.sentence
        answer = self._small[right][asked.start : asked.end]
        near = range(max(0, right - _AROUND), min(len(self._small), right + _AROUND))
        without = [place for place in near if place != right and answer not in self._small[place]]
        home = self._paragraphs[right]
        beside = [place for place in without if self._paragraphs[place] == home]
        return beside, [place for place in without if self._paragraphs[place] != home]

    def shared(self, question: str, places: Sequence[int]) -> dict[int, float]:
        """For each of these sentences, how much of the question it says, against its length."""
        asked = frozenset(analyse(question))
        return {
            place: sum(self._rare[term] for term in asked & self._terms[place]) / (_SHORT + len(self._terms[place]))
            for place in places
        }
