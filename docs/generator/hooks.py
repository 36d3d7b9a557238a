"""hooks.md: what a plugin can hook into, by the docstrings of the hook specifications."""

from __future__ import annotations

from generator.api import described
from generator.markdown import joined
from voicebot import Observer
from voicebot.plugin import hookspecs
from voicebot.plugin.manager import HOOKS

_INTRO = """
# Hooks

What a plugin can hook into. A function of the plugin's module with one of these names, marked with
`@voicebot.hookimpl`, is called as it says here; it may leave the argument out where it has no use for it.
[Write a plugin](../how-to/write-a-plugin.md) shows the first one, [add a
language](../how-to/add-a-language.md) and [write an observer](../how-to/write-an-observer.md) others.
`voicebot plugins` shows who implements what.
"""
_ORDER = """
## Where several plugins implement a hook

They are asked one after the other, in the order in which they are loaded: ours first, the others by their
names. `@hookimpl(tryfirst=True)` or `(trylast=True)` changes that. What one of them raises is its own: it is
left out with a warning, and the others work. No hook is called while sound flows: a conversation gets its
filters and observers when it begins.
"""
_OBSERVER = """
## The interface of observers

What `voicebot_observe` returns, and what the section `observers` of a [config](configuration.md) lists.
"""


def page() -> str:
    """Return the page."""
    blocks = [_INTRO]
    for name in HOOKS:
        blocks += described(name, getattr(hookspecs, name), level="##")
    return joined(*blocks, _ORDER, _OBSERVER, *described("Observer", Observer))
