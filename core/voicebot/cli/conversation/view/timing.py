"""The timing of a turn, in one line."""

from __future__ import annotations

from voicebot.events import TurnTimed

WAITING, RECOGNISER, MODEL, VOICE = "waiting for you to finish", "recogniser", "model", "voice"
TOOLS = "tools"
_UNNOTICED = 0.005


def describe(turn: TurnTimed, advice: str = "") -> str:
    """Return the line, with advice for a quicker answer; nothing if no answer was heard."""
    seconds = answered_after(turn)
    if seconds is None:
        return ""
    shown = [f"{name} {part:.2f}" for name, part in parts(turn).items() if part >= _UNNOTICED]
    line = f"answered after {seconds:.2f} s"
    if shown:
        line += f" ({', '.join(shown)})"
    if advice:
        line += f"; {advice}"
    return line + _costs(turn)


def answered_after(turn: TurnTimed) -> float | None:
    """Return the seconds from the end of a question to its answer, None without one of them."""
    if not turn.turn:
        return None
    begin = turn.decided if turn.speech_stopped is None else turn.speech_stopped
    return None if begin is None or turn.first_sound is None else turn.first_sound - begin


def parts(turn: TurnTimed) -> dict[str, float]:
    """Return the seconds of consecutive parts; what was prepared in advance took none."""
    found: dict[str, float] = {}
    if turn.decided is None:
        return found
    if turn.speech_stopped is not None:
        waited = turn.decided - turn.speech_stopped
        heard = max(turn.last_partial or 0.0, turn.final or 0.0)  # the words came last of all
        late = heard >= turn.decided - _UNNOTICED
        found[RECOGNISER if late else WAITING] = waited
    if turn.first_unit is not None and turn.first_sound is not None:
        found[MODEL] = max(0.0, turn.first_unit - turn.decided)
        if turn.tool_seconds and turn.prepared_at is None:  # else it may have waited for tools before
            found[TOOLS] = min(found[MODEL], turn.tool_seconds)
            found[MODEL] -= found[TOOLS]
        found[VOICE] = turn.first_sound - max(turn.first_unit, turn.decided)
    return found


def _costs(turn: TurnTimed) -> str:
    if not turn.withdrawn or (turn.input_tokens is None and turn.output_tokens is None):
        return ""  # a chat model that reports no tokens, such as a script, may cost nothing
    return f"; {turn.withdrawn} prepared and discarded, about {turn.wasted_tokens} tokens"
