"""The options of a model as a table."""

from __future__ import annotations

from pydantic import BaseModel

from generator.markdown import code, table
from voicebot.cli.option_text import describe

_DEFAULTS = {"turns.after_asking": "the rules of [all languages](languages.md#questions)"}
"""Defaults that the code works out, by option."""


def option_table(model: type[BaseModel], *, only: frozenset[str] | None = None, nested: bool = True) -> str:
    """Return a table of a model's options, or of those named in `only`.

    A mapping is replaced by its own options, unless it is unset by default or the option accepts something
    else too. Without `nested`, only options of the model itself are listed.
    """
    options = [option for option in describe(model) if nested or "." not in option.name]
    sections = {option.name.rpartition(".")[0] for option in options}
    rows = [
        (
            code(option.name),
            option.type,
            _DEFAULTS.get(option.name) or _default(option.default),
            option.doc,
        )
        for option in options
        if (option.name not in sections or " or mapping" in option.type or option.default == "unset")
        and (only is None or option.name.partition(".")[0] in only)
    ]
    return table(("option", "type", "default", "meaning"), rows) if rows else "There are no options."


def _default(text: str | None) -> str:
    if text is None:
        return "required"
    return text if text in ("unset", "empty") else code(text)
