"""A timeline: everything that differs between one conversation and another, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

Cue: TypeAlias = Literal["", "while the bot speaks", "when the bot is silent"]


@dataclass(frozen=True, slots=True)
class Says:
    """The user speaks; there may be no words (a cough, noise), or a backchannel."""

    words: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        what = f"says {' '.join(self.words)!r}" if self.words else "coughs"
        return f"user {what} for {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class Types:
    """A line is typed."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"user types {' '.join(self.words)!r}"


@dataclass(frozen=True, slots=True)
class DeviceFails:
    """The device is lost, and is back after `seconds`."""

    seconds: float

    def __str__(self) -> str:
        return f"device is lost for {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class Repeats:
    """The user repeats the bot's last word, like people who are asked to choose."""

    seconds: float = 0.4

    def __str__(self) -> str:
        return f"user says the bot's last word for {self.seconds:g} s"


RecogniserFault: TypeAlias = Literal[
    "breaks",
    "breaks in write",
    "leaks a cancellation",
    "ends by itself",
    "hangs in write",
    "hangs in commit",
    "hangs in opening",
    "refuses to open",
]


@dataclass(frozen=True, slots=True)
class RecogniserFails:
    """The recogniser's session fails; or, if it fails in opening, the next `times` sessions."""

    how: RecogniserFault
    times: int = 1

    def __str__(self) -> str:
        return f"recogniser {self.how}" + (f" {self.times} times" if self.times > 1 else "")


Act: TypeAlias = Says | Repeats | Types | DeviceFails | RecogniserFails


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens, `gap` seconds after the step before or, with a cue, after the cue."""

    gap: float
    act: Act
    cue: Cue = ""


ChatFault: TypeAlias = Literal[
    "", "fails", "leaks", "breaks", "hangs", "stalls", "slow", "empty", "refused", "taken back"
]
SynthesisFault: TypeAlias = Literal["", "fails", "leaks", "breaks", "hangs", "stalls", "silent"]
SecondLook: TypeAlias = Literal["", "shorter", "longer", "fails", "hangs"]
"""What a turn detector does when it is asked a second time; if empty, it gives the same answer again."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The setup of the bot, its providers and its device; the defaults are the plainest.

    A provider that leaks raises a `CancelledError` of its own. Tuples are indexed by the number of
    the call or the final; the last item is repeated.
    """

    live: bool = True
    detector: bool = True
    patience: float = 0.6
    prepare: Literal["eager", "pause", "off"] = "pause"
    interruptible: bool = True
    interruption: float = 0.7
    greeting: str = ""
    idle: float | None = None
    goodbye: bool = False
    mute: bool = False
    tone: bool = False
    short_first: bool = False
    frame: float = 0.02
    waits_first: bool = True
    """Whether the device waits for room before it queues a piece, or after."""
    streamed: bool = False
    piece: float = 0.1
    speed: float = 5.0
    first_byte: float = 0.15
    timings: bool = False
    first_token: float = 0.3
    sentences: int = 2
    chat_faults: tuple[ChatFault, ...] = ("",)
    synthesis_faults: tuple[SynthesisFault, ...] = ("",)
    finals: Literal["on commit", "by itself", "both"] = "on commit"
    final_delays: tuple[float, ...] = (0.1,)
    missing: int = 0
    """Which end of speech a recogniser that finds them itself misses; none when 0."""
    doubled: float | None = None
    """Seconds after which a final is repeated; never when None."""
    partials: Literal["all", "misheard", "behind", "none"] = "all"
    lag: float = 0.0
    closing: float = 0.0
    """Seconds that a session of the recogniser takes to close."""
    reports: bool = False
    """Whether the recogniser reports when speech starts and stops."""
    second_looks: tuple[SecondLook, ...] = ()
    """Without any, there is no turn detector."""
    marks: tuple[bool, ...] = ()
    """For each request that asks for it, whether the chat model says that the user has not finished."""

    @property
    def reports_end_of_speech(self) -> bool:
        """Whether the end of speech is reported."""
        return self.detector or self.reports or self.finals != "on commit"

    def differences(self) -> list[str]:
        """Return the differences from the defaults, as text."""
        plain = Setting()
        names = [each.name for each in fields(self)]
        return [
            f"{name}={getattr(self, name)!r}" for name in names if getattr(self, name) != getattr(plain, name)
        ]


End: TypeAlias = Literal["hangs up", "is cancelled", "loses its device for good"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """One conversation, from a setting to its end.

    `tail` are the seconds between the last step and the end; None waits until nothing more will happen.
    """

    setting: Setting = Setting()
    steps: tuple[Step, ...] = ()
    end: End = "hangs up"
    tail: float | None = None

    def __str__(self) -> str:
        lines = ["setting: " + (", ".join(self.setting.differences()) or "plain")]
        for step in self.steps:
            cue = f" {step.cue}," if step.cue else ""
            lines.append(f"{cue} after {step.gap:g} s: {step.act}".strip())
        end = f"user {self.end}" if self.end == "hangs up" else f"it {self.end}"
        when = "when nothing is left to come" if self.tail is None else f"after {self.tail:g} s"
        return "\n".join([*lines, f"{when}: {end}"])
