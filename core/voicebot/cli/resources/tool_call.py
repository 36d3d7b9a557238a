"""Running a tool once, outside of a conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources.providers import started
from voicebot.cli.resources.tool_arguments import arguments_from, arguments_from_json
from voicebot.config.checking.tools import AllowedTool
from voicebot.config.load import BotConfig
from voicebot.engine.tools import arguments as engine_arguments
from voicebot.engine.tools.catalogue import ToolCatalogue
from voicebot.engine.tools.confirmation import question
from voicebot.engine.tools.invocation import NOT_KNOWN, invoke
from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller
from voicebot.messages import ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A tool was not run, since the user has not answered this question with yes."""

    question: str


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


async def call(
    config: BotConfig,
    allowed: AllowedTool,
    words: Sequence[str],
    as_json: str | None,
    progress: Callable[[str], None],
    *,
    confirmed: bool,
) -> ToolResult | Unconfirmed:
    """Start the toolset of an allowed tool, and run the tool; its failure is a failed result.

    Args:
        words: its arguments as `name=value`, unless they are given in `as_json`.
        confirmed: run it even if it has to be confirmed.

    Raises:
        ProviderError: the toolset does not start, or does not have the tool.
        ValueError: the arguments do not fit the tool, or cannot be asked aloud.
    """
    choice = config.tools[allowed.toolset]
    async with started(choice, config.settings.start_timeout) as toolset:
        reasons: list[str] = []
        catalogue = ToolCatalogue([toolset], reasons.append, [choice.name])
        offered = catalogue.offered().get(allowed.own_name)
        if offered is None:
            about = [reason for reason in reasons if repr(allowed.own_name) in reason]
            raise ProviderError("; ".join(about or reasons))
        tool = offered.tool
        if as_json is None:
            arguments = arguments_from(words, tool.parameters)
        else:
            arguments = arguments_from_json(as_json)
        engine_arguments.check(arguments, tool.parameters)
        if tool.confirm and not confirmed:
            return Unconfirmed(question(tool.confirm, arguments))
        limit = tool.timeout if tool.timeout is not None else config.settings.tool_use.timeout
        async with asyncio.TaskGroup() as tasks:  # a foreign library may cancel the task that it runs in
            running = tasks.create_task(
                invoke(
                    offered,
                    ToolCall("call-1", allowed.own_name, json.dumps(arguments, ensure_ascii=False)),
                    NoConversation(config.settings.language),
                    timeout=limit,
                    progress=progress,
                    notice=show_warning,
                ),
                name=f"tool: {allowed.own_name}",
            )
        if running.cancelled():
            unknown = NOT_KNOWN if tool.effect == "writes" else ""
            return ToolResult(f"The tool was broken off.{unknown}", failed=True)
        return running.result()[0]


def _tell(what: str) -> None:
    echo_wrapped(f"({what})", err=True)
