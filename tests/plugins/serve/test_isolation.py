"""Users who talk to one bot at the same time: nobody hears, says, knows or agrees to anything of another."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

from websockets.asyncio.client import ClientConnection, connect

from voicebot import (
    AudioChunk,
    Bot,
    ChatEvent,
    ChatModel,
    ChatRequest,
    Options,
    ReplyEnded,
    Settings,
    SynthesisEvent,
    Synthesizer,
    TextDelta,
    Tool,
    ToolCall,
    Utterance,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedVoiceActivity,
)
from voicebot.testing.scripted import SILENT_FRAME, speech_frames
from voicebot_serve.bots import ClientDevice

from .serving import FORMAT, serving

_WORD = re.compile(rb"word[a-t]")


class Parrot(ChatModel[Options]):
    """Repeats everything that it was told in a conversation."""

    def __init__(self) -> None:
        super().__init__(Options())

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await asyncio.sleep(0)
        yield TextDelta(" ".join(message.content for message in request.messages if message.role == "user"))
        yield ReplyEnded()


class LegibleVoice(Synthesizer[Options]):
    """Makes sound in which the text can be read."""

    output_format = FORMAT

    def __init__(self) -> None:
        super().__init__(Options())

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for word in utterance.text.split():
            await asyncio.sleep(0)
            yield AudioChunk(word.strip(".,!").encode().ljust(FORMAT.bytes_in(0.02), b"\0"))


def parrot(settings: Settings) -> Bot:
    return Bot(
        recognizer=ScriptedRecognizer(final_delay=0),
        chat=Parrot(),
        synthesizer=LegibleVoice(),
        device=ClientDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
        settings=settings,
    )


async def _words_heard(client: ClientConnection, own: str) -> set[bytes]:
    """Speak, and type; return the words in the sound of the answers to both."""
    for frame in [*speech_frames(own, 0.4), *[SILENT_FRAME] * 75]:
        await client.send(frame)
    heard: list[bytes] = []
    typed = False
    async for message in client:
        if isinstance(message, bytes):
            heard += _WORD.findall(message)
        elif "said" in message and heard:
            if typed:
                break
            typed = True
            await client.send(own)
    return set(heard)


def test_a_users_sound_and_words_never_reach_another() -> None:
    async def run() -> None:
        words = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
        async with serving(make=parrot) as running, AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connect(running.url(), max_queue=None)) for _ in words]
            heard = await asyncio.gather(*map(_words_heard, clients, words))
            assert heard == [{word.encode()} for word in words]

    asyncio.run(run())


async def _until_said(client: ClientConnection, words: str) -> None:
    async for message in client:
        if isinstance(message, str) and words in message:
            return
    raise AssertionError(f"closed before {words}")


def test_row_16_only_the_user_who_was_asked_can_confirm_a_call() -> None:
    tool = Tool("cancel", "Cancel the order.", {"type": "object", "properties": {}}, confirm="Cancel it?")
    orders = ScriptedToolset([(tool, "cancelled")])

    def make(settings: Settings) -> Bot:
        replies = ([ToolCall("call_1", "cancel", "{}")], "Hello to you.", "Goodbye.")
        return Bot(
            recognizer=ScriptedRecognizer(),
            chat=ScriptedChatModel(replies, first_token=0),
            synthesizer=ScriptedSynthesizer(first_byte=0, seconds_per_character=0.002),
            device=ClientDevice(Options()),
            voice_activity=ScriptedVoiceActivity(),
            toolsets=[orders],
            settings=settings,
        )

    async def run() -> None:
        async with (
            serving(make=make) as running,
            connect(running.url(), max_queue=None) as asked,
            connect(running.url(), max_queue=None) as other,
        ):
            await asked.send("cancel my order")
            await _until_said(asked, "Cancel it?")
            await other.send("yes")
            await _until_said(other, "Hello")
            assert orders.begun == []
            await asked.send("yes")
            await _until_said(asked, "Goodbye")
            assert [ran.name for ran in orders.done] == ["cancel"]

    asyncio.run(run())
