"""Ears that do not mistake the bot for the user."""

from __future__ import annotations

from statistics import fmean

from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.engine.hearing.voice_activity import Change, VoiceActivityGate

_CERTAIN_OF_THE_USER, _CERTAIN_OF_THE_BOT = 3, 10
"""How many frames (of about 20 ms) more must sound so than not while an echo is possible."""
_AFTER_AN_ECHO, _LATELY = 20, 50
"""How many must sound like the user within so many after an echo: a gap in the sound is no user."""
_ANOTHER_VOICE = 0.35
"""An echo is more alike to what was played than this, on the whole."""
_LOOKED_FOR = 5
"""Every how many frames a cancelled echo is looked for while the ears hear nobody."""


class EchoAwareVoiceActivity:
    """Passes on when the user starts and stops to speak, but not the bot.

    Once nothing has been played for a second, this is what the ears say. Before that, speech is the user's
    only if it does not sound like an echo; should it turn out to be one later, the user has stopped.
    What has just begun may sound like one by chance: then it is nobody's yet, unless an echo has been heard
    lately.
    """

    def __init__(self, ears: VoiceActivityGate, echo: EchoPath) -> None:
        self.speaking = False
        """Whether the user speaks."""
        self.ignoring = False
        """Whether the bot is being heard, and not listened to."""
        self.was_echo = False
        """Whether what the user seemed to say last was the bot after all."""
        self._ears = ears
        self._echo = echo
        self._likeness: list[float] = []
        self._differs = 0
        self._since_echo = _LATELY
        self._began_in_doubt = False

    @property
    def silence(self) -> float:
        """Seconds of silence since speech, as it stopped."""
        return self._ears.silence

    @property
    def is_another_voice(self) -> bool:
        """Whether what is heard, or was heard last, sounds nothing like the bot that speaks meanwhile."""
        return bool(self._likeness) and fmean(self._likeness) < _ANOTHER_VOICE

    def hear(self, audio: bytes) -> Change | None:
        """Listen to the next sound; say when the user started or stopped to speak with it."""
        was_heard = self._ears.speaking
        change = self._ears.hear(audio)
        self._since_echo += 1
        in_doubt = self._echo.possible
        looks = self._ears.speaking or (self._echo.is_cancelled and self._since_echo % _LOOKED_FOR == 0)
        is_bot = in_doubt and looks and self._echo.is_heard()
        if is_bot is None and not self.speaking and self._since_echo < _LATELY:
            is_bot = True
        if is_bot:
            self._since_echo = 0
        if self._ears.speaking:
            self._likeness = self._likeness if was_heard else []
            self._likeness += [self._echo.likeness] if in_doubt else []
        if not self._ears.speaking:
            was_speaking, self.speaking, self.ignoring, self._differs = self.speaking, False, False, 0
            return change if was_speaking else None
        if is_bot is None and self.speaking:
            return None
        if is_bot != self.speaking:
            self._differs = max(0, self._differs - 2)
            self.ignoring = bool(is_bot)
            return None
        self._differs += 1
        if is_bot:
            return self._take_back() if self._differs >= _CERTAIN_OF_THE_BOT else None
        if in_doubt and self._differs < self._certain:
            return None
        self.speaking, self.ignoring, self.was_echo = True, False, False
        self._began_in_doubt, self._differs = in_doubt, 0
        return "started"

    @property
    def _certain(self) -> int:
        return _AFTER_AN_ECHO if self._since_echo < _LATELY else _CERTAIN_OF_THE_USER

    def _take_back(self) -> Change:
        self.speaking, self.ignoring, self.was_echo = False, True, self._began_in_doubt
        self._differs = 0
        return "stopped"
