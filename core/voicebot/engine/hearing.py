"""What a conversation hears: from the microphone through ears and recogniser to the turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, assert_never

from voicebot.engine.bot import Bot
from voicebot.engine.ears import Ears
from voicebot.engine.listener import Listener
from voicebot.errors import ProviderError
from voicebot.events import (
    DeviceChanged,
    ProviderFailed,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
)
from voicebot.interfaces import AudioStream
from voicebot.messages import (
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    FinalTranscript,
    Hints,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
    TypedLine,
)

if TYPE_CHECKING:
    from voicebot.engine.conversation import Conversation


class Hearing:
    """Pumps sound to the ears and the recogniser, and news of both to the conversation's turns."""

    def __init__(self, conversation: Conversation, bot: Bot, stream: AudioStream) -> None:
        self.ready = asyncio.Event()
        self._conversation = conversation
        self._turns = conversation.turns
        self._clock = conversation.clock
        self._stream = stream
        self._microphone = stream.microphone
        self._ears: Ears | None = None
        self._listener: Listener | None = None
        if stream.microphone is None:
            self.ready.set()
            return
        pre_roll = 0.0
        if bot.voice_activity is not None:
            self._ears = Ears(bot.voice_activity, stream.microphone)
            pre_roll = bot.voice_activity.options.pre_roll
        settings = bot.settings
        hints = Hints((*settings.phrases, *bot.chat.phrases), (settings.language,))
        self._listener = Listener(bot.recognizer, hints, stream.microphone, pre_roll=pre_roll)

    async def listen(self) -> None:
        """Recognise until cancelled, or until recognition breaks for good (`ProviderError`)."""
        if self._listener is not None:
            await self._listener.run(self._recognised, self._failed, self.ready.set)

    async def hear(self) -> None:
        """Take in what the device gives, to its end; what was said last is then not waited on."""
        conversation = self._conversation
        live = self._stream.live
        if not live and self._turns.busy:
            await conversation.settled()  # lines piped in must not interrupt the greeting
        async for item in self._stream:
            if type(item) is bytes:
                await self._frame(item)
            else:
                self._news(item)
            if not live and self._turns.busy:
                await conversation.settled()
        self._clock.hold()
        if conversation.do(self._turns.input_ended(self._clock.now())) and self._listener is not None:
            await self._listener.commit()

    def _news(self, item: DeviceEvent) -> None:
        now = self._clock.now()
        match item:
            case TypedLine(text):
                self._conversation.do(self._turns.typed(now, text))
            case DeviceLost(message):
                self._conversation.publish(DeviceChanged(now, False, message))
            case DeviceReopened(message):
                self._conversation.publish(DeviceChanged(now, True, message))
            case bytes():
                raise TypeError("a frame of sound is not news")
            case _:
                assert_never(item)

    async def _frame(self, audio: bytes) -> None:
        listener, ears = self._listener, self._ears
        if listener is None or self._microphone is None:
            return
        if not self._stream.live:
            self._clock.advance(self._microphone.seconds_in(len(audio)))
            if self._turns.deadline is not None and self._clock.now() >= self._turns.deadline:
                self._conversation.do(self._turns.tick(self._clock.now()))
        if ears is None:
            await listener.write(audio, gate_open=True)
            return
        was_speaking = ears.speaking
        change = ears.hear(audio)
        if change == "started":
            self._speech_started()
        await listener.write(audio, gate_open=was_speaking or ears.speaking or self._turns.awaits_final)
        if change == "stopped":
            await self._speech_stopped(ears.silence)

    async def _recognised(self, event: RecognitionEvent) -> None:
        conversation, turns, now = self._conversation, self._turns, self._clock.now()
        match event:
            case PartialTranscript(text):
                conversation.do(turns.partial(now, text))
                if turns.transcript:
                    conversation.publish(UserPartial(now, turns.transcript))
            case FinalTranscript(text):
                conversation.timeline.final = now
                actions = turns.final(now, text, ends_speech=self._ears is None)
                if text:
                    conversation.publish(UserFinal(now, turns.transcript))
                conversation.do(actions)
            case SpeechStarted():
                if self._ears is None:
                    self._speech_started()
            case SpeechStopped():
                if self._ears is None:
                    await self._speech_stopped(0.0)
            case _:
                assert_never(event)

    def _speech_started(self) -> None:
        now = self._clock.now()
        self._conversation.do(self._turns.speech_started(now))
        self._conversation.publish(UserSpeechStarted(now))

    async def _speech_stopped(self, silence: float) -> None:
        now = self._clock.now()
        self._conversation.timeline.speech_stopped = now - silence
        self._conversation.publish(UserSpeechStopped(now, now - silence))
        if self._conversation.do(self._turns.speech_stopped(now, now - silence)) and self._listener:
            await self._listener.commit()

    def _failed(self, error: ProviderError) -> None:
        now = self._clock.now()
        self._conversation.publish(ProviderFailed(now, "recognizer", str(error)))
        self._conversation.do(self._turns.listening_failed(now))
