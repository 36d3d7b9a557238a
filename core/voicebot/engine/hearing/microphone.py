"""Sound on its way from the microphone to voice activity and recogniser."""

from __future__ import annotations

import asyncio
import logging

from voicebot.audio import AudioFormat, WholeSamples
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.echo.echo_aware_voice_activity import EchoAwareVoiceActivity
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.recognition.stream import RecognitionStream
from voicebot.engine.hearing.setup import HearingSetup
from voicebot.engine.hearing.speech_reporter import SpeechReporter
from voicebot.engine.hearing.voice_activity import VoiceActivityChange, VoiceActivityGate
from voicebot.engine.latch import Latch
from voicebot.engine.turns.user_input import UserInput
from voicebot.interfaces import VoiceActivityDetector
from voicebot.messages import ManualSpeechStarted, ManualSpeechStopped, TurnControl, TurnTakingChanged
from voicebot.options import VoiceActivityOptions

logger = logging.getLogger(__name__)
_LONGEST_WAIT = 2.0
"""Seconds to wait for words of a moment ago before recogniser and detector change."""


class MicrophoneInput:
    """Passes sound on, and reports when the user starts and stops speaking.

    Args:
        audio_format: format of the sound.
        setup: the providers of hearing and their settings.
        echo: the echo guard of the conversation.
        user_input: receives the reports.
        events: publishes events.
        live: False for a recording, whose sound moves the conversation's clock.
    """

    def __init__(
        self,
        audio_format: AudioFormat,
        setup: HearingSetup,
        echo: EchoGuard,
        user_input: UserInput,
        events: HearingEvents,
        *,
        live: bool,
    ) -> None:
        self.recognition = RecognitionStream(
            setup.recognizer_setup, audio_format, pre_roll=setup.pre_roll, live=live
        )
        self._setup = setup
        self._next: tuple[HearingSetup, Latch, float] | None = None
        """What to change to, what to set then, and when to do it whatever happens."""
        self._echo = echo
        self._format = audio_format
        self._live = live
        self._whole_samples = WholeSamples()
        self._echo_path = echo.path
        self._user_input = user_input
        self._events = events
        self._voice_activity: EchoAwareVoiceActivity | None = None
        if setup.voice_activity is not None:
            self._voice_activity = self._detection(setup.voice_activity)
        self._is_manual = self._is_open = False
        """Whether the device says what is speech, and whether it is some now."""
        self._speech = SpeechReporter(user_input, events, echo, self._voice_activity, setup.transcript_filter)

    async def try_out(self, setup: HearingSetup) -> None:
        """Try the recogniser and the detector that are to be used, unless they are used already.

        Raises:
            ProviderError: one does not work.
        """
        detector = setup.voice_activity
        if detector is not None and detector is not self._setup.voice_activity:
            setup.trial.detect(detector, self._format)
        if setup.recognizer_setup != self._setup.recognizer_setup:
            await setup.trial.recognize(setup.recognizer_setup)

    def change(self, setup: HearingSetup) -> Latch:
        """Use other providers and settings as soon as the user is silent and what was said is recognised.

        Returns:
            what is set when the recogniser before is not used any more.
        """
        left = self._next[1] if self._next is not None else Latch()
        self._next = setup, left, asyncio.get_running_loop().time() + _LONGEST_WAIT
        self._change_if_silent()
        return left

    async def recognize(self) -> None:
        """Report what is recognised, until all sound is.

        Raises:
            ProviderError: recognition is broken for good.
        """
        await self.recognition.run(self._speech)
        self._user_input.recognition_ended()

    async def write(self, audio: bytes) -> None:
        """Process the next sound.

        Raises:
            ProviderError: the voice activity detector broke.
        """
        if self._next is not None:
            self._change_if_silent()
        audio = self._whole_samples(audio)
        if not self._live:
            self._user_input.advance(self._format.seconds_in(len(audio)))
        audio = self._echo_path.process(audio)
        self._user_input.audio_received(audio)
        if self._is_manual:
            await self.recognition.write(audio, gate_open=self._is_open or self._user_input.awaits_final)
        elif self._voice_activity is None:
            await self.recognition.write(audio, gate_open=True)
        else:
            await self._write_speech(audio, self._voice_activity)

    def end(self) -> None:
        """Announce the end of the sound; the last words are still recognised."""
        self.recognition.flush()
        self._user_input.input_ended()
        self.recognition.finish()

    def close(self) -> None:
        """Release what the detector holds; no sound follows."""
        if self._voice_activity is not None:
            try:
                self._voice_activity.close()
            except (Exception, asyncio.CancelledError):  # a foreign detector may raise anything
                logger.info("the voice activity detector broke when it was closed", exc_info=True)
            self._voice_activity = None

    def controlled(self, control: TurnControl) -> None:
        """Obey what the device says about speech."""
        match control:
            case TurnTakingChanged(detects_speech=detects_speech):
                self._is_manual, self._is_open = not detects_speech, False
                self._speech.ignores_detection = self._is_manual
            case ManualSpeechStarted() if self._is_manual and not self._is_open:
                self._is_open = True
                self._events.speech_started()
            case ManualSpeechStopped() if self._is_open:
                self._is_open = False
                self._events.speech_stopped(0.0)
            case _:
                pass

    def _change_if_silent(self) -> None:
        """Change what is to be changed, unless the user speaks, or words of a moment ago still come."""
        if self._next is None:
            return
        setup, left, at_latest = self._next
        is_speaking = self._is_open or (self._voice_activity is not None and self._voice_activity.speaking)
        is_waiting = self._user_input.unanswered_commits > 0 and asyncio.get_running_loop().time() < at_latest
        if is_speaking or is_waiting or self._user_input.awaits_final:
            return
        self._next = None
        before, self._setup = self._setup, setup
        if setup.voice_activity is not before.voice_activity:
            detector = setup.voice_activity
            self.close()
            self._voice_activity = self._detection(detector) if detector is not None else None
            self._user_input.detector_changed(has_detector=detector is not None)
        self._speech.use(self._voice_activity, setup.transcript_filter)
        same = setup.recognizer_setup == before.recognizer_setup and setup.pre_roll == before.pre_roll
        if same:
            left.set()
        else:
            self.recognition.change(setup.recognizer_setup, setup.pre_roll, left)

    def _detection(self, detector: VoiceActivityDetector[VoiceActivityOptions]) -> EchoAwareVoiceActivity:
        return EchoAwareVoiceActivity(VoiceActivityGate(detector, self._format), self._echo.path)

    async def _write_speech(self, audio: bytes, voice_activity: EchoAwareVoiceActivity) -> None:
        """Pass on the sound in which the user speaks."""
        was_speaking, was_ignoring = voice_activity.speaking, voice_activity.ignoring
        was_pausing = was_speaking and voice_activity.silence > 0
        change = _detect(voice_activity, audio)
        if voice_activity.ignoring and not was_ignoring:
            self._speech.echo_ignored()
        if change == "started":
            self._speech.started()
        speaking = was_speaking or voice_activity.speaking
        await self.recognition.write(audio, gate_open=speaking or self._user_input.awaits_final)
        if change == "stopped":
            self._speech.stopped(voice_activity.silence, was_echo=voice_activity.was_echo)
        elif voice_activity.speaking and (voice_activity.silence > 0) != was_pausing:
            self._speech.pausing(voice_activity.silence)


def _detect(voice_activity: EchoAwareVoiceActivity, audio: bytes) -> VoiceActivityChange | None:
    try:
        return voice_activity.process(audio)
    except (Exception, asyncio.CancelledError) as error:  # a foreign detector may raise anything
        raise as_provider_error("the voice activity detector broke", error) from None
