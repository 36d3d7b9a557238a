"""Tools, calls and conversations that the tests of tools share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from voicebot import Settings, Tool, ToolCall, ToolEnded, ToolStarted
from voicebot.config.schema import TurnOptions
from voicebot.config.tool_use import ToolUseOptions
from voicebot.testing import ScriptedUser

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("weather", "Tells the weather.", CITY, effect="reads")
BOOK = Tool("book", "Books a table.", {"type": "object", "properties": {"people": {"type": "integer"}}})
CANCEL = Tool(
    "cancel",
    "Cancels an order.",
    {"type": "object", "properties": {"order": {"type": "integer"}, "why": {"type": "string"}}},
    confirm="Shall I cancel order {order}?",
)
_numbers = count(1)


def call(tool: Tool | str, /, **arguments: Any) -> ToolCall:
    """Return a call with an id of its own."""
    name = tool if isinstance(tool, str) else tool.name
    return ToolCall(f"id{next(_numbers)}", name, json.dumps(arguments))


def settings(*, patience: float = 0.6, prepare: Any = "pause", **tool_use: Any) -> Settings:
    """Return settings of a bot; the rest are those of `tool_use`."""
    turns = TurnOptions(patience=patience, prepare=prepare)
    return Settings(on_error="Sorry.", turns=turns, tool_use=ToolUseOptions(**tool_use))


def history(user: ScriptedUser) -> list[str]:
    """Return the history, a line a message: `>` is the bot's, `!` a call, `=` its result."""
    lines = []
    for message in user.conversation.history.messages:
        mark = {"system": "#", "user": "", "assistant": ">", "tool": "="}[message.role]
        lines += [f"{mark}{message.content}"] if message.content else []
        lines += [f"!{each.name} {each.arguments}" for each in message.calls]
    return lines


def outcomes(user: ScriptedUser) -> list[tuple[str, str]]:
    """Return the name and outcome of each call that has ended."""
    return [(event.name, event.outcome) for event in user.events if isinstance(event, ToolEnded)]


def started(user: ScriptedUser) -> list[tuple[str, bool]]:
    """Return the name of each call that has begun, and whether it ran ahead."""
    return [(event.name, event.ahead) for event in user.events if isinstance(event, ToolStarted)]


async def asks(user: ScriptedUser, text: str, *others: str) -> Sequence[str]:
    """Say each text and wait for its answer; return what was heard."""
    heard = []
    for each in (text, *others):
        await user.says(each)
        heard.append((await user.is_answered()).heard)
        await user.waits(0.3)
    return heard
