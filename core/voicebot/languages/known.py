"""The languages that are known in this process: those that ship with voicebot, and what plugins add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from voicebot.languages.language import Language
from voicebot.languages.merge import merged

DerivedT = TypeVar("DerivedT")
DATA = Path(__file__).parent / "data"
"""The folder of the language files that ship with voicebot."""
_NOTHING = Language()
_ALL = "mul"
"""The tag of what is said in all languages, such as laughs: ISO 639-2 for "multiple languages"."""
_OTHER_CODES = {"cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "no": "nb"}
"""Tags that are as valid as those of the files."""
_from_plugins: list[Language] = []
_caches: list[Any] = []
"""Caches of what is derived from all languages."""


def language_for(tag: str) -> Language:
    """Return the words of a language, given by a BCP 47 tag such as `de-AT`; empty if none are known.

    It may also be given by a locale such as `de_AT`, or by a code or name such as `deu` and `German`. Words
    from plugins are included once a config has been loaded.
    """
    code = tag.replace("_", "-").partition("-")[0].lower()
    if code == _ALL:
        return _NOTHING
    known = known_languages()
    found = known.get(code) or known.get(_OTHER_CODES.get(code, ""))
    return found or languages_by_alias().get(code, _NOTHING)


@cache
def known_languages() -> Mapping[str, Language]:
    """Return the languages that are known, by tag."""
    languages = sorted((*_shipped(), *_from_plugins), key=lambda each: each.tag)
    by_tag = {tag: tuple(group) for tag, group in groupby(languages, lambda each: each.tag)}
    return {tag: group[0] if len(group) == 1 else merged(*group) for tag, group in by_tag.items()}


@cache
def languages_by_alias() -> Mapping[str, Language]:
    """Return the languages by the codes and names by which people call them instead of their tags."""
    return {alias: language for language in known_languages().values() for alias in language.aliases}


@cache
def all_languages() -> Language:
    """Return the words of all languages as if they were one language's.

    Text is compared with all of them: users and chat models change language within a conversation, and few
    abbreviations of one language are words of another.
    """
    return merged(*known_languages().values())


def derived(make: Callable[[Language], DerivedT]) -> Callable[[], DerivedT]:
    """Decorate a function of all languages' words: it is called when its result is first needed."""
    cached = cache(lambda: make(all_languages()))
    _caches.append(cached)
    return cached


def derived_from_each(make: Callable[[str], DerivedT]) -> Callable[[str], DerivedT]:
    """Decorate a function of a language's tag: its results are kept until the languages change."""
    cached = cache(make)
    _caches.append(cached)
    return cached


def use_plugin_languages(languages: Iterable[Language]) -> None:
    """Replace what plugins add to the languages."""
    if (added := list(languages)) == _from_plugins:
        return
    _from_plugins[:] = added
    for cached in (known_languages, languages_by_alias, all_languages, *_caches):
        cached.cache_clear()


@cache
def _shipped() -> tuple[Language, ...]:
    from voicebot.languages.language_file import read_language  # with a parser of TOML

    return tuple(read_language(path) for path in sorted(DATA.glob("*.toml"), key=str))
