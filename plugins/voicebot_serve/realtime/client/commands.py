"""What the protocol wants done with the conversation, in order; the transport does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import DeviceEvent


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin the conversation: its formats are settled."""


@dataclass(frozen=True, slots=True)
class FinishSpeech:
    """The user's speech is over."""


@dataclass(frozen=True, slots=True)
class DiscardSpeech:
    """The user's speech was not said."""


@dataclass(frozen=True, slots=True)
class Instruct:
    """Replace the system message."""

    instructions: str


@dataclass(frozen=True, slots=True)
class OfferTools:
    """Offer the tools of the session's settings."""


@dataclass(frozen=True, slots=True)
class KeepOutput:
    """A call has a result, which is given to the chat model when a response is asked for."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class ReleaseOutputs:
    """Give the chat model the results that are kept."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove a message from the history."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class StoppedPlaying:
    """The client stopped at this position, in seconds of all sound that was sent."""

    position: float


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """The client plays this position now."""

    position: float


Command: TypeAlias = (
    DeviceEvent
    | Begin
    | FinishSpeech
    | DiscardSpeech
    | Instruct
    | OfferTools
    | KeepOutput
    | ReleaseOutputs
    | Forget
    | StoppedPlaying
    | NowPlaying
)
