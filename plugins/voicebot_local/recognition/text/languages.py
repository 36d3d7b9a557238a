"""The languages of Whisper models, by Whisper's codes and by BCP 47 tags."""

from __future__ import annotations

from collections.abc import Iterable

ENGLISH = frozenset({"en"})
_CODES = {
    "cmn": "zh",
    "fil": "tl",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jv": "jw",
    "mo": "ro",
    "nb": "no",
    "zh-hk": "yue",
    "zh-mo": "yue",
    "zh-yue": "yue",
}
"""Codes for tags that Whisper knows by another name, or that it does not tell apart."""
_SIMILAR = {"yue": "zh"}
"""What a model that does not know a language writes well enough."""
_TAGS = {"jw": "jv"}


def code_of(tag: str, known: Iterable[str]) -> str | None:
    """Return Whisper's code for a language tag, None if it is not among the codes that a model knows."""
    known = frozenset(known)
    tag = tag.lower().replace("_", "-")
    language, *rest = tag.split("-")
    for candidate in [f"{language}-{part}" for part in rest] + [language]:
        code = _CODES.get(candidate, candidate)
        for one in (code, _SIMILAR.get(code)):
            if one in known:
                return one
    return None


def tag_of(code: str, wanted: Iterable[str]) -> str:
    """Return the language tag for one of Whisper's codes: the wanted one that means it, if there is one."""
    return next((tag for tag in wanted if code_of(tag, {code}) == code), _TAGS.get(code, code))
