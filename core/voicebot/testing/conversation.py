"""A scripted user, and a conversation with one: tests read like the timeline of a dialogue."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.event_stream import Subscription
from voicebot.engine.filters import ReplyFilterMaker, TranscriptFilterMaker
from voicebot.engine.redaction import RedactorMaker
from voicebot.events import BotTurnEnded, ConversationEvent
from voicebot.interfaces import (
    AudioDevice,
    AudioStream,
    ChatModel,
    Observer,
    Recognizer,
    Synthesizer,
    Toolset,
    TurnDetector,
    VoiceActivityDetector,
)
from voicebot.messages import DeviceEvent
from voicebot.options import Options
from voicebot.testing.scripted import (
    FRAME_SECONDS,
    MICROPHONE,
    SILENT_FRAME,
    SPEAKER,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedVoiceActivity,
    speech_frames,
)
from voicebot.testing.scripted_synthesizer import ScriptedSynthesizer

_SCRIPTED_VOICE_ACTIVITY = ScriptedVoiceActivity()


class ScriptedUser(AudioStream):
    """A user with a microphone that is always open, and a speaker that plays in virtual time."""

    microphone: AudioFormat | None = MICROPHONE
    speaker: AudioFormat | None = SPEAKER

    def __init__(self) -> None:
        self.events: list[ConversationEvent] = []
        self.conversation: Conversation
        self._subscription: Subscription
        self._loop = asyncio.get_running_loop()
        self._frames: deque[bytes] = deque()
        self._device_events: deque[DeviceEvent] = deque()
        self._hung_up = False
        self._written = 0.0
        self._played_until = 0.0
        self._cleared = 0.0

    def joins(self, conversation: Conversation) -> None:
        """Take part in a conversation through this stream."""
        self.conversation = conversation
        self._subscription = conversation.events()

    async def says(self, text: str, seconds: float = 1.0) -> None:
        """Speak for `seconds`; return when the last word has been said."""
        self._frames.extend(self.frames(text, seconds))
        await asyncio.sleep(seconds)

    def frames(self, text: str, seconds: float) -> list[bytes]:
        """Return the sound of an utterance in frames of 20 ms; override it to change it."""
        return speech_frames(text, seconds)

    async def waits(self, seconds: float) -> None:
        """Say nothing for `seconds`."""
        await asyncio.sleep(seconds)

    def sends(self, event: DeviceEvent) -> None:
        """Make the device report an event other than sound."""
        self._device_events.append(event)

    def hangs_up(self) -> None:
        """End the microphone's sound."""
        self._hung_up = True

    async def is_answered(self) -> BotTurnEnded:
        """Wait for the bot to finish its next turn, and return the event that ended it."""
        async for event in self._subscription:
            if isinstance(event, BotTurnEnded):
                return event
        raise AssertionError("the conversation ended without another turn of the bot")

    @property
    def hears_the_bot(self) -> bool:
        """Whether the bot is audible now."""
        return self._played_until - self._loop.time() > 1e-9

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        due = self._loop.time()
        while not self._hung_up:
            due += FRAME_SECONDS
            await asyncio.sleep(due - self._loop.time())
            while self._device_events:
                yield self._device_events.popleft()
            yield self._frames.popleft() if self._frames else SILENT_FRAME

    async def write(self, audio: bytes) -> None:
        """Play; wait while more than a second is queued."""
        now = self._loop.time()
        seconds = SPEAKER.seconds_in(len(audio))
        self._played_until = max(self._played_until, now) + seconds
        self._written += seconds
        if (ahead := self._played_until - now) > 1.0:
            await asyncio.sleep(ahead - 1.0)

    def clear(self) -> None:
        """Drop what has not been played yet."""
        now = self._loop.time()
        self._cleared += max(0.0, self._played_until - now)
        self._played_until = min(self._played_until, now)

    @property
    def played(self) -> float:
        """Seconds played so far."""
        queued = max(0.0, self._played_until - self._loop.time())
        return self._written - self._cleared - queued

    async def drain(self) -> None:
        """Wait until everything has been played."""
        await asyncio.sleep(max(0.0, self._played_until - self._loop.time()))


class _UsersDevice(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield ScriptedUser()


@asynccontextmanager
async def converse(
    *,
    recognizer: Recognizer[Any] | None = None,
    chat: ChatModel[Any] | None = None,
    synthesizer: Synthesizer[Any] | None = None,
    voice_activity: VoiceActivityDetector[Any] | None = _SCRIPTED_VOICE_ACTIVITY,
    turn_detector: TurnDetector[Any] | None = None,
    settings: Settings | None = None,
    toolsets: Sequence[Toolset[Any]] = (),
    observers: Sequence[Observer[Any]] = (),
    transcript_filters: Sequence[TranscriptFilterMaker] = (),
    reply_filters: Sequence[ReplyFilterMaker] = (),
    redactors: Sequence[RedactorMaker] = (),
    user: ScriptedUser | None = None,
) -> AsyncGenerator[ScriptedUser, None]:
    """Hold a conversation with a scripted user; the user hangs up when the block ends.

    Providers that are not given are scripted; with `voice_activity=None`, the recogniser detects speech.
    All events are in `user.events`, and all messages in `user.conversation.history`.
    """
    bot = Bot(
        recognizer=recognizer or ScriptedRecognizer(),
        chat=chat or ScriptedChatModel(),
        synthesizer=synthesizer or ScriptedSynthesizer(),
        device=_UsersDevice(Options()),
        voice_activity=voice_activity,
        turn_detector=turn_detector,
        settings=settings,
        toolsets=toolsets,
        observers=observers,
        transcript_filters=transcript_filters,
        reply_filters=reply_filters,
        redactors=redactors,
    )
    async with bot, asyncio.TaskGroup() as tasks:
        user = user or ScriptedUser()
        user.joins(Conversation(bot, user))
        tasks.create_task(_observe(user), name="observer")
        tasks.create_task(user.conversation.run(), name="conversation")
        await asyncio.sleep(0)
        yield user
        user.hangs_up()


async def _observe(user: ScriptedUser) -> None:
    async for event in user.conversation.events():
        user.events.append(event)
