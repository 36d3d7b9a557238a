"""hooks.md: the hooks for plugins, from the docstrings of their specifications."""

from __future__ import annotations

from generator.api import described
from generator.markdown import joined
from voicebot import Observer
from voicebot.plugin import hookspecs
from voicebot.plugin.manager import HOOKS

_INTRO = """
# Hooks

A plugin implements a hook with a function in its module that has one of these names and is marked with
`@voicebot.hookimpl`. The function may leave out an argument that it does not need. [Write a
plugin](../how-to/write-a-plugin.md) shows the first hook, [add a language](../how-to/add-a-language.md) and
[write an observer](../how-to/write-an-observer.md) show others. `voicebot plugins` lists which plugin
implements which hook.
"""
_ORDER = """
## When several plugins implement a hook

They are called one after the other, in the order in which they are loaded: ours first, then the others by
name. `@hookimpl(tryfirst=True)` or `(trylast=True)` changes the order. If one of them raises an exception,
it is left out with a warning, and the others still work. No hook is called on the audio path: a
conversation gets its filters and observers when it begins.
"""
_OBSERVER = """
## The interface of observers

This is what `voicebot_observe` returns, and what the section `observers` of a [config](configuration.md)
lists.
"""


def page() -> str:
    """Return the page."""
    blocks = [_INTRO]
    for name in HOOKS:
        blocks += described(name, getattr(hookspecs, name), level="##")
    return joined(*blocks, _ORDER, _OBSERVER, *described("Observer", Observer))
