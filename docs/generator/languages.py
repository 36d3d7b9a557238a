"""languages.md: the keys of a language file, from the schema's docstrings, and all languages."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from generator.api import source_of
from generator.markdown import code, joined, table
from voicebot import Language
from voicebot.languages.known import known_languages
from voicebot.languages.language import TABLES, keys

_INTRO = """
# Languages

What voicebot knows about a language is in one TOML file; for German, that is
`core/voicebot/languages/data/de.toml`. A plugin can [add a language, or words to
one](../how-to/add-a-language.md). Text is compared with the words of all languages, whichever one the bot
speaks. Only the tables `grammar`, `turns`, `numbers` and `spoken` apply to the conversation's own language
only.

Every value is text. A list of **words** is separated by spaces, a list of **phrases** by commas. Both may
span several lines in `'''`, are in lower case, and contain nothing twice. A list of **readings** has entries
`written: spoken` between commas; where what is spoken has several forms, `|` separates them. Leave out keys
that you have no words for.
"""
_KEYS = {"Words": "words", "Phrases": "phrases", "Readings": "readings", "str": "text"}


def page() -> str:
    """Return the page."""
    blocks = [_INTRO, "## A file", "Above its tables:", _rows(Language, without=("tag", *TABLES))]
    for name, each in TABLES.items():
        blocks += [f"## {name}", inspect.cleandoc(each.__doc__ or ""), _rows(each)]
    blocks += [
        "## The languages",
        "These come with voicebot, with the tables that have words. `mul` contains what all languages share.",
        table(("tag", "language", "tables"), [_summary(each) for each in known_languages().values()]),
    ]
    return joined(*blocks)


def _rows(each: type[Any], without: tuple[str, ...] = ()) -> str:
    rows = [row for row in _documented(each) if row[0].strip("`") not in without]
    return table(("key", "value", "meaning"), rows)


def _documented(each: type[Any]) -> Iterator[tuple[str, str, str]]:
    tree = source_of(each)
    for line, following in pairwise(tree.body):
        match line, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=kind)),
                ast.Expr(value=ast.Constant(value=str(doc))),
            ):
                yield code(name), _KEYS.get(kind, kind), inspect.cleandoc(doc)


def _summary(language: Language) -> tuple[str, str, str]:
    tables = [
        name for name, each in TABLES.items() if any(getattr(getattr(language, name), k) for k in keys(each))
    ]
    return code(language.tag), language.name, ", ".join(map(code, tables))
