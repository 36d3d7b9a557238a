"""The guard that keeps the bot from answering itself: it knows what the bot says when it hears it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voicebot.engine.hearing.echo.word_detector import EchoByWords
from voicebot.engine.text.words import same_words
from voicebot.events import BotDucked, BotResumed, BotTurnEnded, ConversationEvent, UnitSpoken

_FORGOTTEN = 8.0
"""Seconds after which the words of speech are not expected any more."""
_REPEATED = 5.0
"""Seconds in which a recogniser may tell the same words once more, though nobody has spoken."""


@dataclass(slots=True)
class _Speech:
    began: float
    stopped: float | None = None
    is_echo: bool = False
    is_another_voice: bool = False


class EchoTranscriptFilter:
    """Judges what is recognised, stretch by stretch, as the recogniser tells it."""

    def __init__(self) -> None:
        self._own_words = EchoByWords()
        self._speeches: deque[_Speech] = deque()
        self._is_reported = False
        self._stopped, self._stopped_at = "", float("-inf")

    def observe(self, event: ConversationEvent) -> None:
        """Take note of what the bot says."""
        match event:
            case UnitSpoken(at, text):
                self._own_words.spoke(at, text)
            case BotDucked(at, held=True):
                self._own_words.held(at)
            case BotResumed(at):
                self._own_words.resumed(at)
            case BotTurnEnded(at):
                self._own_words.fell_silent(at)
            case _:
                pass

    def started(self, now: float) -> None:
        """Take note that speech began."""
        self._is_reported = True
        self._speeches.append(_Speech(now))

    def stopped(self, now: float, *, was_echo: bool) -> None:
        """Take note that speech stopped, and whether it was the bot's by its sound."""
        if self._speeches:
            self._speeches[-1].stopped, self._speeches[-1].is_echo = now, was_echo

    def sounds(self, *, another_voice: bool) -> None:
        """Take note whether the speech that is heard, or was last, sounds nothing like the bot."""
        if self._speeches:
            self._speeches[-1].is_another_voice = another_voice

    def stops_partial(self, now: float, text: str) -> bool:
        """Return whether a partial transcript is the bot's own words."""
        return self._is_own(self._speech(now), now, text)

    def stops_final(self, now: float, text: str) -> bool:
        """Return whether a final transcript is the bot's own words, perhaps told once more."""
        is_silent = self._is_reported and not self._speeches
        if is_silent and now - self._stopped_at < _REPEATED and same_words(text, self._stopped):
            return bool(text)
        speech = self._speech(now)
        self._speeches.popleft()
        is_own = self._is_own(speech, now, text)
        if is_own:
            self._stopped, self._stopped_at = text, now
        return is_own

    def _is_own(self, speech: _Speech, now: float, text: str) -> bool:
        if speech.is_echo or not text:
            return bool(text)
        if speech.is_another_voice:
            return False
        return self._own_words.include(text, speech.began, now if speech.stopped is None else speech.stopped)

    def _speech(self, now: float) -> _Speech:
        """Return the speech whose words come now: the earliest whose final has not come."""
        while self._speeches and now - (self._speeches[0].stopped or now) > _FORGOTTEN:
            self._speeches.popleft()
        if not self._speeches:
            self._speeches.append(_Speech(now))
        return self._speeches[0]
