"""What the engine and audio devices exchange."""

from __future__ import annotations

from typing import Literal, TypeAlias

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable
from voicebot.messages.turn_control import TurnControl


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line that was typed instead of spoken; it is a whole turn."""

    text: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device was lost while in use; the stream waits for it to come back."""

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class DeviceReopened:
    """The device is back, and the stream goes on."""

    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", encodable(self.message))


@dataclass(frozen=True, slots=True)
class PlaybackCorrected:
    """What was cleared last had been played for that many `seconds` more than `played` said then, or less if
    negative: for a device that learns later, such as from a client, what was heard. `played` stays as it is.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A microphone or speaker that a device can use; `default` marks those that are used by default."""

    index: int
    name: str
    direction: Literal["input", "output"]
    default: bool = False
    monitor: bool = False
    """Whether it is not a microphone but a sound server's recording of what a speaker plays."""


DeviceEvent: TypeAlias = bytes | TypedLine | DeviceLost | DeviceReopened | PlaybackCorrected | TurnControl
