"""Options of any model as tables, those of the models in its lists in tables of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from generator.markdown import code, table
from voicebot.cli.schema_words import describe


def option_tables(model: type[BaseModel]) -> str:
    """Return a table of a model's options, and one for the items of each list that has options too."""
    tables = [option_table(model)]
    for name, item in _items(model):
        tables += [f"Each of `{name}`:", option_table(item)]
    return "\n\n".join(tables)


def option_table(model: type[BaseModel], *, only: frozenset[str] | None = None) -> str:
    """Return one table."""
    options = describe(model)
    sections = {option.name.rpartition(".")[0] for option in options}
    rows = [
        (
            code(option.name),
            option.type,
            "required" if option.default is None else _default(option.default),
            option.doc,
        )
        for option in options
        if option.name not in sections and (only is None or option.name.partition(".")[0] in only)
    ]
    return table(("option", "type", "default", "meaning"), rows) if rows else "It has no options."


def _default(text: str) -> str:
    return text if text in ("unset", "empty") else code(text)


def _items(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for item in _within(field.annotation):
            if item is not field.annotation:
                yield name, item


def _within(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _within(argument)
