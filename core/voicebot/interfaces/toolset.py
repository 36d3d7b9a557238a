"""What the chat model can have done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from typing import TypeVar

from voicebot.interfaces.provider import Provider
from voicebot.messages import Tool, ToolCall, ToolEvent
from voicebot.options import ToolsetOptions

ToolsetOptionsT = TypeVar("ToolsetOptionsT", bound=ToolsetOptions)


class ToolCaller(ABC):
    """The conversation that a call comes from, and what a tool may do to it."""

    conversation: str
    """Opaque id of the conversation; empty outside of one, such as for `voicebot tools CONFIG call`."""
    language: str
    """BCP 47 tag of the user's language."""

    @abstractmethod
    def end_conversation(self) -> None:
        """End the conversation when the user has heard what the bot still says in this turn."""

    @abstractmethod
    def stay_silent(self) -> None:
        """Say nothing more in this turn, and wait for the user."""

    @abstractmethod
    def set_patience(self, earliest: float, latest: float) -> None:
        """Set the least and the most seconds of silence that end the user's turns, from the next one on."""

    @abstractmethod
    def remember(self, fact: str) -> None:
        """Send a fact to the chat model with each request, from the next turn on."""


class Toolset(Provider[ToolsetOptionsT]):
    """Tools for the chat model; a config names those that it may have run."""

    kind = "toolset"

    @abstractmethod
    def tools(self) -> Sequence[Tool]:
        """Return all tools, after `start`; called before each request, so it must be quick."""

    @abstractmethod
    def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Run one call: yield its progress, if any, and last its `ToolResult`; several may run at a time.

        In a conversation, the arguments have been checked to be a JSON object that fits the tool's
        `parameters`. A call that comes from elsewhere and does not fit, or names no tool, fails with at most
        a `ProviderError`. What a tool raises as one is a failed result with that message. When it is
        cancelled, it stops soon and undoes nothing.
        """
