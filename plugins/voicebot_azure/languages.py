"""Language tags in the form that Azure Speech expects: always with a region."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from voicebot import language_tag

Locale: TypeAlias = Annotated[str, AfterValidator(language_tag)]
"""An option that holds a BCP 47 language tag."""
_REGIONS = {
    "af": "ZA", "am": "ET", "ar": "EG", "bn": "IN", "bs": "BA", "ca": "ES", "cs": "CZ", "cy": "GB",
    "da": "DK", "el": "GR", "en": "US", "et": "EE", "eu": "ES", "fa": "IR", "fil": "PH", "ga": "IE",
    "gl": "ES", "gu": "IN", "he": "IL", "hi": "IN", "hy": "AM", "ja": "JP", "jv": "ID", "ka": "GE",
    "kk": "KZ", "km": "KH", "kn": "IN", "ko": "KR", "lo": "LA", "ml": "IN", "mr": "IN", "ms": "MY",
    "my": "MM", "nb": "NO", "ne": "NP", "no": "NO", "pa": "IN", "ps": "AF", "si": "LK", "sl": "SI",
    "sq": "AL", "sr": "RS", "su": "ID", "sv": "SE", "sw": "KE", "ta": "IN", "te": "IN", "uk": "UA",
    "ur": "PK", "vi": "VN", "zh": "CN", "zu": "ZA",
}  # fmt: skip
"""The usual region of each language whose region code differs from its language code."""


def locale(tag: str) -> str:
    """Add the usual region to a tag that has none: `en-US` for `en`."""
    if "-" in tag:
        return tag
    language = "nb" if tag.lower() == "no" else tag.lower()
    return f"{language}-{_REGIONS.get(language, language.upper())}"
