"""A typed question as it is searched: what is asked, where it says to look, what it leans on. Pure.

"According to the travel policy, who approves flights?" asks who approves flights; the rest says where. Searched as one
text, the words that name the document outweigh those that ask, and every passage of it looks alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.followups import Exchange, context_for
from knowledge.language import language_of
from knowledge.lexical import analyse

_PLACE = re.compile(
    r"\s*(?P<place>(?:consider(?:ing)?|according to|based on|as per|per|in|under|from|regarding|concerning"
    r"|with regard to|as regards|about|for|looking at|laut|gemäß|nach|im|según|selon|dans|en)\b[^;:?!\n]{3,150}?)"
    r"\s*(?:[;:]|,\s)\s*(?P<asked>\S.+)",
    re.IGNORECASE | re.DOTALL,
)
_ENOUGH = 2  # content terms that are still a question
_ANSWER_READ = 300  # characters of the answer before that are searched along


@dataclass(frozen=True, slots=True)
class Question:
    """``typed`` is what was asked; ``place`` the words that say where to look and ``core`` the rest, "" and all of it
    when it names no place. ``referred`` are earlier questions without which it says too little; ``earlier`` all of
    them; ``background`` what was asked and said just before. ``language`` is "" when it is too short to tell."""

    typed: str
    core: str
    place: str
    referred: str
    earlier: str
    background: str
    language: str

    @property
    def searched_as(self) -> str:
        """The question with what it refers to."""
        return f"{self.referred} {self.typed}".strip()

    def own(self, placed: bool) -> str:
        """The asker's words; ``placed`` leaves out those that say where."""
        return self.core if placed else self.typed

    def asked(self, placed: bool) -> str:
        """What is compared with passages: the asker's words with what they refer to."""
        return f"{self.referred} {self.own(placed)}".strip()


def read_question(typed: str, context: Sequence[Exchange] = ()) -> Question:
    """``context`` is what was said before in the conversation, oldest first."""
    place, core = split_place(typed)
    last = context[-1] if context else None
    return Question(
        typed=typed,
        core=core,
        place=place,
        referred=context_for(typed, context),
        earlier=" ".join(exchange.question for exchange in context),
        background=f"{last.question} {last.answer[:_ANSWER_READ]}".strip() if last else "",
        language=language_of(typed),
    )


def split_place(question: str) -> tuple[str, str]:
    """(words that say where to look, the rest); ("", the question) when it does not begin with such words."""
    match = _PLACE.fullmatch(question)
    if match is None or len(set(analyse(match["asked"]))) < _ENOUGH:
        return "", question
    return match["place"], match["asked"]
