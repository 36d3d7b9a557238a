"""A recording as a test: what was decided then, or better."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from voicebot import BotConfig, printable_words
from voicebot_recording.reading import open_recording
from voicebot_replay.engine import Replayed, ReplayedTurn, Speech, replay
from voicebot_scenarios.results import Check, CheckedTurn, Result

LATER = 0.05
"""Seconds by which an answer may come later than then."""
_ROUNDING = 1e-6


@dataclass(slots=True)
class _Compared:
    """What the user said in one go or typed, with the bot's turns then and now."""

    then: list[ReplayedTurn] = field(default_factory=list)
    now: list[ReplayedTurn] = field(default_factory=list)


def check_recording(folder: Path, config: BotConfig | None = None) -> tuple[Result, tuple[str, ...]]:
    """Run a recording through today's engine; return the result, and warnings in one line each.

    Args:
        config: by default, that of the recording.

    Raises:
        ConfigError: the recorded config cannot be used.
        ProviderError: voice activity or turn detector do not start.
        RecordingError: it is no recording, or one of a newer version.
        ReplayError: the recording does not say what would be needed.
    """
    recording = open_recording(folder)
    replayed = replay(recording, config)
    turns = tuple(_checked(each) for each in _compared(replayed))
    result = Result(folder, recording.name, turns, recording.seconds, replayed.failure)
    unrecorded = (
        f"{folder}: nothing was recorded for {count} requests to the {kind}, so a stand-in answered"
        for kind, count in replayed.unrecorded.items()
        if count
    )
    return result, (*replayed.warnings, *unrecorded)


def _compared(replayed: Replayed) -> list[_Compared]:
    """Return the turns then and now, each beside what the user really said in one go."""
    found: dict[tuple[float, str], _Compared] = {}
    for turn in replayed.recorded:
        found.setdefault(_key(turn, replayed.said), _Compared()).then.append(turn)
    for turn in replayed.turns:
        found.setdefault(_key(turn, replayed.said), _Compared()).now.append(turn)
    return [found[key] for key in sorted(found)]


def _key(turn: ReplayedTurn, said: Sequence[Speech]) -> tuple[float, str]:
    """Return what tells a turn from others: when the user began to speak, or typed what."""
    if turn.silent_since is None:
        return round(turn.decided, 2), turn.words
    number = bisect_right([each.begins for each in said], turn.decided) - 1
    return (said[number].begins if number >= 0 else 0.0), ""


def _checked(compared: _Compared) -> CheckedTurn:
    then, now = compared.then, compared.now
    words = " / ".join(turn.words for turn in then or now)
    heard = " ".join(turn.heard for turn in now if turn.heard)
    checks = (_cut_offs(then, now), _answer(then, now), _tools(then, now))
    return CheckedTurn(printable_words(words), heard, checks)


def _cut_offs(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn]) -> Check:
    before, after = (sum(turn.cut_off for turn in turns) for turns in (then, now))
    cut = next((turn for turn in now if turn.cut_off), None)
    failure = f"it cuts the user off after {cut.words!r}" if cut is not None and after > before else ""
    return Check("no new cut-off", failure)


def _answer(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn]) -> Check:
    name = f"answers at most {LATER * 1000:.0f} ms later"
    before, after = _answered(then), _answered(now)
    if before is None:
        return Check(name)
    if after is None:
        return Check(name, "it does not answer, and did then")
    late = after - before
    return Check(name, f"it answers {late:.3f} s later" if late > LATER + _ROUNDING else "")


def _answered(turns: Sequence[ReplayedTurn]) -> float | None:
    """Return when the last answer was heard that is no cut-off."""
    heard = (turn.answered for turn in reversed(turns) if turn.answered is not None and not turn.cut_off)
    return next(heard, None)


def _tools(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn]) -> Check:
    before, after = (
        sorted((call.name, call.arguments) for turn in turns for call in turn.tools if call.outcome == "done")
        for turns in (then, now)
    )
    calls, instead = (
        ", ".join(f"{name}({text})" for name, text in each) or "no tool" for each in (before, after)
    )
    failure = "" if before == after else f"it calls {instead}; then, it called {calls}"
    return Check("calls the same tools", failure)
