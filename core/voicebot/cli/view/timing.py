"""Where the time of a turn went, in one line."""

from __future__ import annotations

from voicebot.events import TurnTimed

_UNNOTICED = 0.005


def describe(turn: TurnTimed, patience: float) -> str:
    """Return the line, or nothing for a turn that nothing was heard in.

    Args:
        patience: seconds of silence that the bot waits for the user to go on.
    """
    begin = turn.decided if turn.speech_stopped is None else turn.speech_stopped
    if begin is None or turn.first_sound is None:
        return ""
    parts: dict[str, float] = {}
    if turn.speech_stopped is not None and turn.decided is not None:
        waited = turn.decided - turn.speech_stopped
        # Sooner than patience allows only where a recording ends: nobody waited for anyone then.
        patient = patience if waited >= patience else 0.0
        parts["waiting for you to finish"] = patient
        parts["recogniser"] = waited - patient
    if turn.decided is not None and turn.first_unit is not None:
        parts["model"] = turn.first_unit - turn.decided
        parts["voice"] = turn.first_sound - turn.first_unit
    shown = [f"{name} {seconds:.2f}" for name, seconds in parts.items() if seconds >= _UNNOTICED]
    total = f"answered after {turn.first_sound - begin:.2f} s"
    return f"{total} ({', '.join(shown)})" if shown else total
