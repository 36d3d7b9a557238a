"""One clip played to the whole engine, and what the speaker of the clip hears of the bot, to the moment."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from labelled_clips import FRAME_BYTES, FRAME_SECONDS, RATE, Clip, frames
from recorded_hearing import Beginning, Heard, RecordingRecognizer, RecordingVoiceActivity

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    Bot,
    Conversation,
    DeviceEvent,
    Options,
    Recognizer,
    Settings,
    TurnDetector,
    VoiceActivityDetector,
)
from voicebot.events import BotTurnEnded
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, ScriptedUser

EARLY = 0.15
"""Seconds before the true end that a reply may begin without cutting anybody off."""
LISTENS_ON = 4.0
"""Seconds of silence after the turn in which an answer must have begun."""
_ANSWER = "Here is the answer to that."
_PER_CHARACTER = 0.08


@dataclass(frozen=True)
class Work:
    """Seconds that the chat model takes to its first word, and the synthesizer to its first sound."""

    chat: float = 0.0
    voice: float = 0.0


@dataclass
class Overheard:
    """The result of one clip; times in seconds from its beginning.

    `replies` are the moments at which each of the bot's turns became audible; `stays` is that of the one
    that nobody interrupted. `recognised` are the turn's words, `asked` those of the user that the chat model
    was asked with at last, `merged` whether they were asked as one message.
    """

    clip: Clip
    replies: list[float] = field(default_factory=list)
    stays: float | None = None
    recognised: str = ""
    asked: str = ""
    merged: bool = True

    @property
    def is_cut_off(self) -> bool:
        """Whether the bot was audible before the turn was over."""
        return any(at < self.clip.speech_end - EARLY for at in self.replies)

    @property
    def delay(self) -> float | None:
        """Seconds from the true end to the reply; None where the turn was cut off or not answered."""
        return None if self.is_cut_off or self.stays is None else self.stays - self.clip.speech_end

    @property
    def lost_words(self) -> int:
        """How many of the words that were recognised the chat model was not asked with."""
        return (Counter(self.recognised.lower().split()) - Counter(self.asked.lower().split())).total()


class Listener(ScriptedUser):
    """Says a clip, then is silent until the bot has answered; notes when the bot becomes audible."""

    microphone: AudioFormat | None = AudioFormat(RATE)

    def __init__(self, clip: Clip, beginning: Beginning) -> None:
        super().__init__()
        self._clip = frames(clip.sound())
        self._beginning = beginning
        self._least = clip.speech_end + LISTENS_ON
        self.sounds: list[float] = []
        """When sound began after silence, in seconds from the clip's beginning."""

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        self._beginning.come()
        number, due = 0, self._loop.time()
        while number * FRAME_SECONDS < self._least or self.hears_the_bot:
            due += FRAME_SECONDS
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            yield self._clip[number] if number < len(self._clip) else bytes(FRAME_BYTES)
            number += 1

    async def write(self, audio: bytes) -> None:
        if not self.hears_the_bot:
            self.sounds.append(self._beginning.since())
        await super().write(audio)


class _NoDevice(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        raise AssertionError("the conversation is given its stream")
        yield


async def converse(
    clip: Clip,
    recognizer: Recognizer[Any],
    voice_activity: VoiceActivityDetector[Any],
    detector: TurnDetector[Any],
    settings: Settings,
    beginning: Beginning,
    work: Work,
) -> Overheard:
    """Say a clip to a bot; the event loop's clock says how long it takes."""
    chat = ScriptedChatModel([_ANSWER], first_token=work.chat, tokens_per_second=1e6)
    voice = ScriptedSynthesizer(first_byte=work.voice, speed=1e3, seconds_per_character=_PER_CHARACTER)
    bot = Bot(
        recognizer=recognizer,
        chat=chat,
        synthesizer=voice,
        device=_NoDevice(Options()),
        voice_activity=voice_activity,
        turn_detector=detector,
        settings=settings,
    )
    overheard = Overheard(clip)
    async with bot:
        user = Listener(clip, beginning)
        conversation = Conversation(bot, user)
        news = conversation.events()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(conversation.run(), name="conversation")
            ended = 0.0
            async for event in news:
                if isinstance(event, BotTurnEnded):
                    began = [at for at in user.sounds if at >= ended]
                    overheard.replies += began[:1]
                    if began and not event.interrupted:
                        overheard.stays = began[0]
                    ended = beginning.since()
    if chat.requests:
        messages = chat.requests[-1].messages
        # without the engine's note before the words
        asked = [
            re.sub(r"^\[.*\]\n", "", each.content, flags=re.MULTILINE)
            for each in messages
            if each.role == "user"
        ]
        overheard.asked, overheard.merged = " ".join(asked), len(asked) == 1
    return overheard


async def hear(
    clip: Clip,
    recognizer: Recognizer[Any],
    voice_activity: VoiceActivityDetector[Any],
    detector: TurnDetector[Any],
    settings: Settings,
    work: Work,
) -> tuple[Overheard, Heard]:
    """Say a clip, and record what detector and recogniser made of it."""
    heard, beginning = Heard(), Beginning()
    overheard = await converse(
        clip,
        RecordingRecognizer(recognizer, heard, beginning),
        RecordingVoiceActivity(voice_activity, heard),
        detector,
        settings,
        beginning,
        work,
    )
    overheard.recognised = heard.finals
    return overheard, heard
