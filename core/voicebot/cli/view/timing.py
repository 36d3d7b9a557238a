"""Where the time of a turn went, in one line, with what would make the next one quicker."""

from __future__ import annotations

from voicebot.events import TurnTimed

_UNNOTICED = 0.005
_WORTH_A_WORD = 0.4
_ADVICE = {
    "waiting for you to finish": "try patience: quick",
    "recogniser": "try a lower turns.stable",
    "model": "try a smaller or nearer model",
    "voice": "try a quicker voice, or one in a nearer region",
}


def describe(turn: TurnTimed) -> str:
    """Return the line, or nothing for a turn that nothing was heard in."""
    begin = turn.decided if turn.speech_stopped is None else turn.speech_stopped
    if begin is None or turn.first_sound is None:
        return ""
    parts = _parts(turn)
    shown = [f"{name} {seconds:.2f}" for name, seconds in parts.items() if seconds >= _UNNOTICED]
    line = f"answered after {turn.first_sound - begin:.2f} s"
    if shown:
        line += f" ({', '.join(shown)})"
    if parts and (longest := max(parts, key=lambda name: parts[name])) and parts[longest] >= _WORTH_A_WORD:
        line += f"; {_ADVICE[longest]}"
    return line + _costs(turn)


def _parts(turn: TurnTimed) -> dict[str, float]:
    """Return the seconds that went one after the other; what was done ahead took none."""
    parts: dict[str, float] = {}
    if turn.decided is None:
        return parts
    if turn.speech_stopped is not None:
        waited = turn.decided - turn.speech_stopped
        told = max(turn.last_partial or 0.0, turn.final or 0.0)  # the words came last of all
        late = told >= turn.decided - _UNNOTICED
        parts["recogniser" if late else "waiting for you to finish"] = waited
    if turn.first_unit is not None and turn.first_sound is not None:
        parts["model"] = max(0.0, turn.first_unit - turn.decided)
        parts["voice"] = turn.first_sound - max(turn.first_unit, turn.decided)
    return parts


def _costs(turn: TurnTimed) -> str:
    if not turn.withdrawn:
        return ""
    return f"; {turn.withdrawn} prepared in vain, about {turn.wasted_tokens} tokens"
