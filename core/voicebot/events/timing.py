"""How long a turn took."""

from __future__ import annotations

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """The timing of one turn, and the tokens of its answer.

    Times are on the clock of `at`; what did not happen or is not reported is None. `prepared_at` is set if
    the reply was begun before `decided`. `wasted_tokens`, of replies that were `prepared` and `withdrawn`, or
    `held` (see `turns.ask_chat_model`), are an estimate. `heard_share` is the heard part of the reply. It
    waited `tool_seconds` for the results of `tool_calls`.

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
