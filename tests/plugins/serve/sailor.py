"""A bot for clients that come with sound of their own: whatever they sound like, it hears the same words."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import (
    Bot,
    ChatEvent,
    ChatModel,
    ChatRequest,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    ReplyEnded,
    Settings,
    TextDelta,
    ToolCall,
    Usage,
)
from voicebot.testing import ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoiceActivity
from voicebot.testing.scripted import ScriptedRecognition
from voicebot_serve.bots import ClientDevice

WORDS = "stop and tell me more"
"""What the bot hears in any sound."""
STORY = "Once there was a parrot on a ship. It could count to seven. Then it flew away. " * 5
_ENOUGH = 16_000
"""Bytes of sound that is not silence: half a second."""


class _Recognition(ScriptedRecognition):
    def __init__(self, recognizer: SameWords, hints: Hints) -> None:
        super().__init__(recognizer, hints)
        self._keep = recognizer.heard
        self._heard = 0

    async def write(self, audio: bytes) -> None:
        self._keep(audio)
        before, self._heard = self._heard, self._heard + len(audio.replace(b"\x00", b""))
        if before < _ENOUGH <= self._heard:
            self.put(PartialTranscript(WORDS))

    async def commit(self) -> None:
        heard, self._heard = self._heard, 0
        self.put(FinalTranscript(WORDS if heard >= _ENOUGH else ""))


class SameWords(ScriptedRecognizer):
    """Hears them."""

    def heard(self, audio: bytes) -> None:
        """Take what is heard."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield _Recognition(self, hints)


class Sailor(ChatModel[Options]):
    """Tells a story, or the weather by a function, or greets."""

    def __init__(self) -> None:
        super().__init__(Options())
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        last = request.messages[-1]
        usage = Usage(10, 5)
        if last.role == "tool":
            yield TextDelta(f"It is {last.content}.")
        elif "weather" in last.content and request.tools:
            yield ToolCall("call_1", request.tools[-1].name, json.dumps({"city": "Tortuga"}))
            yield ReplyEnded("calls", usage)
            return
        else:
            yield TextDelta(STORY if "story" in last.content else "Ahoy there.")
        yield ReplyEnded(usage=usage)


def sailor(settings: Settings) -> Bot:
    """Return the bot."""
    return Bot(
        recognizer=SameWords(),
        chat=Sailor(),
        synthesizer=ScriptedSynthesizer(),
        device=ClientDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
        settings=settings,
    )
