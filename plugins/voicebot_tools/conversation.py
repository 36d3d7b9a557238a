"""The toolset `conversation`: what a chat model may do to the conversation itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from voicebot import (
    Field,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolResult,
    Toolset,
    ToolsetOptions,
    printable_words,
    tool,
)
from voicebot_tools.functions.function_tool import FunctionTool
from voicebot_tools.functions.running import run

PACES = {"quick": (0.2, 1.6), "normal": (0.3, 3.0), "relaxed": (0.7, 3.2), "slow": (2.0, 6.0)}
"""Seconds of silence that end the user's turn, at the least and at the most; all but `slow` are profiles of
`turns.patience`."""
_LONGEST_FACT = 300


@tool
async def end_conversation(caller: ToolCaller, goodbye: str) -> ToolResult:
    """End the conversation, when the user has said goodbye or wants nothing more.

    Args:
        goodbye: Your last words to the user, spoken as they are; empty if you have just said goodbye.
    """
    caller.end_conversation()
    words = printable_words(goodbye)
    if not words:
        caller.stay_silent()
    return ToolResult("The conversation ends when the user has heard you.", say=words or None)


@tool
async def wait(caller: ToolCaller) -> str:
    """Say nothing and let the user go on, for example when they are thinking or talking to somebody else."""
    caller.stay_silent()
    return "You say nothing, and the user goes on."


@tool
async def set_patience(
    caller: ToolCaller,
    pace: Annotated[
        Literal["quick", "normal", "relaxed", "slow"],
        Field(description="How long the user may pause: `slow` for two to six seconds of silence."),
    ],
) -> str:
    """Change how long the user may pause before you answer, when they ask for it or need more time."""
    earliest, latest = PACES[pace]
    caller.set_patience(earliest, latest)
    return f"From the next turn on, you answer after {earliest:g} to {latest:g} seconds of silence."


@tool
async def remember(caller: ToolCaller, fact: str) -> str:
    """Remember a fact for the rest of the conversation, such as the user's name or an allergy.

    Args:
        fact: One short sentence.
    """
    fact = printable_words(fact)
    if not fact:
        return "There was nothing to remember."
    caller.remember(fact[:_LONGEST_FACT])
    return "You will remember that."


_FUNCTIONS: tuple[Callable[..., Any], ...] = (end_conversation, wait, set_patience, remember)
_TOOLS = {each.name: each for each in map(FunctionTool, _FUNCTIONS)}


class ConversationToolOptions(ToolsetOptions):
    """Which of `end_conversation`, `wait`, `set_patience` and `remember` to allow."""

    def known_tools(self) -> Mapping[str, Tool]:
        """Return all four."""
        return {name: each.tool for name, each in _TOOLS.items()}


class ConversationToolset(Toolset[ConversationToolOptions]):
    """Lets the chat model end the conversation, wait in silence, change its patience, and remember facts.

    `end_conversation` speaks the goodbye that the model gives it, and ends the conversation when that was
    heard. `remember` adds a fact of at most 300 characters to all later requests, which trimming never
    removes.
    """

    def tools(self) -> Sequence[Tool]:
        """Return all four."""
        return [each.tool for each in _TOOLS.values()]

    def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Carry out one call."""
        return run(_TOOLS, call, caller)
