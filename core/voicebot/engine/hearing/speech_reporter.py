"""Reports what the user says to turn-taking and observers, without echoes of the bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from voicebot.engine.hearing.echo.echo_aware_voice_activity import EchoAwareVoiceActivity
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.text.words import has_words
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.user_input import UserInput
from voicebot.errors import ProviderError
from voicebot.messages import (
    FinalTranscript,
    Notice,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)


class SpeechReporter:
    """Takes what voice activity and the recogniser detect: the `RecognitionConsumer` of a conversation.

    Args:
        user_input: receives the reports.
        events: where it is published.
        echo: knows what the bot says.
        voice_activity: the engine's own; None if the recogniser reports speech.
        transcript_filter: changes what the user said.
    """

    def __init__(
        self,
        user_input: UserInput,
        events: HearingEvents,
        echo: EchoGuard,
        voice_activity: EchoAwareVoiceActivity | None,
        transcript_filter: Callable[[str], str],
    ) -> None:
        self._user_input = user_input
        self._events = events
        self._echo = echo
        self._voice_activity = voice_activity
        self._transcript_filter = transcript_filter
        self.ignores_detection = False
        """Whether it is not the recogniser that knows when the user speaks."""

    def use(
        self, voice_activity: EchoAwareVoiceActivity | None, transcript_filter: Callable[[str], str]
    ) -> None:
        """Report what another detector detects, and change what the user says in another way, from now on."""
        self._voice_activity, self._transcript_filter = voice_activity, transcript_filter

    @property
    def unanswered_commits(self) -> int:
        """Number of commits that no final has answered so far."""
        return self._user_input.unanswered_commits

    def started(self) -> None:
        """Report that the user began to speak."""
        self._echo.transcripts.speech_started(self._events.now())
        self._user_input.speech_started()
        self._events.speech_started()

    def pausing(self, silence: float) -> None:
        """Report a silence of a given number of seconds, which may be a pause; 0 if speech goes on."""
        if silence > 0:
            self._user_input.speech_pausing(silence)
        else:
            self._user_input.speech_resumed()

    def stopped(self, silence: float, *, was_echo: bool) -> None:
        """Report that the user stopped speaking `silence` seconds ago, or that it was an echo after all."""
        self._echo.transcripts.speech_stopped(self._events.now(), was_echo=was_echo)
        self._events.speech_stopped(silence)
        self._user_input.speech_stopped(silence)

    def echo_ignored(self, text: str = "") -> None:
        """Report that the bot heard itself; without `text` if it was recognised by its sound."""
        self._events.echo_ignored(text, self._echo.advice.on_echo(text))

    def recognized(
        self, event: RecognitionEvent, *, answers_commit: bool = False, passed_commits: int = 0
    ) -> None:
        """Report what was recognised."""
        if self._voice_activity is not None:
            self._echo.transcripts.voice_compared(is_another=self._voice_activity.is_another_voice)
        match event:
            case PartialTranscript(text):
                text = self._filtered(text)
                if not self._echo.transcripts.drops_partial(self._events.now(), text):
                    self._user_input.partial(text)
            case FinalTranscript(text, language):
                final = Final(
                    self._filtered(text),
                    answers_commit=answers_commit,
                    passed_commits=passed_commits,
                    language=language,
                    ends_speech=self._is_detected,
                )
                self._final(final)
            case SpeechStarted():
                if self._is_detected:
                    self.started()
            case SpeechStopped():
                if self._is_detected:
                    self.stopped(0.0, was_echo=False)
            case Notice(message):
                self._events.recognizer_noticed(message)
            case _:
                assert_never(event)

    @property
    def _is_detected(self) -> bool:
        """Whether the recogniser reports speech."""
        return self._voice_activity is None and not self.ignores_detection

    def recognition_opened(self, *, again: bool) -> None:
        """Report a session that is not the first: it recognises again what has no final transcript."""
        if again:
            self._user_input.recognition_reopened()

    def recognition_lost(self, error: ProviderError) -> None:
        """Report that recognition broke, and will be tried again."""
        self._events.recognizer_failed(error)
        self._user_input.recognition_lost()

    def recognition_restored(self) -> None:
        """Report that recognition works again."""
        self._events.recognizer_noticed("the recogniser works again")
        self._user_input.recognition_restored()

    def _final(self, final: Final) -> None:
        if self._echo.transcripts.drops_final(self._events.now(), final.text):
            self.echo_ignored(final.text)
            final = replace(final, text="")
        self._user_input.final(final)

    def _filtered(self, transcript: str) -> str:
        """Return a transcript after filtering; empty if it has no words, only punctuation or blanks."""
        text = self._transcript_filter(transcript)
        return text if has_words(text) else ""
