"""Running a tool once, outside of a conversation."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any

from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources.providers import named
from voicebot.config.load import BotConfig, ProviderChoice
from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller, Toolset
from voicebot.messages import Notice, Tool, ToolCall, ToolProgress, ToolResult

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class NoConversation(ToolCaller):
    """Says what a tool would do to a conversation."""

    conversation = ""

    def __init__(self, language: str) -> None:
        self.language = language

    def end_conversation(self) -> None:
        """Say that the conversation would end."""
        _tell("the conversation would end when its answer was heard")

    def stay_silent(self) -> None:
        """Say that the bot would be silent."""
        _tell("the bot would say nothing more, and wait for the user")

    def set_patience(self, earliest: float, latest: float) -> None:
        """Say how long the user could pause."""
        _tell(f"from the next turn on, {earliest:g} to {latest:g} s of silence would end the user's turn")

    def remember(self, fact: str) -> None:
        """Say what the bot would remember."""
        _tell(f"the bot would remember: {fact}")


async def run_tool(
    toolset: Toolset[Any],
    choice: ProviderChoice,
    tool: Tool,
    arguments: Mapping[str, Any],
    config: BotConfig,
    progress: Callable[[str], None],
) -> ToolResult:
    """Run a tool within its time limit; a failure of the toolset is a failed result, as in a conversation."""
    limit = tool.timeout if tool.timeout is not None else config.settings.tool_use.timeout
    call = ToolCall("call-1", tool.name, json.dumps(arguments, ensure_ascii=False))
    caller = NoConversation(config.settings.language)
    try:
        async with asyncio.timeout(limit):
            with named(choice):
                return await _result(toolset, call, caller, progress)
    except TimeoutError:
        return ToolResult(f"it did not end within {limit:g} s", failed=True)
    except ProviderError as error:
        return ToolResult(str(error), failed=True)


def question_for(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """Return the question that has to be answered with yes before a tool runs; empty for none."""

    def value(found: re.Match[str]) -> str:
        given = arguments.get(found[1], "")
        return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)

    return _PLACEHOLDER.sub(value, tool.confirm or "")


async def _result(
    toolset: Toolset[Any], call: ToolCall, caller: ToolCaller, progress: Callable[[str], None]
) -> ToolResult:
    async with aclosing(toolset.call(call, caller)) as events:
        async for event in events:
            match event:
                case ToolResult():
                    return event
                case ToolProgress(message):
                    progress(message)
                case Notice(message):
                    show_warning(message)
    raise ProviderError("it ended without a result")


def _tell(what: str) -> None:
    echo_wrapped(f"({what})", err=True)
