"""What is different from one telephone carrier to the next: how it asks, and how its messages look."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeAlias, TypeVar

from voicebot import AudioFormat, Options

OptionsT = TypeVar("OptionsT", bound=Options)


@dataclass(frozen=True, slots=True)
class CarrierRequest:
    """A request of the carrier, or of somebody who pretends to be one.

    Attributes:
        url: as the carrier knows it, such as `https://bot.example.com/telephony/twilio`; of a WebSocket,
            with `wss` and without its query.
        headers: with lower-case names.
        form: the fields of the body, if it is a form.
        body: as it was sent, for carriers that send JSON or sign the bytes.
        query: what follows `?` in the address.
    """

    url: str
    headers: Mapping[str, str]
    form: Iterable[tuple[str, str]] = ()
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The carrier begins to stream a call; `parameters` are those that the answer named."""

    call: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallerAudio:
    """The caller's sound: s16le, in the stream's format."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class KeyPress:
    """The caller pressed a key of the telephone: 0 to 9, `*`, `#`, or A to D."""

    key: str


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    """The sound that was sent before a mark has been played, or was cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller hung up, or the carrier ended the stream."""


CallEvent: TypeAlias = CallStarted | CallerAudio | KeyPress | MarkPlayed | CallEnded


class CarrierMessageError(Exception):
    """A message that the carrier would not send; the text says what is wrong, and quotes nothing."""


class CallProtocol(ABC):
    """The messages of one call; no socket in it."""

    format: AudioFormat
    """Of the sound in both directions; what it is when `receive` has returned `CallStarted` counts."""
    frame: ClassVar[float] = 0.0
    """Seconds of sound that each message must hold; 0 if that is up to the sender."""

    @abstractmethod
    def receive(self, message: str | bytes) -> Iterable[CallEvent]:
        """Return what a message says; nothing if it does not matter.

        Raises:
            CarrierMessageError: it cannot be understood.
        """

    @abstractmethod
    def audio(self, audio: bytes) -> str | bytes:
        """Return the message that has the carrier play sound (s16le, after what it already has)."""

    @abstractmethod
    def clear(self) -> str | bytes | None:
        """Return the message that has the carrier fall silent; None if it cannot be told."""

    def mark(self, name: str) -> str | bytes | None:
        """Return the message that asks to be told when the sound so far was played; None if it cannot be."""
        return None


class Carrier(ABC, Generic[OptionsT]):
    """A telephone carrier; it is made once, and shared by all calls."""

    options_type: ClassVar[type[Options]]
    """The options under the carrier's name in the section `serve.telephony`."""

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    @abstractmethod
    def is_genuine(self, request: CarrierRequest) -> bool:
        """Return whether the carrier itself sent the request (a webhook, or the opening of a WebSocket)."""

    @abstractmethod
    def answer(self, request: CarrierRequest, stream_url: str) -> tuple[str, str]:
        """Return what answers the webhook for an incoming call, so that it is streamed to `stream_url`.

        Returns:
            The media type and the text.
        """

    @abstractmethod
    def call(self) -> CallProtocol:
        """Return the messages of a new call."""
