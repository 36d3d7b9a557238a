"""The work that every pipeline is measured on: a user, a model and a voice of exactly known delays.

The user's sound says by its first byte whether it is speech. The model writes sentences of fourteen words
and a full stop, a token each. The voice makes silence in proportion to the letters of what it is given, so
that a reply is equally long however it is cut. Nothing here knows what it is measured with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

FRAME_SECONDS = 0.02
HEARD_RATE = 16_000
SPOKEN_RATE = 24_000
FRAME_BYTES = round(HEARD_RATE * FRAME_SECONDS) * 2
SPOKEN_FRAME_BYTES = round(SPOKEN_RATE * FRAME_SECONDS) * 2
SILENT_FRAME = bytes(FRAME_BYTES)
SPEECH_FRAME = b"\x01" + bytes(FRAME_BYTES - 1)
QUESTION = "where is the parcel that I sent"
_SENTENCE = "on sunny days our garden gets watered early because every tomato plant needs it".split()
WORDS_IN_SENTENCE = len(_SENTENCE)
_NOISE = bytes(number * 37 % 61 if number % 2 == 0 else number * 7 % 11 for number in range(2 * SPOKEN_RATE))
_LETTERS = sum(len(word) for word in _SENTENCE) + 1


@dataclass(frozen=True)
class Work:
    """Delays in seconds, and how much there is to say.

    `instant` leaves out all delays, and with `audible` the voice is noise instead of silence.
    """

    first_token: float = 0.3
    tokens_per_second: float = 50.0
    first_byte: float = 0.15
    speed: float = 5.0
    sentences: int = 4
    sentence_seconds: float = 1.0
    chunk_seconds: float = 0.02
    instant: bool = False
    audible: bool = False

    @property
    def bound(self) -> float:
        """Seconds from final transcript to first sound when cutting at sentences, all else taking no time."""
        if self.instant:
            return 0.0
        return self.first_token + WORDS_IN_SENTENCE / self.tokens_per_second + self.first_byte

    def tokens(self) -> list[str]:
        """Return the model's reply."""
        first, *others = _SENTENCE
        sentence = [f" {first.capitalize()}", *(f" {word}" for word in others), "."]
        tokens = sentence * self.sentences
        return [tokens[0].lstrip(), *tokens[1:]]

    def sound_bytes(self, text: str) -> int:
        """Return how many bytes of sound `text` becomes."""
        letters = sum(1 for character in text if not character.isspace())
        return round(letters / _LETTERS * self.sentence_seconds * SPOKEN_RATE) * 2

    @property
    def reply_bytes(self) -> int:
        """Bytes of sound that make a whole reply; a cut may cost a sample, so a little less than all."""
        return int(self.sound_bytes("".join(self.tokens())) * 0.98)


@dataclass
class Marks:
    """What was seen of one session, and when (`time.perf_counter`)."""

    frames: int = 0
    speech_started: float | None = None
    final: float | None = None
    cpu_at_final: float = 0.0
    first_sound: float | None = None
    latest_sound: float = 0.0
    arrived: int = 0
    audible: float | None = None
    audible_before_final: float | None = None
    played: int = 0
    requests: list[str] = field(default_factory=list)
    chat_cancelled: float | None = None
    voice_cancelled: float | None = None

    def user_finished(self) -> None:
        """Record that the final transcript is delivered now, which begins a new turn."""
        self.audible_before_final = self.audible
        self.first_sound = None
        self.arrived = self.played = 0
        self.requests = []
        self.cpu_at_final = time.process_time()
        self.final = time.perf_counter()

    def sound_arrived(self, size: int) -> None:
        """Record sound that reached the speaker."""
        self.latest_sound = time.perf_counter()
        if self.first_sound is None:
            self.first_sound = self.latest_sound
        self.arrived += size

    def sound_played(self, size: int) -> None:
        """Record sound that left the speaker."""
        self.audible = time.perf_counter()
        self.played += size

    @property
    def started_after(self) -> float:
        """Seconds from final transcript to first sound."""
        return (self.first_sound or 0.0) - (self.final or 0.0)


async def _wait_until(due: float, work: Work) -> None:
    if work.instant:
        await asyncio.sleep(0)
    elif (wait := due - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(wait)


async def write_reply(work: Work, marks: Marks) -> AsyncGenerator[str, None]:
    """Simulate the model."""
    begun = asyncio.get_running_loop().time() + work.first_token
    done = False
    try:
        for number, token in enumerate(work.tokens()):
            await _wait_until(begun + number / work.tokens_per_second, work)
            yield token
        done = True
    finally:
        if not done:
            marks.chat_cancelled = time.perf_counter()


async def speak(text: str, work: Work, marks: Marks) -> AsyncGenerator[bytes, None]:
    """Simulate the voice."""
    begun = asyncio.get_running_loop().time() + work.first_byte
    marks.requests.append(text)
    done = False
    try:
        left, number = work.sound_bytes(text), 0
        whole = round(work.chunk_seconds * SPOKEN_RATE) * 2
        while left > 0:
            await _wait_until(begun + number * work.chunk_seconds / work.speed, work)
            size = min(whole, left)
            left -= size
            number += 1
            yield _NOISE[:size] if work.audible else bytes(size)
        done = True
    finally:
        if not done:
            marks.voice_cancelled = time.perf_counter()


class Hearing:
    """Detects speech for the recogniser, frame by frame."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._speech = False

    def hear(self, frame: bytes) -> str:
        """Return `started` or `final` when speech starts or has ended with this frame, else nothing."""
        self._marks.frames += 1
        if frame[0]:
            if not self._speech:
                self._speech = True
                self._marks.speech_started = time.perf_counter()
                return "started"
        elif self._speech:
            self._speech = False
            return "final"
        return ""
