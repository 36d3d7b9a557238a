"""HTML and SVG in which all text is escaped: only `element` makes markup."""

from __future__ import annotations

import html
from typing import TypeAlias

_VOID = frozenset(("meta", "br", "rect", "path", "line"))
"""Elements without content."""


class Markup(str):
    """A piece of HTML."""

    __slots__ = ()


Content: TypeAlias = "str | Markup"


def element(tag: str, *content: Content, **attributes: str | float | bool | None) -> Markup:
    """Return an element with its content; text in it is escaped, and so are the values of attributes.

    Args:
        attributes: by name, with `_` for `-`; a `_` at the end is dropped (`class_`). Those that are None or
            False are left out.
    """
    given = "".join(
        f" {name.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{html.escape(_text(value))}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in _VOID:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{joined(*content)}</{tag}>")


def joined(*content: Content) -> Markup:
    """Return pieces one after another; text in them is escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in content))


def unchecked(text: str) -> Markup:
    """Return markup of our own, such as a style."""
    return Markup(text)


def _text(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
