"""Whether a sentence answers a question, read together on top of the embedding model.

The lower layers of the embedding model read question and sentence apart, so what they make of a sentence is kept and
serves every question; the upper layers, trained again for this, read both together (the division is that of DeFormer,
Cao and others, 2020, arXiv 2005.00697). Beside each token stands whether it is the question's, the title's or the
sentence's own, and whether the other side has the same token. The first token and the mean of all give the score; two
numbers for each token of the sentence say where the short answer begins and ends.

The weights are made by ``manage.py train_reader``; they fit one embedding model only, which their file's name says.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from cachetools import LRUCache

from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.reading.base import Reading, Sentence
from knowledge.reading.head import Head, joint_layers, load
from knowledge.reading.texts import Apart, Cutter, Lower, runs

TOKENS_AT_ONCE = 1024
KEPT = 2048  # sentences; about 30 kB each


class JointReader:
    """One per process. Texts are shared out among the cores as the embedder does it."""

    def __init__(self, weights: Path, embedder: PlainBertEmbedder) -> None:
        """Raises SearchUnavailable when the weights cannot be loaded."""
        trained, tensors = load(weights, embedder.network)
        self._model_id = f"{weights.stem}@{trained}"
        self._head = Head(tensors, embedder.network)
        self._lower = Lower(embedder, embedder.network.layers[: -joint_layers(tensors)])
        self._cutter = Cutter(embedder.tokenizer_without_limits())
        self._embedder = embedder
        self._lock = threading.Lock()
        self._kept: LRUCache[bytes, Apart] = LRUCache(KEPT)

    @property
    def model_id(self) -> str:
        return self._model_id

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[Reading]:
        asked = self._lower.read([self._cutter.question(question)])[0]
        pairs = [self._cutter.pair(asked, apart) for apart in self._apart(sentences)]
        batches = runs([len(pair.kinds) for pair in pairs], TOKENS_AT_ONCE)
        results = self._embedder.on_cores(lambda places: self._head.read([pairs[place] for place in places]), batches)
        return [reading for batch in results for reading in batch]

    def _apart(self, sentences: Sequence[Sentence]) -> list[Apart]:
        """What the lower layers make of the sentences, kept ones looked up."""
        keys = [hashlib.blake2b(f"{s.about}\0{s.text}".encode(errors="replace")).digest() for s in sentences]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: s for key, s in zip(keys, sentences, strict=True) if key not in known}
        read = self._lower.read([self._cutter.sentence(sentence) for sentence in missing.values()])
        known.update(zip(missing, read, strict=True))
        with self._lock:
            self._kept.update((key, known[key]) for key in missing)
        return [known[key] for key in keys]
