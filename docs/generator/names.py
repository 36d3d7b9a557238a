"""api.md: every public name by subject, with one line about it and a link to its description."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import voicebot
import voicebot.testing
import voicebot.testing.contract
from generator.api import FOREIGN, GROUPS
from generator.markdown import code, joined, table
from voicebot.plugin import hookspecs
from voicebot.plugin.manager import HOOKS

_INTRO = """
# The public API

This is everything that plugins and programs can import. Every other name may change without notice. The API
has a version, `voicebot.API_VERSION`; [versions of the API](../explanation/plugins.md#versions-of-the-api)
says what may change when. Each name links to its signature. Below each heading are links to pages that show
its use.
"""
_EXPLAINED = {
    "The three interfaces": "[Write a plugin](../how-to/write-a-plugin.md), "
    "[architecture](../explanation/architecture.md)",
    "Other interfaces": "[Architecture](../explanation/architecture.md), "
    "[turn-taking](../explanation/turn-taking.md)",
    "Requests": "[Write a plugin](../how-to/write-a-plugin.md)",
    "Results": "[Write a plugin](../how-to/write-a-plugin.md), [events](events.md)",
    "Sound": "[Interfaces](interfaces.md#sound)",
    "Text": "[Write an observer](../how-to/write-an-observer.md), [languages](languages.md)",
    "Options": "[Plugins](../explanation/plugins.md#options)",
    "Registering": "[Write a plugin](../how-to/write-a-plugin.md), "
    "[add a language](../how-to/add-a-language.md), [plugins](../explanation/plugins.md)",
    "A bot within a program": "[Embed a bot](../how-to/embed-a-bot.md)",
    "What it costs": "[Know what it costs](../how-to/know-what-it-costs.md)",
    "Errors": "[Errors](errors.md)",
}
_EVENTS = (
    "`Conversation.events()` and observers yield these; `ConversationEvent` is any of them. Those from "
    "`ProviderAsked` on are for observers with `details`; `ConversationDetail` is any of them."
)
_TESTING = "For your own tests; [interfaces](interfaces.md#voicebottesting) has the signatures."
_CONTRACT = "Classes of checks, one per kind of provider: a subclass creates the provider to check."
_HOOKS = """
A plugin implements these as functions marked with `@voicebot.hookimpl`. It may also state the version of
the API that it was written for: `voicebot_api = (1, 0)`.
"""
Row = tuple[str, str]


def page() -> str:
    """Return the page."""
    unions = (voicebot.ConversationEvent, voicebot.ConversationDetail)
    events = [event.__name__ for union in unions for event in get_args(union)]
    if left_out := [*(_EXPLAINED.keys() ^ GROUPS.keys()), *(set(events) - set(voicebot.__all__))]:
        raise SystemExit(f"docs/generator/names.py: not explained, or not public: {', '.join(left_out)}")
    contract = voicebot.testing.contract
    blocks = [_INTRO]
    for title, names in GROUPS.items():
        blocks += [f"## {title}", f"{_EXPLAINED[title]}.", _table(_rows(voicebot, names, "interfaces.md"))]
    blocks += [
        *("## Events", _EVENTS, _table(_rows(voicebot, events, "events.md"))),
        *("## Hooks", _HOOKS, _table(_rows(hookspecs, HOOKS, "hooks.md"))),
        *("## voicebot.testing", _TESTING),
        _table(_rows(voicebot.testing, voicebot.testing.__all__, "interfaces.md")),
        *("## voicebot.testing.contract", _CONTRACT, _table(_rows(contract, contract.__all__, ""))),
    ]
    return joined(*blocks)


def _table(rows: Iterable[Row]) -> str:
    return table(("name", "what it is"), rows)


def _rows(module: types.ModuleType, names: Iterable[str], page: str) -> Iterator[Row]:
    """Give the names of a module, each with a link to where a page describes it."""
    for name in names:
        shown = f"[{code(name)}]({page}#{name.lower()})" if page else code(name)
        yield shown, _line(name, getattr(module, name))


def _line(name: str, value: Any) -> str:
    """Return the first sentence of a name's description."""
    if isinstance(value, types.UnionType):
        return f"One of {', '.join(code(member.__name__) for member in get_args(value))}."
    doc = FOREIGN.get(name) or inspect.cleandoc(value.__doc__ or "")
    sentence, stop, _ = " ".join(doc.split("\n\n")[0].split()).partition(". ")
    return sentence + stop.strip()
