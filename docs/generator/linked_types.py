"""Types of attributes, as inline code, with a link to the page that describes them."""

from __future__ import annotations

from generator.markdown import code
from voicebot.languages.language import TABLES

_PAGES = {each.__name__: f"languages.md#{name}" for name, each in TABLES.items()}


def linked(annotation: str) -> str:
    """Return a type; those of a language's tables are not public, so the page of languages describes them."""
    page = _PAGES.get(annotation)
    return f"[{code(annotation)}]({page})" if page else code(annotation)
