"""Advice about what would have made a slow answer quicker: at most once in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.events.timing import (
    MODEL,
    RECOGNISER,
    TOOLS,
    VOICE,
    WAITING,
    answered_after,
    turn_parts,
)

if TYPE_CHECKING:
    from voicebot.config.schema import Settings
    from voicebot.events import TurnTimed

_SLOW = 1.5
"""Seconds after which an answer counts as slow."""
_WORTH_MENTIONING = 0.4
"""Seconds that the slowest part of a turn must have taken."""
_SAVED = 0.2
"""Seconds that another setting would have to save in the turn."""
_MOMENT = 0.005
_PROVIDERS = {
    MODEL: "try a smaller or closer model",
    TOOLS: "try a quicker tool",
    VOICE: "try a faster or closer voice",
}


class Advisor:
    """Gives one piece of advice in a conversation, but not about options that the config sets itself."""

    def __init__(self, settings: Settings) -> None:
        self.has_turn_detector = True
        """Whether a turn detector decides how long the user may pause, within the bounds of patience."""
        self._settings = settings
        self._given = False
        self._said = self._asked = ""

    def use(self, settings: Settings) -> None:
        """Give advice about other settings from now on."""
        self._settings = settings

    def bot_said(self, text: str) -> None:
        """Record the bot's words, which may change its patience."""
        self._said = text

    def turn_ended(self) -> None:
        """Record that the user has answered the bot's last turn."""
        self._asked = self._said

    def advice(self, turn: TurnTimed) -> str:
        """Return advice for a turn, or an empty text."""
        seconds = answered_after(turn)
        took = turn_parts(turn)
        if self._given or seconds is None or seconds < _SLOW or not took:
            return ""
        longest = max(took, key=lambda part: took[part])
        failed = longest == MODEL and turn.first_unit is None
        if took[longest] < _WORTH_MENTIONING or failed:
            return ""
        about_end = longest in (WAITING, RECOGNISER)
        advice = self._about_end_of_turn(turn) if about_end else _PROVIDERS[longest]
        self._given = bool(advice)
        return advice

    def _about_end_of_turn(self, turn: TurnTimed) -> str:
        assert turn.decided is not None
        was_final = turn.final is not None and turn.final < turn.decided - _MOMENT
        return self._patience(turn) if was_final else self._stable(turn)

    def _patience(self, turn: TurnTimed) -> str:
        """Return advice about patience, if that is what the answer waited for."""
        from voicebot.config.schema import bounds
        from voicebot.engine.rules_from_settings import patience_after
        from voicebot.engine.turns.rules import PatienceBounds

        turns = self._settings.turns
        ruled, quick = patience_after(self._asked, self._settings), PatienceBounds(*bounds("quick"))
        if (
            "patience" in turns.model_fields_set
            or not self.has_turn_detector
            or ruled != PatienceBounds(*bounds(turns.patience))
        ):
            return ""
        assert turn.decided is not None
        assert turn.speech_stopped is not None
        waited = turn.decided - turn.speech_stopped
        if not ruled.earliest <= waited + _MOMENT or not waited - _MOMENT <= ruled.latest:
            return ""  # the answer waited for something else
        share = (waited - ruled.earliest) / (ruled.latest - ruled.earliest)
        would_wait = quick.earliest + share * (quick.latest - quick.earliest)
        return "try patience: quick" if waited - would_wait >= _SAVED else ""

    def _stable(self, turn: TurnTimed) -> str:
        """Return advice about words without a final transcript, if there were any to answer."""
        turns = self._settings.turns
        if "stable" in turns.model_fields_set or turn.last_partial is None:
            return ""
        assert turn.decided is not None
        assert turn.speech_stopped is not None
        less = turns.stable / 2
        would_decide = max(turn.last_partial, turn.speech_stopped) + less
        return f"try turns.stable: {less:g}" if turn.decided - would_decide >= _SAVED else ""
