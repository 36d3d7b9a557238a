"""How long a turn took."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """The timing of one turn, and the tokens of its answer.

    Times are on the clock of `at`; what did not happen or is not reported is None. `prepared_at` is set if
    the reply was begun before `decided`. `wasted_tokens`, of replies that were `prepared` and `withdrawn`, or
    `held` (see `turns.ask_chat_model`), are an estimate, and `wasted_characters` of their text had been given
    to the voice. `cached_tokens` are a part of `input_tokens`. `heard_share` is the heard part of the reply.
    It waited `tool_seconds` for the results of `tool_calls`.

    A reply of the chat model that answers no turn of the user, such as one that tells what a tool gave late,
    has the `turn` 0, and was begun at `decided`.
    """

    at: float
    turn: int
    speech_stopped: float | None = None
    last_partial: float | None = None
    prepared_at: float | None = None
    final: float | None = None
    decided: float | None = None
    first_token: float | None = None
    last_token: float | None = None
    first_unit: float | None = None
    first_byte: float | None = None
    first_sound: float | None = None
    prepared: int = 0
    withdrawn: int = 0
    wasted_tokens: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    interrupted: bool = False
    heard_share: float = 0.0
    held: int = 0
    tool_calls: int = 0
    tool_seconds: float = 0.0
    wasted_characters: int = 0
    cached_tokens: int | None = None


WAITING, RECOGNISER, MODEL, VOICE = "waiting for you to finish", "recogniser", "model", "voice"
TOOLS = "tools"
PART_SETTINGS: Mapping[str, str] = {
    WAITING: "turns.patience",
    RECOGNISER: "recognizer",
    MODEL: "chat",
    TOOLS: "tools",
    VOICE: "synthesizer",
}
"""The section or setting of the config that decides how long each part of a turn takes."""
_UNNOTICED = 0.005


def answered_after(turn: TurnTimed) -> float | None:
    """Return the seconds from the end of a question to its answer, None without one of them.

    An answer that was interrupted before a word of it was heard is none.
    """
    was_unheard = turn.interrupted and turn.first_token is not None and not turn.heard_share
    if not turn.turn or was_unheard:
        return None
    begin = turn.decided if turn.speech_stopped is None else turn.speech_stopped
    return None if begin is None or turn.first_sound is None else turn.first_sound - begin


def turn_parts(turn: TurnTimed) -> dict[str, float]:
    """Return what the seconds from the end of a question to its answer went to, in order, by name.

    The names are `waiting for you to finish` or `recogniser`, `model`, `tools` and `voice`. The parts follow
    one another, so their sum is the whole; what was prepared in advance took none.
    """
    found: dict[str, float] = {}
    if turn.decided is None:
        return found
    if turn.speech_stopped is not None:
        waited = turn.decided - turn.speech_stopped
        heard = max(turn.last_partial or 0.0, turn.final or 0.0)  # the words came last of all
        late = heard >= turn.decided - _UNNOTICED
        found[RECOGNISER if late else WAITING] = waited
    if turn.first_sound is not None:
        # without a unit of the chat model, it was the safe line, for which the model's failure was waited for
        unit = turn.first_sound if turn.first_unit is None else max(turn.first_unit, turn.decided)
        found[MODEL] = unit - turn.decided
        if turn.tool_seconds and turn.prepared_at is None:  # else it may have waited for tools before
            found[TOOLS] = min(found[MODEL], turn.tool_seconds)
            found[MODEL] -= found[TOOLS]
        found[VOICE] = turn.first_sound - unit
    return found
