"""The recordings to try settings on: found, checked, and divided into two halves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voicebot import UserSpeechStarted
from voicebot_recording.format import EVENTS, SOUND
from voicebot_recording.reading import Recording, RecordingError, open_recording
from voicebot_replay.errors import ReplayError


def usable_recordings(folders: Sequence[Path]) -> tuple[list[Recording], list[str]]:
    """Return the recordings of spoken conversations, in order of time, and why others are left out.

    Args:
        folders: recordings, or folders of recordings.

    Raises:
        RecordingError: a folder is neither.
        ReplayError: no recording can be used, or they are of different bots.
    """
    found: list[Recording] = []
    left_out: list[str] = []
    for path in _paths(folders):
        try:
            recording = open_recording(path)
        except RecordingError as error:
            if path in folders:
                raise
            left_out.append(f"{error}; left out")
            continue
        if reason := _unusable(recording):
            left_out.append(f"{path}: {reason}; left out")
        else:
            found.append(recording)
    if not found:
        raise ReplayError(_none([each.removesuffix("; left out") for each in left_out]))
    found.sort(key=lambda each: (each.started, each.id, str(each.folder)))
    _refuse_different_bots(found)
    return found, left_out


def halves(turns: Sequence[int], pauses: Sequence[int]) -> list[list[range]]:
    """Return for each recording which of its turns are in the first half, and which in the second.

    A recording is in one half as a whole, unless it is the only one: then its first turns are in the first.
    Those with most pauses are divided first, so that neither half has all of them.

    Args:
        turns: how many turns each recording has.
        pauses: how many pauses are within these.
    """
    if len(turns) == 1:
        middle = turns[0] // 2
        return [[range(middle), range(middle, turns[0])]]
    sizes = [0, 0]
    found = [[range(0), range(0)] for _ in turns]
    for number in sorted(range(len(turns)), key=lambda each: (-pauses[each], -turns[each])):
        half = 0 if sizes[0] <= sizes[1] else 1
        sizes[half] += turns[number] + pauses[number]
        found[number][half] = range(turns[number])
    return found


def _paths(folders: Sequence[Path]) -> list[Path]:
    paths: dict[Path, Path] = {}
    for folder in folders:
        inside = (
            [] if (folder / EVENTS).exists() else sorted(path.parent for path in folder.glob(f"*/{EVENTS}"))
        )
        for path in inside or [folder]:
            paths.setdefault(path.resolve(), path)
    return list(paths.values())


def _unusable(recording: Recording) -> str:
    """Return why settings cannot be tried on a recording; empty if they can."""
    if "text" in recording.header.get("left_out", ()):
        return "recorded without text, so that no detector can read what was said"
    try:
        sound = recording.sound
    except RecordingError as error:
        return str(error).removeprefix(f"{recording.folder / SOUND}: ")
    if sound is None:
        reason = "its sound is empty" if recording.is_sound_empty else "its sound is missing"
        if recording.header.get("sound") is None:
            reason = "recorded without sound"
        return f"{reason}, so that pauses cannot be heard again"
    if not any(isinstance(each, UserSpeechStarted) for each in recording.events()):
        return "nobody speaks in this recording"
    return ""


def _none(left_out: Sequence[str]) -> str:
    if len(left_out) == 1:
        return left_out[0]
    return f"none of the {len(left_out)} recordings can be used; {left_out[0]}"


def _refuse_different_bots(recordings: Sequence[Recording]) -> None:
    bots: dict[tuple[str, str], Recording] = {}
    for each in recordings:
        bots.setdefault((each.name, str(each.header.get("language", ""))), each)
    if len(bots) > 1:
        (one, first), (other, second) = list(bots.items())[:2]
        raise ReplayError(
            f"recordings of different bots: {first.folder} is of {one[0]} ({one[1]}), {second.folder} is "
            f"of {other[0]} ({other[1]}); give those of one"
        )
