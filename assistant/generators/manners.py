"""Whether a language model behaves: it answers instead of declining, in a language that fits, without repeating itself.

Pure. The beginning of an answer is held back only as long as it could still be one of these; then it flows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from knowledge.language import language_of

# How models of all makes begin when they decline. Lower case, apostrophes straight.
_DECLINING = (
    *("i'm sorry", "i am sorry", "sorry,", "i apologize", "i apologise", "unfortunately, i", "as an ai"),
    *("i cannot", "i can't", "i can not", "i'm unable", "i am unable", "i'm not able", "i am not able", "i won't"),
    *("i'm an ai", "i am an ai", "i do not have access", "i don't have access", "as a language", "i'm just an ai"),
    *("es tut mir leid", "tut mir leid", "ich kann nicht", "ich kann dir", "ich kann ihnen", "leider kann ich"),
    *("ich bin nicht in der lage", "als ki", "je suis désolé", "désolé,", "je ne peux pas", "je ne suis pas en"),
    *("lo siento", "no puedo ", "mi dispiace", "non posso ", "desculpe", "não posso ", "het spijt me"),
    *("ik kan niet", "przepraszam", "nie mogę ", "извините", "к сожалению, я", "я не могу"),
    *("抱歉", "对不起", "很抱歉", "我无法", "申し訳"),
)
_LONGEST_HELD = 240  # characters: no sentence that declines is longer before its end
_FOREIGN_LETTERS = 8  # letters of another script before it is called another language
_LETTERS_TO_TELL = 120  # letters of the same script before the language is judged by its words
_MARKER = re.compile(r"\[\s*\d")
_MARKERS = re.compile(r"\[[\d\s,]*\]?")
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
_REPEATS = 3  # how often the same sentence may be said
_SHORT_UNIT = 12  # characters: shorter units are judged by the run of them
_RUN = 160  # characters of one unit over and over


class Manners:
    """Follows one answer. ``languages`` are the codes it may be in: the question's and those of its passages."""

    def __init__(self, question: str, languages: Collection[str], passages: str) -> None:
        self._scripts = _scripts(question) | _scripts(passages[:4000])
        self._languages = {code for code in languages if code}
        self._text = ""
        self._released = False
        self._judged = False
        self._said: dict[str, int] = {}
        self._counted = 0  # characters whose sentences have been counted

    def watch(self, pieces: Iterator[str]) -> Iterator[str]:
        """The pieces, or GeneratorUnavailable (nothing of it was shown) or GeneratorInterrupted (something was)."""
        for piece in pieces:
            self._text += piece
            if self._released:
                yield piece
            elif piece and not self._undecided():
                self._released = True
                yield self._text
            else:
                yield ""
            if piece:
                self._check_language()
                self._check_repeats()
        if not self._released and self._text:
            self._decide()
            if not any(c.isalnum() for c in self._text):
                raise GeneratorUnavailable("silent", "The language model said nothing.")
            yield self._text

    def _undecided(self) -> bool:
        """Whether the text so far might still turn out to be no answer. Raises when it has."""
        begun = _plain(self._text)
        if not begun:
            return True
        foreign = len(_letters(self._text)) < _FOREIGN_LETTERS and self._is_foreign()
        might = any(opening.startswith(begun) or begun.startswith(opening) for opening in _DECLINING)
        over = len(self._text) > _LONGEST_HELD or _SENTENCE_END.search(self._text) or _MARKER.search(self._text)
        if (might or foreign) and not over:
            return True
        self._decide()
        return False

    def _decide(self) -> None:
        if self._is_foreign():
            raise GeneratorUnavailable("wrong_language", "The language model answered in another language.")
        begun = _plain(self._text)
        if begun.startswith(_DECLINING) and not _MARKER.search(self._text):
            raise GeneratorUnavailable("declined", "The language model declined to answer.")

    def _is_foreign(self) -> bool:
        scripts = [_script(letter) for letter in _letters(self._text)]
        return bool(scripts) and sum(script not in self._scripts for script in scripts) > len(scripts) / 2

    def _check_language(self) -> None:
        """Once there is enough text: neither the question's language nor one of the passages'."""
        if not self._released or self._judged or len(_letters(self._text)) < _LETTERS_TO_TELL:
            return
        self._judged = True
        if self._is_foreign() or self._reads_foreign():
            raise GeneratorInterrupted("wrong_language", "The language model went on in another language.")

    def _reads_foreign(self) -> bool:
        """Both halves are in the same language, and it is none that was expected: names alone do not make that up."""
        half = len(self._text) // 2
        first, second = language_of(self._text[:half]), language_of(self._text[half:])
        return bool(self._languages and first) and first == second and first not in self._languages

    def _check_repeats(self) -> None:
        while end := _SENTENCE_END.search(self._text, self._counted):
            sentence, self._counted = _plain(self._text[self._counted : end.end()]), end.end()
            if len(sentence) < _SHORT_UNIT:
                continue
            self._said[sentence] = self._said.get(sentence, 0) + 1
            if self._said[sentence] >= _REPEATS:
                raise _looping()
        if _repeats_itself(self._text[-_RUN:]):
            raise _looping()


def _looping() -> GeneratorInterrupted:
    return GeneratorInterrupted("looping", "The language model began to repeat itself and was cut off.")


def _repeats_itself(tail: str) -> bool:
    """Whether a run of text is one short unit over and over; dots and dashes of tables do not count."""
    if len(tail) < _RUN or not any(c.isalnum() for c in tail):
        return False
    at = (tail + tail[: _RUN // 4]).find(tail[: _RUN // 2], 1)
    return 0 < at <= _RUN // 4 and all(tail[i] == tail[i + at] for i in range(_RUN - at))


def _plain(text: str) -> str:
    return " ".join(_MARKERS.sub("", text).replace("’", "'").casefold().split()).lstrip("*#>- \"'“")


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def _scripts(text: str) -> set[str]:
    return {_script(letter) for letter in _letters(text)}


def _script(letter: str) -> str:
    """The writing a letter belongs to, by the first word of its name; Japanese and Chinese count as one."""
    name = unicodedata.name(letter, "").split(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH"} else name
