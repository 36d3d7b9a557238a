"""What a conversation hears: from the microphone through ears and recogniser to the turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from voicebot.audio import WholeSamples
from voicebot.encodable import encodable
from voicebot.engine.bot import Bot
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.clock import Clock
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.echo.advice import EchoAdvice
from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.hearing.echo.voice_activity import EchoAwareVoiceActivity
from voicebot.engine.hearing.recognition_stream import RecognitionStream
from voicebot.engine.hearing.voice_activity import VoiceActivityGate
from voicebot.engine.text.words import has_words
from voicebot.engine.turns.user_input import UserInput
from voicebot.engine.turns.user_turn.transcripts import Final
from voicebot.errors import ProviderError
from voicebot.events import (
    ConversationEvent,
    DeviceChanged,
    EchoIgnored,
    ProviderFailed,
    ProviderNoticed,
    UserSpeechStarted,
    UserSpeechStopped,
)
from voicebot.interfaces import AudioStream
from voicebot.messages import (
    DeviceLost,
    DeviceReopened,
    FinalTranscript,
    Hints,
    Notice,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
    TypedLine,
)


class Hearing:
    """Pumps sound to the ears and the recogniser, and news of both to the floor."""

    def __init__(
        self,
        user_input: UserInput,
        bot: Bot,
        stream: AudioStream,
        clock: Clock,
        publish: Callable[[ConversationEvent], None],
        echo: EchoPath,
        guard: EchoTranscriptFilter,
        filtered: Callable[[str], str],
        device_changed: Callable[[DeviceLost | DeviceReopened], None],
        *,
        conversation: str,
    ) -> None:
        self.ready = asyncio.Event()
        self._user_input = user_input
        self._clock = clock
        self._publish = publish
        self._stream = stream
        self._microphone = stream.microphone
        self._echo = echo
        self._echo_advice = EchoAdvice(bot.settings.echo)
        self._guard = guard
        self._filtered = filtered
        self._device_changed = device_changed
        self._whole_samples = WholeSamples()
        self._ears: EchoAwareVoiceActivity | None = None
        self._listener: RecognitionStream | None = None
        if stream.microphone is None:
            self.ready.set()
            return
        pre_roll = 0.0
        if bot.voice_activity is not None:
            self._ears = EchoAwareVoiceActivity(
                VoiceActivityGate(bot.voice_activity, stream.microphone), echo
            )
            pre_roll = bot.voice_activity.options.pre_roll
        settings = bot.settings
        phrases = (*settings.phrases, *map(encodable, bot.chat.phrases))
        hints = Hints(phrases, (settings.language,), conversation)
        self._listener = RecognitionStream(
            bot.recognizer,
            hints,
            stream.microphone,
            pre_roll=pre_roll,
            live=stream.live,
            start_timeout=settings.start_timeout,
            timeout=settings.recognizer_timeout,
        )

    @property
    def commits(self) -> int:
        """How many commits the recogniser has not answered."""
        return self._user_input.unanswered_commits

    def commit(self) -> None:
        """Ask the recogniser for the final transcript of what was said."""
        if self._listener is not None:
            self._listener.commit()

    async def listen(self) -> None:
        """Recognise to the end of the input, or until recognition breaks for good (`ProviderError`)."""
        if self._listener is not None:
            await self._listener.run(self)
            self._user_input.recognition_ended()

    async def hear(self) -> None:
        """Take in what the device gives, to its end; what was said last is then not waited on."""
        live = self._stream.live
        if not live:
            await self._user_input.wait_while_busy()  # lines piped in must not interrupt the greeting
        with own_cancellation("the device broke"):
            check = cancellation_check()
            async for item in self._stream:
                check()
                if isinstance(item, bytes):
                    await self._frame(self._whole_samples(item))
                else:
                    self._news(item)
                if not live and self._user_input.is_busy:
                    await self._user_input.wait_while_busy()
        if self._listener is not None:
            self._listener.flush()
            self._user_input.input_ended()
            self._listener.finish()

    def _news(self, item: TypedLine | DeviceLost | DeviceReopened) -> None:
        now = self._clock.now()
        match item:
            case TypedLine(text):
                if (text := self._filtered(text)).strip():
                    self._user_input.typed(text)
            case DeviceLost(message) | DeviceReopened(message):
                self._publish(DeviceChanged(now, isinstance(item, DeviceReopened), message))
                self._device_changed(item)
            case _:
                assert_never(item)

    async def _frame(self, audio: bytes) -> None:
        listener, ears = self._listener, self._ears
        if listener is None or self._microphone is None:
            return
        if not self._stream.live:
            self._user_input.advance(self._microphone.seconds_in(len(audio)))
        audio = self._echo.hear(audio)
        self._user_input.audio_received(audio)
        if ears is None:
            await listener.write(audio, gate_open=True)
            return
        was_speaking, was_ignoring = ears.speaking, ears.ignoring
        try:
            change = ears.hear(audio)
        except (Exception, asyncio.CancelledError) as error:  # a stranger's detector may raise anything
            raise as_provider_error("the voice activity detector broke", error) from None
        if ears.ignoring and not was_ignoring:
            self._ignored(self._clock.now())
        if change == "started":
            self._speech_started()
        await listener.write(audio, gate_open=was_speaking or ears.speaking or self._user_input.awaits_final)
        if change == "stopped":
            self._speech_stopped(ears.silence, was_echo=ears.was_echo)

    async def recognised(self, event: RecognitionEvent, *, asked: bool, passed: int) -> None:
        """Take what was recognised, a final as in `RecognitionNews`."""
        now = self._clock.now()
        if self._ears is not None:
            self._guard.sounds(another_voice=self._ears.is_another_voice)
        match event:
            case PartialTranscript(text):
                text = self._words(text)
                if self._guard.stops_partial(now, text):
                    return
                self._user_input.partial(text)
            case FinalTranscript(text):
                self._settled(now, self._words(text), asked=asked, passed=passed)
            case SpeechStarted():
                if self._ears is None:
                    self._speech_started()
            case SpeechStopped():
                if self._ears is None:
                    self._speech_stopped(0.0, was_echo=False)
            case Notice(message):
                self._publish(ProviderNoticed(now, "recognizer", message))
            case _:
                assert_never(event)

    def _words(self, transcript: str) -> str:
        """Return a transcript as filters let it pass, empty where it says nothing: a mark, blanks."""
        text = self._filtered(transcript)
        return text if has_words(text) else ""

    def _settled(self, now: float, text: str, *, asked: bool, passed: int) -> None:
        if self._guard.stops_final(now, text):
            self._ignored(now, text)
            text = ""
        self._user_input.final(Final(text, asked, passed, ends_speech=self._ears is None))

    def _ignored(self, now: float, text: str = "") -> None:
        self._publish(EchoIgnored(now, text))
        if advice := self._echo_advice.ignored(text):
            self._publish(ProviderNoticed(now, "device", advice))

    def _speech_started(self) -> None:
        now = self._clock.now()
        self._guard.started(now)
        self._user_input.speech_started()
        self._publish(UserSpeechStarted(now))

    def _speech_stopped(self, silence: float, *, was_echo: bool) -> None:
        now = self._clock.now()
        self._guard.stopped(now, was_echo=was_echo)
        self._publish(UserSpeechStopped(now, now - silence))
        self._user_input.speech_stopped(silence)

    def recognition_opened(self, *, again: bool) -> None:
        """Take note that a session is open; where it is one more, unsettled sound is told again."""
        self.ready.set()
        if again:
            self._user_input.recognition_reopened()

    def recognition_lost(self, error: ProviderError) -> None:
        """Tell that recognition is away, and will be tried again."""
        self._publish(ProviderFailed(self._clock.now(), "recognizer", str(error)))
        self._user_input.recognition_lost()

    def recognition_back(self) -> None:
        """Tell that recognition works again."""
        self._publish(ProviderNoticed(self._clock.now(), "recognizer", "the recogniser works again"))
        self._user_input.recognition_restored()
