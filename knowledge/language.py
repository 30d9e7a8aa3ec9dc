"""Which language a text is in, among those of our users. Pure; the model ships inside the py3langid package."""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs", "sv", "da", "ro", "hu", "fi", "tr", "vi"),
    *("ru", "uk", "bg", "el", "zh", "ja", "ko", "ar", "fa", "he", "th", "hi"),
)
_ENOUGH = 20
_SAMPLE = 2000


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LANGUAGES)
    return identifier


def language_of(text: str, default: str = "") -> str:
    """ISO 639-1 code; ``default`` when there are too few letters to tell."""
    sample = " ".join("".join(c if c.isalpha() else " " for c in text[:_SAMPLE]).split())
    if len(sample.encode()) < _ENOUGH:
        return default
    code: str = _identifier().classify(sample)[0]
    return code
