"""The toolset `delegate`: another chat model, to which the first one can pass a question."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from pydantic import field_validator

from voicebot import (
    ChatModel,
    ChatRequest,
    Choice,
    Field,
    Message,
    Notice,
    ReplyEnded,
    TextDelta,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    ToolsetOptions,
    counted,
)
from voicebot_tools.arguments import NAME, NAME_RULE, Arguments, BadArguments, parameter

_QUESTION = "question"
_ENDINGS = {"length": "the answer was too long and is cut off", "filtered": "a filter stopped the answer"}


class DelegateToolOptions(ToolsetOptions):
    """The chat model, and when to ask it."""

    of: Choice[ChatModel[Any]]
    """The chat model to ask; often a larger and slower one than the bot's own."""
    name: str = "ask_expert"
    """What the tool is called, which `allow` has to name too."""
    description: str = "Ask an expert a difficult question. It takes some seconds."
    """When the bot's chat model should ask it."""
    question: str = "The question, with everything that has to be known to answer it."
    """What its chat model should write: the other one does not see the conversation."""
    system: str = "Answer in a few short sentences that can be read aloud, without Markdown."
    """The system message of the chat model that is asked."""
    progress: str = ""
    """What the bot says if it takes a while, such as `Let me think about that.`; empty for
    `tool_use.wait_line`."""
    timeout: float = Field(60, gt=0, le=3600)
    """Seconds that an answer may take."""

    @field_validator("name")
    @classmethod
    def _can_be_a_name(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} must consist of {NAME_RULE}")
        return name

    def known_tools(self) -> Mapping[str, Tool | None]:
        """Return the name of the one tool."""
        return {self.name: None}


class DelegateToolset(Toolset[DelegateToolOptions]):
    """One tool, which asks another chat model and returns its whole answer.

    It reads, unless that chat model has side effects of its own (`ChatModel.acts`).
    """

    def __init__(self, options: DelegateToolOptions) -> None:
        super().__init__(options)
        self._chat = counted(options.of.make(), options.of.name)
        self._arguments = Arguments({_QUESTION: (str, parameter(options.question))})
        self._tool = Tool(
            options.name,
            options.description,
            self._arguments.schema,
            "writes" if self._chat.acts else "reads",
            timeout=options.timeout,
        )

    async def start(self) -> None:
        """Start the chat model."""
        await self._chat.start()

    async def aclose(self) -> None:
        """Close the chat model."""
        await self._chat.aclose()

    def tools(self) -> Sequence[Tool]:
        """Return the one tool."""
        return (self._tool,)

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Ask the chat model."""
        if call.name != self._tool.name:
            yield ToolResult(f"there is no tool called '{call.name}'", failed=True)
            return
        try:
            question = self._arguments.read(call.arguments)[_QUESTION]
        except BadArguments as error:
            yield ToolResult(str(error), failed=True)
            return
        if self.options.progress:
            yield ToolProgress(self.options.progress)
        system = (Message("system", self.options.system),) if self.options.system else ()
        request = ChatRequest(
            (*system, Message("user", question)), caller.conversation, ahead=not self._chat.acts
        )
        answer, ending = "", ""
        async with aclosing(self._chat.reply(request)) as events:
            async for event in events:
                match event:
                    case TextDelta(text=text):
                        answer += text
                    case ReplyEnded(reason=reason, withdrawn=withdrawn):
                        answer = answer[: len(answer) - withdrawn]
                        ending = _ENDINGS.get(reason, "")
                    case Notice():
                        yield event
        if not answer.strip():
            yield ToolResult(ending or "there was no answer", failed=True)
        else:
            yield ToolResult(f"{answer.strip()}\n({ending})" if ending else answer.strip())
