"""A random dialogue in virtual time: pauses, additions, barge-ins, withdrawals, tools that fail."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    ConversationEvent,
    Message,
    Options,
    ReplyEnded,
    Settings,
    TextDelta,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    ToolsetOptions,
    UnitSpoken,
)
from voicebot.config.schema import TurnOptions
from voicebot.config.tool_use import ToolUseOptions
from voicebot.errors import ProviderError
from voicebot.testing import ScriptedSynthesizer, ScriptedUser, converse

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOLS = (
    Tool("look", "Looks something up.", NUMBER, effect="reads"),
    Tool("book", "Books something.", NUMBER),
    Tool("cancel", "Cancels something.", NUMBER, confirm="Shall I cancel number {n}?"),
)
WORDS = "the lamp in the kitchen and one for tomorrow at seven please".split()
_FAULTS = (
    "",
    "",
    "",
    "",
    "",
    "fails",
    "leaks",
    "hangs",
    "nothing",
    "twice",
    "strange",
    "exits",
    "breaks after",
)
_TIMEOUT = 2.0


@dataclass(slots=True)
class Written:
    """What the chat model was asked and called; `whole` if it could say so to the end."""

    request: ChatRequest
    calls: list[ToolCall] = field(default_factory=list)
    whole: bool = False


@dataclass(slots=True)
class Story:
    """What happened in one dialogue."""

    written: list[Written] = field(default_factory=list)
    begun: list[tuple[str, int]] = field(default_factory=list)
    """The calls that toolsets were given."""
    open: int = 0
    """Calls that still run."""
    events: list[ConversationEvent] = field(default_factory=list)
    messages: tuple[Message, ...] = ()
    is_stuck: bool = False
    is_quiet: bool = False
    """Whether nobody spoke for so long in the end that every result was told."""


class DialogueChatModel(ChatModel[Options]):
    """Calls tools at random, now and then in a way that it should not."""

    def __init__(self, source: random.Random, story: Story) -> None:
        super().__init__(Options())
        self._random = source
        self._story = story
        self._number = 0

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply."""
        pick, often = self._random.choice, self._random.random
        self._story.written.append(written := Written(request))
        await asyncio.sleep(pick((0.05, 0.3, 0.8)))
        if often() < 0.03:
            raise ProviderError("the chat model is elsewhere", retryable=True)
        calls = request.tools and often() < (0.4 if request.messages[-1].role == "tool" else 0.7)
        if not calls or often() < 0.4:
            for word in " ".join(self._random.sample(WORDS, pick((2, 5, 10)))).capitalize().split():
                yield TextDelta(f"{word} ")
                await asyncio.sleep(0.02)
            yield TextDelta("now. ")
        for _ in range(pick((1, 1, 1, 2, 3)) if calls else 0):
            written.calls.append(call := self._call(request))
            yield call
        yield ReplyEnded("calls" if calls else "stop")
        written.whole = True

    def _call(self, request: ChatRequest) -> ToolCall:
        pick, often = self._random.choice, self._random.random
        last = max(number for number, message in enumerate(request.messages) if message.role == "user")
        before = [call for message in request.messages[last:] for call in message.calls]
        if before and often() < 0.3:  # the same once more in this turn
            again = pick(before)
            return ToolCall(pick((again.id, f"{again.id}x", "")), again.name, again.arguments)
        self._number += 1
        arguments = json.dumps({"n": self._number})
        if often() < 0.1:
            arguments = pick(("{", "[]", '{"n": "x"}', "", '{"n": 1e400}', "null"))
        name = pick(("look", "look", "book", "book", "cancel", "cancel"))
        if often() < 0.05:
            name = pick(("burn it all", "", "x" * 100))
        return ToolCall(pick((f"call_{self._number}", "", "same", "a strange id", "x" * 50)), name, arguments)


class DialogueToolset(Toolset[ToolsetOptions]):
    """Takes its time, and fails."""

    def __init__(self, source: random.Random, story: Story) -> None:
        super().__init__(ToolsetOptions(allow=tuple(tool.name for tool in TOOLS)))
        self._random = source
        self._story = story

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools."""
        return TOOLS

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Run one call."""
        pick = self._random.choice
        fault = pick(_FAULTS)
        self._story.begun.append((call.name, json.loads(call.arguments)["n"]))
        self._story.open += 1
        try:
            await asyncio.sleep(pick((0.0, 0.1, 0.6, 1.5)))
            match fault:
                case "fails":
                    raise ProviderError("it is closed")
                case "leaks":
                    raise asyncio.CancelledError
                case "hangs":
                    yield ToolProgress("Still at it.")
                    await asyncio.get_running_loop().create_future()
                case "nothing":
                    return
                case "twice":
                    yield ToolResult("one")
                case "strange":
                    yield "words"  # type: ignore[misc]
                case "exits":
                    raise SystemExit(1)
                case _:
                    pass
            yield ToolResult("done", say=pick((None, None, None, "It is done.")))
            if fault == "breaks after":
                raise ValueError
        finally:
            self._story.open -= 1


def play(seed: int) -> Story:
    """Hold the dialogue of a seed."""
    from voicebot.testing import VirtualClockLoop

    story = Story()
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        source = random.Random(seed)
        runner.run(hold(source, story, DialogueChatModel(source, story)))
    return story


async def hold(source: random.Random, story: Story, chat: ChatModel[Any]) -> None:
    """Hold a dialogue, and record it."""
    settings = Settings(
        on_error="Sorry.",
        turns=TurnOptions(
            prepare=source.choice(("eager", "pause", "pause", "off")), patience=source.choice((0.3, 0.6, 1.0))
        ),
        tool_use=ToolUseOptions(timeout=_TIMEOUT, most=source.choice((1, 2, 4)), wait_after=0.5),
    )
    try:
        async with (
            asyncio.timeout(300),
            converse(
                chat=chat,
                toolsets=[DialogueToolset(source, story)],
                synthesizer=ScriptedSynthesizer(seconds_per_character=0.03, speed=20),
                settings=settings,
            ) as user,
        ):
            for _ in range(source.randint(2, 6)):
                await _act(source, user)
            if source.random() < 0.5:
                await user.waits(4.0)
                await _act(source, user)
            await user.waits(quiet := source.choice((0.0, 0.2, 3.0, 10.0)))
            story.is_quiet = quiet > 9 and not user.conversation.history.messages[-1].content.endswith("?")
    except TimeoutError:
        story.is_stuck = True
    story.events = user.events
    story.messages = user.conversation.history.messages


async def _act(source: random.Random, user: ScriptedUser) -> None:
    """Say something, at a time that is as inconvenient as can be."""
    answers = ("yes", "yes please", "yes", "no", "no make it two", "hm well", "go on")
    units = [event.text for event in user.events if isinstance(event, UnitSpoken)]
    if source.random() < (0.8 if units and units[-1].endswith("?") else 0.3):
        text = source.choice(answers)
    else:
        text = " ".join(source.sample(WORDS, source.randint(1, 5)))
    if user.hears_the_bot and source.random() < 0.5:  # over any unit, and while a question is about to begin
        text = source.choice(("okay", "okay", "mm-hm"))
    await user.says(text, source.choice((0.2, 0.3, 0.6)))
    await user.waits(source.choice((0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.5, 5.0)))
