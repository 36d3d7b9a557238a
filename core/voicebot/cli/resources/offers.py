"""What the toolsets of a config offer, as a bot offers it to its chat model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voicebot.cli.output.printing import status
from voicebot.cli.resources.connection_check import check_connection
from voicebot.cli.resources.providers import named, started
from voicebot.cli.resources.tool_arguments import arguments_from, arguments_from_json
from voicebot.cli.resources.tool_call import question_for, run_tool
from voicebot.config.load import BotConfig
from voicebot.engine.tools.offered import offered
from voicebot.errors import Problem, ProviderError
from voicebot.messages import Tool, ToolResult


@dataclass(frozen=True, slots=True)
class Offer:
    """What one toolset offers; `part` is its name, with a number if there are several of it."""

    part: str
    tools: list[Tool] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    failure: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A tool was not run, since the user has not answered this question with yes."""

    question: str


async def offers(config: BotConfig) -> list[Offer]:
    """Start each toolset, one after the other, and return what it offers."""
    found = []
    names = [choice.name for choice in config.tools]
    for number, choice in enumerate(config.tools):
        several = names.count(choice.name) > 1
        part = f"{choice.name} {names[: number + 1].count(choice.name)}" if several else choice.name
        with status(f"Starting {part}"):
            check = await check_connection(choice, config)
        tools = offered(config.toolsets[number].options, check.tools)
        found.append(Offer(part, tools, check.problems, check.failure, check.failed))
    return found


async def call(
    config: BotConfig,
    name: str,
    words: Sequence[str],
    as_json: str | None,
    progress: Callable[[str], None],
    *,
    confirmed: bool,
) -> ToolResult | Unconfirmed:
    """Start the toolset that has an allowed tool, and run the tool.

    Args:
        words: its arguments as `name=value`, unless they are given in `as_json`.
        confirmed: run it even if it has to be confirmed.

    Raises:
        ProviderError: the toolset does not start, or does not have the tool.
        ValueError: the arguments do not fit the tool.
    """
    number = next(n for n, each in enumerate(config.toolsets) if name in each.options.allow)
    choice, options = config.tools[number], config.toolsets[number].options
    async with started(choice, config.settings.start_timeout) as toolset:
        with named(choice):
            tools = toolset.tools()
        tool = next((each for each in offered(options, tools) if each.name == name), None)
        if tool is None:
            has = ", ".join(each.name for each in tools) or "none"
            raise ProviderError(f"{choice.name} has no tool '{name}'; its tools: {has}")
        arguments = (
            arguments_from(words, tool.parameters) if as_json is None else arguments_from_json(as_json)
        )
        if not confirmed and (question := question_for(tool, arguments)):
            return Unconfirmed(question)
        return await run_tool(toolset, choice, tool, arguments, config, progress)
