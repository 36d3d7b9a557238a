"""What the toolsets of a config have, and what a bot offers of it to its chat model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from voicebot.cli.output.printing import status
from voicebot.cli.resources.connection_check import ConnectionCheck, check_connection
from voicebot.config.checking.tools import numbered
from voicebot.config.load import BotConfig, ProviderChoice
from voicebot.engine.tools.catalogue import AvailableTools, offer
from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller, Toolset
from voicebot.messages import Tool, ToolCall, ToolEvent
from voicebot.options import ToolsetOptions


class ListedTools(Toolset[ToolsetOptions]):
    """The tools of a toolset that was closed since; none of them can be run."""

    def __init__(self, options: ToolsetOptions, tools: Sequence[Tool], part: str = "") -> None:
        super().__init__(options)
        self.part = part
        self._tools = tools

    def tools(self) -> Sequence[Tool]:
        """Return what there was."""
        return self._tools

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Refuse."""
        raise ProviderError("it was closed")
        yield


def offered(toolsets: Sequence[ListedTools]) -> list[tuple[Tool, ListedTools]]:
    """Return what the chat model is offered, and the toolset that each tool is from.

    What is wrong with an allowed tool is reported elsewhere, with its place.
    """
    found = []
    tools = [AvailableTools(each.part, each, each.options, tuple(each.tools())) for each in toolsets]
    for each in offer(tools, lambda _: None).values():
        assert isinstance(each.toolset, ListedTools)
        found.append((each.tool, each.toolset))
    return found


def listed(choice: ProviderChoice, check: ConnectionCheck, part: str = "") -> ListedTools:
    """Return the tools that a toolset had when it was checked."""
    assert isinstance(choice.options, ToolsetOptions)
    return ListedTools(choice.options, check.tools, part)


async def started_one_by_one(config: BotConfig) -> dict[str, tuple[ProviderChoice, ConnectionCheck]]:
    """Start each toolset, ask it for its tools, and close it; return the results by its name.

    Several of a name get a number.
    """
    found = {}
    names = numbered([choice.name for choice in config.tools])
    for part, choice in zip(names, config.tools, strict=True):
        with status(f"Starting {part}"):
            found[part] = choice, await check_connection(choice, config)
    return found
