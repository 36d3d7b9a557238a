"""What `voicebot tune` finds on natural speech.

    python tests/benchmarks/tuning.py LABELLED DIR [--config CONFIG]

LABELLED holds labelled natural speech, as `natural_points` describes it. Unless DIR exists, one conversation
is recorded there for each of its files, in virtual time: the speaker says each turn whose end is labelled,
with its own pauses, and leaves the bot five seconds to answer. The words are those of the labels, in lower
case and without punctuation, spread evenly between its points; a chat model takes 0.25 s, and a voice 0.1 s.

Then `tune` tries all settings once. First comes what the command prints for those of the config; then, for
each of the others, what it says if these are the present ones, and what a turn costs less on the half that
the settings were not chosen on.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from labelled_clips import RATE
from natural_points import Point, Recording, read_recordings
from recorded_talk import CONFIGS, CountedRecognition, in_virtual_time, recorded

from voicebot import AudioFormat, BotConfig, Hints, Options, Recognition, Recognizer, load_config
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, ScriptedUser
from voicebot_replay.tuning import Recommendation, tune, usable_recordings
from voicebot_replay.tuning.lines import tuned_lines
from voicebot_replay.tuning.recommendation import recommend
from voicebot_replay.tuning.tune import CUT_OFF_COST, LEAST

FORMAT = AudioFormat(RATE)
FRAME = FORMAT.bytes_in(0.02)
LEAD, FOR_THE_ANSWER = 0.5, 5.0
"""Seconds of sound before a turn, and from its end to what follows."""
HEARD_AFTER = 0.3
"""Seconds from the beginning of a word until it is recognised, at most."""
_PUNCTUATION = re.compile(r"[^\w\s'’]")


class Speaker(ScriptedUser):
    """Says the turns of a recording whose ends are known."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[float, str]] = []
        """When each word can be recognised, in seconds of the conversation."""

    async def tells(self, recording: Recording) -> None:
        for points in turns_of(recording):
            begins, end = max(0.0, points[0].turn_begins - LEAD), points[-1]
            now = self.conversation.clock.now()
            self.words += [(now + at - begins, word) for at, word in timed_words(points)]
            sound = recording.sound[FORMAT.bytes_in(begins) : FORMAT.bytes_in(end.at)]
            quiet = recording.sound[FORMAT.bytes_in(end.at) : FORMAT.bytes_in(end.quiet_until)] or bytes(2)
            size = FORMAT.bytes_in(FOR_THE_ANSWER)
            sound += (quiet * -(-size // len(quiet)))[:size]
            self._frames.extend(
                sound[at : at + FRAME].ljust(FRAME, b"\0") for at in range(0, len(sound), FRAME)
            )
            await self.waits(FORMAT.seconds_in(len(sound)))


def turns_of(recording: Recording) -> list[list[Point]]:
    """Return the points of each turn whose end is known, in order."""
    turns: dict[float, list[Point]] = {}
    for point in recording.points:
        turns.setdefault(point.turn_begins, []).append(point)
    return [points for _, points in sorted(turns.items()) if points[-1].kind == "end"]


def timed_words(points: Sequence[Point]) -> list[tuple[float, str]]:
    """Return when each word of a turn can be recognised, in seconds of its recording."""
    found: list[tuple[float, str]] = []
    begins = points[0].turn_begins
    for point in points:
        words = _PUNCTUATION.sub("", point.words).lower().split()[len(found) :]
        each = (point.at - begins) / max(1, len(words))
        found += [
            (begins + each * number + min(each, HEARD_AFTER), word) for number, word in enumerate(words)
        ]
        begins = point.quiet_until
    return found


class TimedRecognition(CountedRecognition):
    """Hears each word when it has been said."""

    def __init__(self, user: Speaker) -> None:
        super().__init__(0.1)
        self._user, self._given = user, 0

    def heard(self, audio: bytes) -> list[str]:
        return self._said()[self._given :]

    def settle(self) -> list[str]:
        said, given = self._said(), self._given
        self._given = len(said)
        return said[given:]

    def _said(self) -> list[str]:
        now = self._user.conversation.clock.now()
        return [word for at, word in self._user.words if at <= now + 0.01]


class TimedRecognizer(Recognizer[Options]):
    input_format = FORMAT

    def __init__(self, user: Speaker) -> None:
        super().__init__(Options())
        self._user = user

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield TimedRecognition(self._user)


async def talk(recording: Recording, folder: Path, config: BotConfig) -> None:
    """Record one conversation."""
    user = Speaker()
    providers = {
        "recognizer": TimedRecognizer(user),
        "chat": ScriptedChatModel(["I see."] * 200, first_token=0.25),
        "synthesizer": ScriptedSynthesizer(first_byte=0.1),
    }
    async with recorded(folder, config, user, **providers):
        await user.tells(recording)


def described(found: Recommendation) -> str:
    """Return what is recommended in one line, with the figures of the half that it was not chosen on."""
    before, after, saves = found.before, found.after, found.saves
    if before is None or after is None or saves is None:
        return found.verdict
    low, high = saves.interval
    return (
        f"{found.verdict:<11} {found.best!s:<26} {before.cut_off} -> {after.cut_off} of {after.turns} cut, "
        f"median {before.median_wait:.2f} -> {after.median_wait:.2f} s, "
        f"{-saves.seconds:.2f} s [{-high:.2f}, {-low:.2f}] less"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", metavar="LABELLED", type=Path)
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--config", type=Path, default=CONFIGS / "offline.yaml")
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    if not arguments.folder.exists():
        for recording in read_recordings(arguments.labelled):
            if turns_of(recording):
                in_virtual_time(talk(recording, arguments.folder, config))
    recordings, left_out = usable_recordings([arguments.folder])
    print(*left_out, sep="\n", file=sys.stderr)
    begun = time.process_time()
    tuned = tune(recordings, config, progress=lambda done, of: print(done, of, end="\r", file=sys.stderr))
    took = time.process_time() - begun
    print(*tuned_lines(tuned, str(arguments.config)), sep="\n")
    print(*tuned.warnings[-3:], sep="\n", file=sys.stderr)
    seconds = sum(each.seconds for each in recordings) * len(tuned.tried)
    print(f"\n{seconds / took:.0f} times real time ({seconds:.0f} s in {took:.0f} s of processor time)\n")
    for number, each in enumerate(tuned.tried):
        rest = [*tuned.tried[:number], *tuned.tried[number + 1 :]]
        print(f"{each.settings!s:<28}{described(recommend([each, *rest], CUT_OFF_COST, LEAST))}")


if __name__ == "__main__":
    main()
