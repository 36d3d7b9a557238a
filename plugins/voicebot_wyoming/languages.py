"""The tags of languages that servers use: `en-US`, `en_US` or just `en`."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot import language_tag


def offered_as(language: str, offered: Iterable[str]) -> str | None:
    """Return how a server writes a language that it offers; None if it does not offer it.

    The same region is preferred, then the language without a region, then another region.
    """
    wanted = _normal(language)
    primary = wanted.partition("-")[0]
    others = [tag for tag in offered if _normal(tag).partition("-")[0] == primary]
    for choice in (wanted, primary):
        for tag in others:
            if _normal(tag) == choice:
                return tag
    return others[0] if others else None


def standard_tag(language: object) -> str | None:
    """Return the BCP 47 tag of what a server calls a language; None if it is not known."""
    if not isinstance(language, str) or not language:
        return None
    try:
        return language_tag(language.replace("_", "-"))
    except ValueError:
        return None


def _normal(tag: str) -> str:
    return tag.replace("_", "-").lower()
