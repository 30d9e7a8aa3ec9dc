"""How an answer was made, for the fold under it: who answered, by which prompt, how fast, with how many tokens."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.falling_back import IN_WORDS
from assistant.models import Answer

_PURPOSES = {"rewrite": " (asked what the follow-up refers to)"}


@dataclass(frozen=True, slots=True)
class Making:
    """Rows of (name, value) in words, and what each language model that was asked did, in order."""

    rows: tuple[tuple[str, str], ...]
    calls: tuple[str, ...]


def making(answer: Answer) -> Making:
    rows = [("Answered by", _by(answer))]
    if answer.prompt_version:
        rows.append(("Prompt", f"version {answer.prompt_version}"))
    if answer.confidence is not None:
        rows.append(("Found in the passages", f"{answer.confidence:.0%} likely that they answer it"))
    if answer.first_token_ms is not None:
        rows.append(("First word", f"{answer.first_token_ms / 1000:.2f} s after the model was asked"))
    if total := answer.timings_ms.get("total"):
        rows.append(("Whole answer", f"{total / 1000:.2f} s"))
    if answer.tokens_in or answer.tokens_out:
        counted = "estimated" if answer.tokens_estimated else "counted by the model's server"
        rows.append(("Tokens", f"{answer.tokens_in:,} read, {answer.tokens_out:,} written, {counted}"))
        rows.append(("Cost", cost(answer)))
    return Making(tuple(rows), tuple(_call(call) for call in answer.calls))


def cost(answer: Answer) -> str:
    """In the answer's currency; "about" when tokens were estimated."""
    if not answer.cost:
        return "none: no price is set for this model"
    about = "about " if answer.tokens_estimated else ""
    return f"{about}{answer.cost.normalize():f} {answer.currency}"


def _by(answer: Answer) -> str:
    if answer.generator == "verified":
        return "a reviewer, who vouches for it"
    if answer.generator == "quoting":
        return "the quoting answerer, which uses no language model"
    model = f", model {answer.model}" if answer.model and answer.model not in answer.endpoint else ""
    return f"{answer.endpoint or answer.generator}{model}"


def _call(call: dict[str, str]) -> str:
    purpose = _PURPOSES.get(call["purpose"], "")
    return f"{call['endpoint']} {IN_WORDS.get(call['outcome'], 'failed')}{purpose}"
