"""The web process loads model and index when it starts, so that the first question does not wait for them."""

from __future__ import annotations

import gc
import logging
import threading

from django.db import DatabaseError, connection
from django.urls import get_resolver

from knowledge.entailment import get_entailer
from knowledge.errors import FootnoteError
from knowledge.projection import get_projection
from knowledge.reranking import get_reranker

logger = logging.getLogger("footnote.index")


def start() -> None:
    """Begins loading beside the start of the site; questions that come earlier wait for the same loading."""
    threading.Thread(target=_load, name="warm-up", daemon=True).start()


def settle() -> None:
    """Takes what stays for good (programs, addresses, models) out of what the garbage collector looks through again
    and again: going through all of it would hold up a page in twenty."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def _load() -> None:
    try:
        passages = len(get_projection().ids)
        get_reranker()
        get_entailer()
        logger.info("warm-up done passages=%d", passages)
    except (FootnoteError, DatabaseError) as error:
        # Nobody asked yet: the first question meets the same problem and is told about it in words.
        logger.warning("warm-up failed reason=%s", type(error).__name__)
    finally:
        connection.close()
        settle()
