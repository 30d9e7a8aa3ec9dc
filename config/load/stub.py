"""A language model that writes a fixed number of tokens a second to any number of askers, for load tests.

``python -m config.load.stub FILE``. It answers with the first words of the first passage it is given, one word a token,
and begins at once, so whatever a person waits for before the first word is the product's own.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from config.stub_model import serve

TOKENS_A_SECOND = 20
ANSWER_WORDS = 40
_PASSAGE = re.compile(r"<passage[^>]*>\n(.*?)\n</passage>", re.DOTALL)


def words_for(prompt: str) -> list[str]:
    found = _PASSAGE.search(prompt)
    words = (found[1] if found else "There is nothing about this.").split()[:ANSWER_WORDS]
    return [f"{word} " for word in [*words, "[1]."]]


if __name__ == "__main__":
    asyncio.run(serve(words_for, Path(sys.argv[1]), TOKENS_A_SECOND))
