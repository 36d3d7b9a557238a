"""Merging languages: files of one language that several plugins add, or all languages into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.languages.language import TABLES, Language, Table, keys


def merged(*languages: Language) -> Language:
    """Return one language with the words of several; tag and name are those of the first that has them."""
    tag, name, usual_tag = (
        next((value for each in languages if (value := getattr(each, field))), "")
        for field in ("tag", "name", "usual_tag")
    )
    aliases = frozenset[str]().union(*(each.aliases for each in languages))
    tables: dict[str, Any] = {
        field: _merged_table(table, [getattr(each, field) for each in languages])
        for field, table in TABLES.items()
    }
    return Language(tag, name, usual_tag, aliases, **tables)


def _merged_table(table: Table, tables: list[Any]) -> Any:
    """Return one table with all the words of some, and with their phrases in order, each once.

    Of two readings of the same form, the last one counts, so that a plugin can replace one.
    """
    lists: dict[str, Any] = {}
    for (key, default), column in zip(keys(table).items(), zip(*tables, strict=True), strict=True):
        if isinstance(default, frozenset):
            lists[key] = frozenset().union(*column)
        elif isinstance(default, Mapping):
            lists[key] = {written: forms for readings in column for written, forms in readings.items()}
        else:
            lists[key] = tuple(dict.fromkeys(phrase for phrases in column for phrase in phrases))
    return table(**lists)
