"""The providers and settings used for hearing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicebot.config.schema import Settings
from voicebot.encodable import encodable
from voicebot.engine.hearing.recognition.session import RecognizerSetup
from voicebot.engine.hearing.trial import HearingTrial
from voicebot.interfaces import Recognizer, VoiceActivityDetector
from voicebot.messages import Hints
from voicebot.options import Options, VoiceActivityOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingSetup:
    """The providers and settings used for the hearing of one conversation.

    Args:
        recognizer: a started provider.
        voice_activity: a started provider; None leaves the detection of speech to the recogniser.
        settings: the bot's.
        phrases: phrases that the recogniser should expect, in addition to those of the settings.
        transcript_filter: called with what the user said; returns what is used instead, or nothing.
        conversation: its id.
        trial: tries recogniser and detector before a conversation changes to them.
    """

    recognizer: Recognizer[Options]
    voice_activity: VoiceActivityDetector[VoiceActivityOptions] | None
    settings: Settings
    phrases: Sequence[str]
    transcript_filter: Callable[[str], str]
    conversation: str
    trial: HearingTrial

    @property
    def recognizer_setup(self) -> RecognizerSetup:
        """The recogniser with its hints and time limits."""
        settings = self.settings
        phrases = (*settings.phrases, *map(encodable, self.phrases))
        return RecognizerSetup(
            self.recognizer,
            Hints(phrases, settings.spoken_languages, self.conversation),
            start_timeout=settings.start_timeout,
            timeout=settings.recognizer_timeout,
        )

    @property
    def pre_roll(self) -> float:
        """Seconds of sound from before speech was detected that the recogniser gets."""
        return 0.0 if self.voice_activity is None else self.voice_activity.options.pre_roll
