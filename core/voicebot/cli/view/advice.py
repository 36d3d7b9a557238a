"""What would have made a slow answer quicker: said once in a conversation, and only where it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.cli.view.timing import MODEL, RECOGNISER, VOICE, WAITING, answered_after, parts

if TYPE_CHECKING:
    from voicebot.config.schema import Settings
    from voicebot.events import TurnTimed

_SLOW = 1.5
"""Seconds to an answer from which on somebody may want a quicker one."""
_WORTH_A_WORD = 0.4
_SAVED = 0.2
"""Seconds that another setting must have saved in the turn."""
_MOMENT = 0.005
_PROVIDERS = {MODEL: "try a smaller or nearer model", VOICE: "try a quicker or nearer voice"}


class Advisor:
    """Gives one piece of advice in a conversation; options that the config sets are left to its author."""

    def __init__(self, settings: Settings) -> None:
        self.judged = True
        """Whether a turn detector decides how long the user may pause, within the bounds of patience."""
        self._settings = settings
        self._given = False
        self._said = self._asked = ""

    def bot_said(self, text: str) -> None:
        """Take note of the bot's words, after which it may be more or less patient than usual."""
        self._said = text

    def turn_ended(self) -> None:
        """Take note that the user has answered what the bot said last."""
        self._asked = self._said

    def advice(self, turn: TurnTimed) -> str:
        """Return what would have helped in a turn, or nothing."""
        seconds = answered_after(turn)
        took = parts(turn)
        if self._given or seconds is None or seconds < _SLOW or not took:
            return ""
        longest = max(took, key=lambda part: took[part])
        if took[longest] < _WORTH_A_WORD:
            return ""
        if longest in (WAITING, RECOGNISER):
            said = self._about_the_end_of_a_turn(turn)
        else:
            said = _PROVIDERS[longest]
        self._given = bool(said)
        return said

    def _about_the_end_of_a_turn(self, turn: TurnTimed) -> str:
        assert turn.decided is not None
        settled = turn.final is not None and turn.final < turn.decided - _MOMENT
        return self._patience(turn) if settled else self._stable(turn)

    def _patience(self, turn: TurnTimed) -> str:
        """Return advice about patience, where it is what was waited for."""
        from voicebot.config.schema import bounds
        from voicebot.engine.turn_rules import patience_after
        from voicebot.engine.turns.rules import PatienceBounds

        turns = self._settings.turns
        ruled, quick = patience_after(self._asked, self._settings), PatienceBounds(*bounds("quick"))
        if (
            "patience" in turns.model_fields_set
            or not self.judged
            or ruled != PatienceBounds(*bounds(turns.patience))
        ):
            return ""
        assert turn.decided is not None
        assert turn.speech_stopped is not None
        waited = turn.decided - turn.speech_stopped
        if not ruled.earliest <= waited + _MOMENT or not waited - _MOMENT <= ruled.latest:
            return ""  # something else was waited for
        share = (waited - ruled.earliest) / (ruled.latest - ruled.earliest)
        would_wait = quick.earliest + share * (quick.latest - quick.earliest)
        return "try patience: quick" if waited - would_wait >= _SAVED else ""

    def _stable(self, turn: TurnTimed) -> str:
        """Return advice about words that were not settled, where there were some to answer."""
        turns = self._settings.turns
        if "stable" in turns.model_fields_set or turn.last_partial is None:
            return ""
        assert turn.decided is not None
        assert turn.speech_stopped is not None
        less = turns.stable / 2
        would_decide = max(turn.last_partial, turn.speech_stopped) + less
        return f"try turns.stable: {less:g}" if turn.decided - would_decide >= _SAVED else ""
