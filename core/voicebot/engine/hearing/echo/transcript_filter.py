"""Drops transcripts of the bot's own words, so that it does not answer itself."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.engine.hearing.echo.word_detector import WordEchoDetector
from voicebot.engine.text.words import same_words
from voicebot.events import BotDucked, BotResumed, BotTurnEnded, ConversationEvent, UnitSpoken

_TRANSCRIPT_TIMEOUT = 8.0
"""Seconds after the end of speech in which its transcript is expected."""
_REPEATED_WITHIN = 5.0
"""Seconds in which a recogniser may report the same words once more, without new speech."""


@dataclass(slots=True)
class _Speech:
    """Speech whose final transcript has not come."""

    began: float
    stopped: float | None = None
    is_echo: bool = False
    is_another_voice: bool = False


class EchoTranscriptFilter:
    """Decides whether transcripts are an echo, each by the speech that it belongs to; times are in
    seconds."""

    def __init__(self) -> None:
        self._words = WordEchoDetector()
        self._speeches: list[_Speech] = []
        self._detects_speech = False
        self._dropped, self._dropped_at = "", float("-inf")

    def observe(self, event: ConversationEvent) -> None:
        """Record what the bot says."""
        match event:
            case UnitSpoken(at, text):
                self._words.unit_spoken(at, text)
            case BotDucked(at, held=True):
                self._words.held(at)
            case BotResumed(at):
                self._words.resumed(at)
            case BotTurnEnded(at):
                self._words.stopped(at)
            case _:
                pass

    def speech_started(self, now: float) -> None:
        """Begin a speech."""
        self._detects_speech = True
        self._speeches.append(_Speech(now))

    def speech_stopped(self, now: float, *, was_echo: bool) -> None:
        """End the latest speech; `was_echo` if it sounded like the bot."""
        if self._speeches:
            self._speeches[-1].stopped, self._speeches[-1].is_echo = now, was_echo

    def voice_compared(self, *, is_another: bool) -> None:
        """Record whether the latest speech sounds nothing like the bot."""
        if self._speeches:
            self._speeches[-1].is_another_voice = is_another

    def drops_partial(self, now: float, text: str) -> bool:
        """Return whether a partial transcript is an echo."""
        return self._is_echo(self._current_speech(now), now, text)

    def drops_final(self, now: float, text: str) -> bool:
        """Return whether a final transcript is an echo, perhaps one that was reported before."""
        without_speech = self._detects_speech and not self._speeches
        if without_speech and now - self._dropped_at < _REPEATED_WITHIN and same_words(text, self._dropped):
            return bool(text)
        speech = self._current_speech(now)
        self._speeches.pop(0)
        is_echo = self._is_echo(speech, now, text)
        if is_echo:
            self._dropped, self._dropped_at = text, now
        return is_echo

    def _is_echo(self, speech: _Speech, now: float, text: str) -> bool:
        if speech.is_echo or not text:
            return bool(text)
        if speech.is_another_voice:
            return False
        return self._words.is_echo(text, speech.began, now if speech.stopped is None else speech.stopped)

    def _current_speech(self, now: float) -> _Speech:
        """Return the earliest speech whose final transcript has not come, or else a new one."""
        while self._speeches and now - (self._speeches[0].stopped or now) > _TRANSCRIPT_TIMEOUT:
            self._speeches.pop(0)
        if not self._speeches:
            self._speeches.append(_Speech(now))
        return self._speeches[0]
