"""Reading a language file: TOML, checked against the schema in `language.py`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from voicebot.errors import PluginError
from voicebot.languages.language import TABLES, Abbreviations, Language, Table, keys
from voicebot.languages.spoken_forms import NO_READINGS, Readings

StrPath: TypeAlias = str | PathLike[str]
_TAG = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""What may follow the language in `usual_tag`: a script, a region."""
_TEXTS = ("name", "usual_tag")
_CASED = frozenset({"sentences.eras", "spoken.months"})
"""Keys whose text is compared as it is written."""


def read_language(path: StrPath) -> Language:
    """Return the language in a file, whose name is its tag: `de.toml`.

    Raises:
        PluginError: the file cannot be read or does not fit the schema; the message names file and key.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise PluginError(f"{path}: the file is not text in UTF-8; save it as UTF-8") from None
    except (OSError, ValueError) as error:  # a TOMLDecodeError is a ValueError
        raise PluginError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if path.suffix != ".toml" or not _TAG.fullmatch(path.stem):
        raise PluginError(
            f"{path}: a language file is named after its language's tag, without a region: de.toml"
        )
    try:
        return _language(path.stem, content)
    except _Misfit as misfit:
        raise PluginError(f"{path}: {misfit}") from None


class _Misfit(Exception):
    """What does not fit the schema, as `key: reason`."""


def _language(tag: str, content: dict[str, Any]) -> Language:
    _check_keys("", content, (*_TEXTS, "aliases", *TABLES))
    values: dict[str, Any] = {key: _text(key, content.get(key, "")) for key in _TEXTS}
    usual_tag = values["usual_tag"]
    if usual_tag and not (usual_tag.startswith(tag) and _REGION.fullmatch(usual_tag, len(tag))):
        raise _Misfit(f"usual_tag: must be '{tag}' with a region, such as '{tag}-XX', not '{usual_tag}'")
    values["aliases"] = _words("aliases", content.get("aliases", ""))
    values |= {key: _table(key, TABLES[key], content[key]) for key in TABLES if key in content}
    return Language(tag, **values)


def _table(name: str, table: Table, content: Any) -> Any:
    if not isinstance(content, dict):
        raise _Misfit(f"{name}: must be a table, [{name}]")
    defaults = keys(table)
    _check_keys(f"{name}.", content, defaults)
    lists: dict[str, Any] = {
        key: _readers[type(defaults[key])](f"{name}.{key}", text) for key, text in content.items()
    }
    if table is Abbreviations:
        _check_last_full_stops(name, lists)
    return table(**lists)


def _words(key: str, text: Any) -> frozenset[str]:
    if "," in _text(key, text):
        raise _Misfit(f"{key}: must be words separated by spaces, without commas")
    words = text.split()
    unique = frozenset(words)
    _check(key, text, words, len(unique))
    return unique


def _phrases(key: str, text: Any) -> tuple[str, ...]:
    if not _text(key, text).strip():
        return ()
    phrases = [phrase.strip() for phrase in " ".join(text.split()).split(",")]
    unique = dict.fromkeys(phrases)
    if "" in unique:
        raise _Misfit(f"{key}: contains an empty phrase; remove a comma")
    for phrase in phrases:
        if not any(map(str.isalnum, phrase)):
            raise _Misfit(f"{key}: contains '{phrase}', a phrase without words")
    _check(key, text, phrases, len(unique))
    return tuple(phrases)


def _readings(key: str, text: Any) -> Readings:
    """Return what is spoken for what is written; ` | ` separates the forms of one reading."""
    entries = " ".join(_text(key, text).split()).removesuffix(",").split(", ")
    readings = {
        written: tuple(spoken.split(" | "))
        for written, _, spoken in [entry.partition(": ") for entry in entries]
    }
    if ("",) in readings.values() or "" in readings:
        if entries == [""]:
            return NO_READINGS
        wrong = next(entry for entry in entries if not all(entry.partition(": ")))
        raise _Misfit(f"{key}: contains '{wrong}'; write 'written: spoken'")
    if len(readings) < len(entries):
        written = [entry.partition(": ")[0] for entry in entries]
        twice = next(each for each in written if written.count(each) > 1)
        raise _Misfit(f"{key}: contains '{twice}' twice")
    return readings


def _text(key: str, text: Any) -> str:
    if not isinstance(text, str):
        raise _Misfit(f"{key}: must be text, not {type(text).__name__}")
    return text


def _check(key: str, text: str, items: list[str], unique: int) -> None:
    """Refuse a list with an item that is there twice or not in lower case."""
    if unique < len(items):
        twice = next(item for item in items if items.count(item) > 1)
        raise _Misfit(f"{key}: contains '{twice}' twice")
    if not text.islower() and text != text.lower() and key not in _CASED:
        capital = next(item for item in items if item != item.lower())
        raise _Misfit(f"{key}: must be in lower case, unlike '{capital}'")


_readers: Mapping[type[Any], Callable[[str, Any], Any]] = {
    frozenset: _words,
    tuple: _phrases,
    type(NO_READINGS): _readings,
}
"""The readers of lists, by the type of their defaults."""


def _check_last_full_stops(name: str, lists: Mapping[str, Iterable[str]]) -> None:
    """Refuse an abbreviation with its last full stop: it would never be found."""
    for key, words in lists.items():
        for word in words:
            if word.endswith("."):
                raise _Misfit(f"{name}.{key}: write '{word}' without its last full stop")


def _check_keys(prefix: str, content: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in content:
        if key not in known:
            raise _Misfit(f"{prefix}{key}: unknown key; {_meant(prefix, key, list(known))}")


def _meant(prefix: str, key: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, known, 1)
    return f"did you mean {prefix}{near[0]}?" if near else f"the keys are {', '.join(known)}"
