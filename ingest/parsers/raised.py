"""Raised and lowered text in plain text: an exponent must not become a digit of the number before it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RAISED = dict(
    zip("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
_LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_WORD = re.compile(r"[^\W\d_]{2,}\.?")
_MARK = re.compile(r"\[.*\]|\W*", re.DOTALL)


def raised(text: str) -> str:
    """ "2" becomes "²", "n/2" "^(n/2)". Words stay ("1st" is read so), and marks: "[1]", "*"."""
    return text if _WORD.fullmatch(text.strip()) else _shifted(text, _RAISED, "^")


def lowered(text: str) -> str:
    """ "2" becomes "₂", "max" "_(max)"."""
    return _shifted(text, _LOWERED, "_")


def _shifted(text: str, forms: Mapping[str, str], mark: str) -> str:
    core = text.strip()
    if _MARK.fullmatch(core) or all(character in forms.values() for character in core):
        return text
    whole = mark == "^" or not _WORD.fullmatch(core)
    characters = [forms.get(character, "") for character in core]
    return text.replace(core, "".join(characters) if whole and all(characters) else f"{mark}({core})", 1)
