"""What turn detectors receive."""

from __future__ import annotations

from dataclasses import field

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TurnSoFar:
    """What is known about a user's turn when the user pauses, for a turn detector.

    `text` holds the words so far; unless `settled`, the last ones may still change or be missing. `asked` is
    what the bot said last. `pauses` are the pauses, in seconds, after which this user went on, most recent
    last. The turn ends after at least `earliest` and at most `latest` seconds of silence. `audio` is the
    latest sound of the turn up to the pause, in the detector's format, if the detector asks for sound.

    `silence` is how many seconds of silence have been heard in this pause. For a detector with
    `TurnDetector.second_look`, `audio` always ends with this silence.
    """

    text: str
    settled: bool
    language: str
    earliest: float
    latest: float
    asked: str = ""
    pauses: tuple[float, ...] = ()
    audio: bytes = field(default=b"", repr=False)
    silence: float = 0.0
