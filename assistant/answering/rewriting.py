"""A follow-up in words that stand alone, by the language model that answers, for the search only.

The model is asked once and briefly. What it says is used when it can be a question about the same matter; in every
other case the rule of ``knowledge.followups`` finds what the question refers to.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from django.conf import settings

from assistant.endpoints.calls import Journal
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators import get_chat, prompts
from knowledge.followups import Exchange
from knowledge.language import language_of
from knowledge.lexical import analyse

LONGEST = 300  # characters
_MAX_TOKENS = 100
_QUOTES = "\"'“”„«»‘’` "


def rewrite(question: str, earlier: Sequence[Exchange], check: Callable[[], None], journal: Journal) -> str:
    """The question so that it stands alone; "" when there is nothing before it, no language model, or nothing usable.

    ``check`` is called at least every fraction of a second and may raise to stop. ``earlier`` must be what the asker
    may see at this moment. What was asked of a model is written to ``journal``. No failure of the model is raised.
    """
    if not earlier or settings.GENERATOR_REWRITE_SECONDS <= 0:
        return ""
    chat = get_chat(settings.GENERATOR_REWRITE_SECONDS, _MAX_TOKENS, journal)
    if chat is None:
        return ""
    pieces = chat.say(prompts.rewriting(question, earlier))
    try:
        text = _said(pieces, check)
    except (GeneratorUnavailable, GeneratorInterrupted):
        return ""
    return text if _is_sane(text, question, earlier) else ""


def _said(pieces: Iterator[str], check: Callable[[], None]) -> str:
    """All that was said in time, without quotation marks around it; "" when it was not."""
    until = time.monotonic() + settings.GENERATOR_REWRITE_SECONDS
    said = ""
    try:
        for piece in pieces:
            check()
            said += piece
            if time.monotonic() > until:
                return ""
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    return said.strip().strip(_QUOTES)


def _is_sane(text: str, question: str, earlier: Sequence[Exchange]) -> bool:
    """One short line that speaks of something that was spoken of before."""
    if not text or len(text) > LONGEST or any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in text):
        return False
    language = language_of(text) or "en"
    spoken = " ".join([question, *(f"{exchange.question} {exchange.answer}" for exchange in earlier)])
    return bool(set(analyse(text, language)) & set(analyse(spoken, language)))
