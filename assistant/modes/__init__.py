"""Other things than questions to ask of documents: each mode says what to quote, and what to ask a model for.

A mode makes parts; ``writing.py`` has them said, quoted or written, by the road every answer goes: each sentence
tied to its quotes, checked, stored and streamed.
"""

from __future__ import annotations

from assistant.modes.base import Mode
from assistant.modes.compare import Compare
from assistant.modes.reply import Reply
from assistant.modes.summary import Summary
from assistant.modes.table import Table

MODES: dict[str, Mode] = {mode.key: mode for mode in (Summary(), Compare(), Table(), Reply())}

__all__ = ["MODES", "Mode"]
