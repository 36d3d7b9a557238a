"""What is at the other end of a call: it plays what it gets, and says when it did."""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections import deque

from voicebot_serve.g711 import MULAW

RATE = 8000
SILENCE = b"\xff"


class Phone(ABC):
    """Plays the sound of messages in real time by a clock that it is told; no socket in it.

    `heard` is what came out of the earpiece since the call began, as s16le in the format of the call.
    """

    def __init__(self) -> None:
        self._queue = deque[bytes | str]()
        self._heard = bytearray()
        self.problems: list[str] = []

    @property
    def heard(self) -> bytes:
        return bytes(self._heard)

    @property
    def is_silent(self) -> bool:
        return not any(isinstance(each, bytes) for each in self._queue)

    @abstractmethod
    def start(self, parameters: dict[str, str]) -> list[str]:
        """Return the messages that begin a call."""

    @abstractmethod
    def speak(self, audio: bytes) -> str | bytes:
        """Return the message with the caller's sound."""

    @abstractmethod
    def press(self, digit: str) -> str:
        """Return the message of a key."""

    @abstractmethod
    def receive(self, message: str | bytes) -> list[str]:
        """Take a message of the bot; return the answers."""

    @abstractmethod
    def play(self, seconds: float) -> list[str]:
        """Let time pass; return the messages about marks that were reached."""

    def _reached(self) -> list[str]:
        answers = []
        while self._queue and isinstance(self._queue[0], str):
            answers.append(self._marked(str(self._queue.popleft())))
        return answers

    @abstractmethod
    def _marked(self, name: str) -> str: ...


class SimulatedPhone(Phone):
    """A call by Twilio; its sound is s16le at 8000 Hz."""

    def __init__(self) -> None:
        super().__init__()
        self._played = 0.0

    @property
    def heard(self) -> bytes:
        return MULAW.decode(bytes(self._heard))

    def start(self, parameters: dict[str, str]) -> list[str]:
        media = {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1}
        start = {
            "accountSid": "AC0",
            "streamSid": "MZ0",
            "callSid": "CA0",
            "tracks": ["inbound"],
            "mediaFormat": media,
            "customParameters": parameters,
        }
        return [
            json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}),
            json.dumps({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": "MZ0"}),
        ]

    def speak(self, audio: bytes) -> str:
        payload = base64.b64encode(MULAW.encode(audio)).decode()
        media = {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": payload}
        return json.dumps({"event": "media", "sequenceNumber": "2", "media": media, "streamSid": "MZ0"})

    def press(self, digit: str) -> str:
        dtmf = {"track": "inbound_track", "digit": digit}
        return json.dumps({"event": "dtmf", "streamSid": "MZ0", "sequenceNumber": "3", "dtmf": dtmf})

    def receive(self, message: str | bytes) -> list[str]:
        parsed = json.loads(message)
        if parsed.get("streamSid") != "MZ0":
            self.problems.append(f"a message for the stream {parsed.get('streamSid')!r}")
        match parsed["event"]:
            case "media":
                self._queue.append(base64.b64decode(parsed["media"]["payload"], validate=True))
            case "mark":
                self._queue.append(parsed["mark"]["name"])
            case "clear":  # open marks come back as if they had been played
                names = [each for each in self._queue if isinstance(each, str)]
                self._queue.clear()
                return [self._marked(name) for name in names]
            case other:
                self.problems.append(f"an event {other!r} that Twilio does not know")
        return self._reached()

    def play(self, seconds: float) -> list[str]:
        self._played += seconds
        missing = round(self._played * RATE) - len(self._heard)
        answers: list[str] = []
        while missing > 0:
            answers += self._reached()
            if not self._queue:
                self._heard += SILENCE * missing
                break
            piece = self._queue.popleft()
            assert isinstance(piece, bytes)
            self._heard += piece[:missing]
            if piece[missing:]:
                self._queue.appendleft(piece[missing:])
            missing -= len(piece[:missing])
        return answers + self._reached()

    def _marked(self, name: str) -> str:
        mark = {"event": "mark", "sequenceNumber": "4", "streamSid": "MZ0", "mark": {"name": name}}
        return json.dumps(mark)
