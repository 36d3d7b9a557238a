"""Voice activity detection that does not take the bot for the user."""

from __future__ import annotations

from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.engine.hearing.voice_activity import VoiceActivityChange, VoiceActivityGate

_USER_FRAMES, _BOT_FRAMES = 3, 10
"""Frames (of about 20 ms) that must sound like the user, or the bot, more than the opposite, to be
certain."""
_USER_FRAMES_AFTER_ECHO, _AFTER_ECHO = 20, 50
"""More frames must sound like the user within this many after an echo: a gap in the sound is not a user."""
_MAX_SIMILARITY_OF_ANOTHER_VOICE = 0.35
"""The mean similarity of an echo to what was played is higher."""
_CHECK_INTERVAL = 5
"""Frames between two checks for an echo that the canceller removes, while there is no voice activity."""


class EchoAwareVoiceActivity:
    """Detects when the user starts and stops speaking, in spite of an echo of the bot.

    Follows the voice activity gate when nothing has been played for a second. Before that, speech
    is the user's only if it does not sound like an echo. If it turns out to be one later, the user has
    stopped. Speech that has just begun may resemble an echo by chance, so the decision waits, unless there
    was an echo lately.
    """

    def __init__(self, gate: VoiceActivityGate, echo: EchoPath) -> None:
        self.speaking = False
        """Whether the user is speaking."""
        self.ignoring = False
        """Whether there is speech that is taken for the bot's."""
        self.was_echo = False
        """Whether what stopped last had been taken for the user, and was the bot after all."""
        self._gate = gate
        self._echo = echo
        self._similarities: list[float] = []
        self._evidence = 0
        """Frames that speak against the present decision, those for it subtracted."""
        self._frames_since_echo = _AFTER_ECHO
        self._began_during_playback = False

    @property
    def silence(self) -> float:
        """Seconds of silence since speech, at the moment that it stopped."""
        return self._gate.silence

    @property
    def is_another_voice(self) -> bool:
        """Whether the speech that is heard, or was heard last, sounds nothing like the bot during it."""
        similarities = self._similarities
        return bool(similarities) and sum(similarities) / len(similarities) < _MAX_SIMILARITY_OF_ANOTHER_VOICE

    def process(self, audio: bytes) -> VoiceActivityChange | None:
        """Process the next sound; return whether the user started or stopped speaking with it."""
        was_active = self._gate.speaking
        change = self._gate.process(audio)
        self._frames_since_echo += 1
        echo_possible = self._echo.echo_possible
        is_bot = echo_possible and self._check_due() and self._echo.is_echo()
        if is_bot is None and not self.speaking and self._frames_since_echo < _AFTER_ECHO:
            is_bot = True
        if is_bot:
            self._frames_since_echo = 0
        if not self._gate.speaking:
            was_speaking, self.speaking, self.ignoring, self._evidence = self.speaking, False, False, 0
            return change if was_speaking else None
        self._similarities = self._similarities if was_active else []
        self._similarities += [self._echo.similarity] if echo_possible else []
        if is_bot is None and self.speaking:
            return None
        if is_bot != self.speaking:
            self._evidence = max(0, self._evidence - 2)
            self.ignoring = bool(is_bot)
            return None
        self._evidence += 1
        if is_bot:
            return self._take_back() if self._evidence >= _BOT_FRAMES else None
        if echo_possible and self._evidence < self._frames_needed:
            return None
        self.speaking, self.ignoring, self.was_echo = True, False, False
        self._began_during_playback, self._evidence = echo_possible, 0
        return "started"

    def close(self) -> None:
        """Release what the detector holds; no sound follows."""
        self._gate.close()

    def _check_due(self) -> bool:
        """Return whether an echo is looked for in this frame."""
        if self._gate.speaking:
            return True
        return self._echo.cancels and self._frames_since_echo % _CHECK_INTERVAL == 0

    @property
    def _frames_needed(self) -> int:
        return _USER_FRAMES_AFTER_ECHO if self._frames_since_echo < _AFTER_ECHO else _USER_FRAMES

    def _take_back(self) -> VoiceActivityChange:
        """Decide that what was taken for the user is the bot."""
        self.speaking, self.ignoring, self.was_echo = False, True, self._began_during_playback
        self._evidence = 0
        return "stopped"
