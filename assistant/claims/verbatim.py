"""Whether a text says a sentence word for word, as a whole and with nothing beside it that turns it round. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from assistant.claims.lexicon import ATTRIBUTING, CONDITIONS, DENYING, ONLY
from assistant.claims.reading import with_phrases_as_words
from knowledge.sentences import split_sentences

# A figure with its sign and its separators is one word: "10" is no part of "100", of "10,50" or of "-10".
_WORD = re.compile(r"(?<![\w)])[-+]?\d+(?:[.,'\u202f]\d+)*(?!\w)|\w+(?:-\w+)*|(?P<sign>[€$£¥%°])|(?P<mark>[;:,()–—])")
_TURNING = frozenset("t").union(*DENYING.values(), ONLY, CONDITIONS, ATTRIBUTING)  # "t" of "don't"
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)]|#{1,6})\s+")
_MARK = ""  # stands for any mark that parts two clauses


def says_word_for_word(sentence: str, quote: str) -> bool:
    """One or more sentences of the quote, or a clause of one of which the rest neither denies, limits, conditions nor
    attributes it. What is cut out in any other way is compared like a sentence in other words.
    """
    said = [word for word in _words(sentence) if word != _MARK]
    if not said:
        return False
    spans = [part for start, end in split_sentences(quote) for part in quote[start:end].split("|") if part.strip()]
    sentences = [words for part in spans if (words := _words(_BULLET.sub("", part)))]
    return any(_runs_through(said, sentences[first:]) for first in range(len(sentences))) or any(
        _is_clause(said, words) for words in sentences
    )


def _words(text: str) -> list[str]:
    plain = text.replace("−", "-").replace("’", "'").replace("*", "").replace("`", "")
    found = _WORD.finditer(with_phrases_as_words(plain))
    return [_MARK if match["mark"] else match.group().casefold() for match in found]


def _runs_through(said: Sequence[str], sentences: Sequence[Sequence[str]]) -> bool:
    """Whether it is the first of these sentences, or the first and those that follow it."""
    whole: list[str] = []
    for words in sentences:
        whole += [word for word in words if word != _MARK]
        if len(whole) >= len(said):
            return whole == list(said)
    return False


def _is_clause(said: Sequence[str], words: Sequence[str]) -> bool:
    clauses: list[list[str]] = [[]]
    for word in words:
        if word == _MARK:
            clauses.append([])
        else:
            clauses[-1].append(word)
    for first in range(len(clauses)):
        for last in range(first + 1, len(clauses) + 1):
            if list(chain.from_iterable(clauses[first:last])) == list(said):
                rest = chain.from_iterable(clauses[:first] + clauses[last:])
                return not any(word in _TURNING for word in rest)
    return False
