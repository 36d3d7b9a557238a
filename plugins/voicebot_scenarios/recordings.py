"""A recording as a test: what was decided then, or better."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from voicebot import BotConfig, VoicebotError, printable_words
from voicebot_recording.reading import open_recording
from voicebot_replay.engine import NothingSaid, Replayed, ReplayedTurn, replay
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

    Nothing is checked of what may have come after a recording breaks off. A recording that cannot be replayed
    fails; one in which the user says nothing does not.

    Args:
        config: by default, that of the recording.

    Raises:
        RecordingError: it is no recording, or one of a newer version.
    """
    recording = open_recording(folder)
    try:
        replayed = replay(recording, config)
    except NothingSaid as error:
        return Result(folder, recording.name, (), recording.seconds), (*recording.warnings, str(error))
    except VoicebotError as error:
        return Result(folder, recording.name, (), recording.seconds, str(error)), recording.warnings
    result = Result(
        folder,
        recording.name,
        checked_turns(replayed, recording.seconds),
        recording.seconds,
        replayed.failure,
    )
    unrecorded = (
        f"{folder}: nothing was recorded for {count} requests to the {kind}, so a stand-in answered"
        for kind, count in replayed.unrecorded.items()
        if count
    )
    return result, (*replayed.warnings, *unrecorded)


def checked_turns(replayed: Replayed, seconds: float) -> tuple[CheckedTurn, ...]:
    """Compare the turns of a replay with those of the recording, which is that long."""
    compared = _compared(replayed)
    ends = [*(began for began, _ in compared[1:]), seconds]
    return tuple(
        _checked(each, replayed.until, max(0.0, end - began))
        for (began, each), end in zip(compared, ends, strict=False)
    )


def _compared(replayed: Replayed) -> list[tuple[float, _Compared]]:
    """Return the turns then and now, by what the user really said in one go or typed, and when."""
    found: dict[tuple[float, str], _Compared] = {}
    for turn in replayed.recorded:
        found.setdefault(_key(turn, replayed), _Compared()).then.append(turn)
    for turn in replayed.turns:
        found.setdefault(_key(turn, replayed), _Compared()).now.append(turn)
    return [(key[0], found[key]) for key in sorted(found)]


def _key(turn: ReplayedTurn, replayed: Replayed) -> tuple[float, str]:
    """Return what tells a turn from others: when the user began to speak, or typed what."""
    if turn.silent_since is None:
        typed = (each for each in replayed.recorded if each.silent_since is None and each.words == turn.words)
        times = [each.decided for each in typed]
        return min(times, key=lambda at: abs(at - turn.decided), default=turn.decided), turn.words
    said = replayed.said
    number = bisect_right([each.begins for each in said], turn.decided) - 1
    return (said[number].begins if number >= 0 else 0.0), ""


def _checked(compared: _Compared, until: float, seconds: float) -> CheckedTurn:
    then = compared.then
    heard_out = [turn.answered for turn in then if not turn.cut_off]
    now = [replace(turn, cut_off=turn.cut_off and not _is_among(turn, heard_out)) for turn in compared.now]
    words = " / ".join(turn.words for turn in then or now)
    heard = " ".join(turn.heard for turn in now if turn.heard)
    checks = (_cut_offs(then, now), _answer(then, now, until), _tools(then, now, until))
    return CheckedTurn(printable_words(words), heard, checks, seconds)


def _cut_offs(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn]) -> Check:
    before, after = (sum(turn.cut_off for turn in turns) for turns in (then, now))
    heard = [turn.answered for turn in then]
    cut = next((turn for turn in now if turn.cut_off and not _is_among(turn, heard)), None)
    failure = f"it cuts the user off after {cut.words!r}" if cut is not None and after > before else ""
    return Check("no new cut-off", failure)


def _is_among(turn: ReplayedTurn, times: Sequence[float | None]) -> bool:
    """Return whether its answer came at the same time as one: the limit of a cut-off may lie between."""
    return turn.answered is not None and any(
        at is not None and abs(turn.answered - at) <= LATER for at in times
    )


def _answer(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn], until: float) -> Check:
    """Compare when answers were heard; one that stands in is late only if it was decided later too."""
    name = f"answers at most {LATER * 1000:.0f} ms later"
    before, after = _answered(then, until), _answered(now, until)
    if before is None or before.answered is None:
        return Check(name)
    if after is None or after.answered is None:
        return Check(name, "it does not answer, and did then")
    late = after.answered - before.answered
    if after.is_stand_in:
        late = min(late, after.decided - before.decided)
    return Check(name, f"it answers {late:.3f} s later" if late > LATER + _ROUNDING else "")


def _answered(turns: Sequence[ReplayedTurn], until: float) -> ReplayedTurn | None:
    """Return the last turn with an answer that is no cut-off; one after the recording only if no other."""
    heard = [turn for turn in turns if turn.answered is not None and not turn.cut_off]
    in_time = (turn for turn in reversed(heard) if turn.answered is not None and turn.answered <= until)
    return next(in_time, heard[0] if heard else None)


def _tools(then: Sequence[ReplayedTurn], now: Sequence[ReplayedTurn], until: float) -> Check:
    """Compare what was called; what was done just before the recording breaks off may be missing in it."""
    before, after = (
        [call for turn in turns for call in turn.tools if call.outcome == "done"] for turns in (then, now)
    )
    for call in [call for call in after if call.at > until - LATER]:
        if after.count(call) > before.count(call):
            after.remove(call)
    one, other = (sorted((call.name, call.arguments) for call in calls) for calls in (before, after))
    calls, instead = (
        ", ".join(f"{name}({text})" for name, text in each) or "no tool" for each in (one, other)
    )
    failure = "" if one == other else f"it calls {instead}; then, it called {calls}"
    return Check("calls the same tools", failure)
