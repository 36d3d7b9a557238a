"""A client of the Realtime protocol without a socket, in virtual time."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from voicebot import (
    AudioFormat,
    Bot,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    Settings,
    Toolset,
)
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoiceActivity
from voicebot.testing.scripted import ScriptedRecognition
from voicebot_serve.bots import ClientDevice
from voicebot_serve.realtime.visit import Visit
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.kept_session import KeptSession

FORMAT = AudioFormat(24_000)
_FRAME = FORMAT.bytes_in(0.02)


class WireRecognition(ScriptedRecognition):
    """Finds words in frames of 20 ms of the client's format."""

    def __init__(self, recognizer: ScriptedRecognizer, hints: Hints) -> None:
        super().__init__(recognizer, hints)
        self._heard: list[str] = []
        self._final_delay = recognizer.final_delay

    async def write(self, audio: bytes) -> None:
        for at in range(0, len(audio), _FRAME):
            word = audio[at + 1 : at + _FRAME].rstrip(b"\x00").decode()
            if audio[at] and word:
                self._heard.append(word)
                self.put(PartialTranscript(" ".join(self._heard)))

    async def commit(self) -> None:
        text = " ".join(self._heard)
        self._heard.clear()
        self.put(FinalTranscript(text), after=self._final_delay)


class WireRecognizer(ScriptedRecognizer):
    """Takes the client's format, so that no words are lost on the way."""

    input_format = FORMAT

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield WireRecognition(self, hints)


class WireVoiceActivity(ScriptedVoiceActivity):
    """Takes the client's format."""

    input_format = FORMAT


class Client:
    """Sends events, and keeps those that it is sent."""

    def __init__(self, visit: Visit) -> None:
        self.events: list[dict[str, Any]] = []
        self._visit = visit
        self._came = asyncio.Event()

    def send(self, kind: str, **fields: Any) -> None:
        self._visit.receive(json.dumps({"type": kind, **fields}))

    def update(self, **session: Any) -> None:
        self.send("session.update", session={"type": "realtime", **session})

    def writes(self, text: str) -> None:
        content = [{"type": "input_text", "text": text}]
        self.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})

    async def says(self, text: str, seconds: float = 1.0) -> None:
        """Speak, and fall silent."""
        frames = round(seconds / 0.02)
        said = [*text.split(), *[""] * frames][:frames]
        await self.sends_sound(b"".join((b"\x01" + word.encode()).ljust(_FRAME, b"\x00") for word in said))

    async def is_silent(self, seconds: float) -> None:
        await self.sends_sound(bytes(FORMAT.bytes_in(seconds)))

    async def sends_sound(self, sound: bytes) -> None:
        """Send sound in real time."""
        for at in range(0, len(sound), _FRAME):
            self.send("input_audio_buffer.append", audio=base64.b64encode(sound[at : at + _FRAME]).decode())
            await asyncio.sleep(0.02)

    async def gets(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Return the event of that kind, waiting for it to come for the `count`th time."""
        while len(found := self.of_kind(kind)) < count:
            self._came.clear()
            await self._came.wait()
        return found[count - 1]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    @property
    def kinds(self) -> list[str]:
        """The kinds of events, repeated ones once."""
        kinds = [event["type"] for event in self.events]
        return [kind for kind, before in zip(kinds, [None, *kinds], strict=False) if kind != before]

    async def listen(self) -> None:
        async for event in self._visit.events():
            self.events.append(event)
            self._came.set()


@asynccontextmanager
async def visiting(
    *,
    chat: ScriptedChatModel | None = None,
    settings: Settings | None = None,
    allowed: Sequence[str] = ("turns", "tools", "instructions"),
    toolsets: Sequence[Toolset[Any]] = (),
    extension: bool = False,
    recognizer: ScriptedRecognizer | None = None,
    kept: KeptSession | None = None,
) -> AsyncGenerator[tuple[Client, Session], None]:
    """Visit a bot with scripted providers."""
    bot = Bot(
        recognizer=recognizer or WireRecognizer(),
        chat=chat or ScriptedChatModel(["Ahoy there."]),
        synthesizer=ScriptedSynthesizer(),
        device=ClientDevice(Options()),
        voice_activity=WireVoiceActivity(),
        settings=settings or Settings(system="Be brief."),
        toolsets=toolsets,
    )
    async with (
        bot,
        Session("pirate", bot, Owner("open", "", "127.0.0.1"), allowed=allowed, kept=kept) as session,
        asyncio.TaskGroup() as tasks,
    ):
        visit = Visit(session, extension=extension)
        client = Client(visit)
        tasks.create_task(client.listen())
        await asyncio.sleep(0)
        yield client, session
        visit.end()
