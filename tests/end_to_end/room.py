"""A room in virtual time: a loudspeaker, walls, and a microphone that hears both the bot and the user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import numpy

from voicebot import (
    AudioChunk,
    AudioFormat,
    DeviceEvent,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    Recognizer,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)
from voicebot.testing import ScriptedUser
from voicebot.testing.scripted import FRAME_SECONDS, MICROPHONE, SPEAKER, ScriptedRecognition

_FRAME = round(FRAME_SECONDS * MICROPHONE.rate)
_REFLECTIONS, _DECAY = 24, 0.08
"""How many times the walls reflect a sound, and the seconds in which it decays to a third."""
_LOUD = 100.0
"""Root mean square above which a recogniser takes a frame for speech."""
_FIRST_WORD = 0.3
"""Seconds of sound after which a recogniser reports a first word."""


class Room(ScriptedUser):
    """Plays what the bot says, and lets the microphone hear its reflections along with the user.

    Args:
        decibels: the level of the echo, relative to what is played.
        delay: seconds from the speaker to the microphone, as a function of the second.
        lost: the seconds at which the microphone loses 40 ms of sound.
        stalls: the seconds from which the microphone's sound is delayed, and for how long.
    """

    def __init__(
        self,
        decibels: float,
        delay: Callable[[float], float] = lambda at: 0.12,
        lost: Sequence[float] = (),
        stalls: Sequence[tuple[float, float]] = (),
    ) -> None:
        super().__init__()
        self._gain = 10 ** (decibels / 20)
        self._delay = delay
        self._lost = list(lost)
        self._stalls = list(stalls)
        self._held: list[bytes] = []
        self._random = numpy.random.default_rng(1)
        self._air = numpy.zeros(SPEAKER.rate * 120, numpy.float32)
        self._walls = [(0.0, 1.0)]
        for late in sorted(self._random.exponential(_DECAY, _REFLECTIONS)):
            self._walls.append((late, self._random.choice((-0.3, 0.3)) * numpy.exp(-late / _DECAY)))
        self._said: list[bytes] = []

    def speaks(self, sound: bytes) -> float:
        """Start to say sound at 16 kHz; return how many seconds that takes."""
        size = 2 * _FRAME
        self._said += [sound[start : start + size].ljust(size, b"\0") for start in range(0, len(sound), size)]
        return MICROPHONE.seconds_in(len(sound))

    async def write(self, audio: bytes) -> None:
        """Play."""
        at = round(max(self._played_until, self._loop.time()) * SPEAKER.rate)
        samples = numpy.frombuffer(audio, "<i2")
        self._air[at : at + len(samples)] = samples
        await super().write(audio)

    def clear(self) -> None:
        """Stop playing at once."""
        self._air[round(self._loop.time() * SPEAKER.rate) :] = 0
        super().clear()

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        async for event in super().__aiter__():
            if not isinstance(event, bytes):
                yield event
                continue
            now = self._loop.time()
            heard = self._echo(now) * self._gain + self._random.normal(scale=3.0, size=_FRAME)
            if self._said:
                heard += numpy.frombuffer(self._said.pop(0), "<i2")
            if self._lost and now >= self._lost[0]:
                if now >= self._lost[0] + 0.04:
                    self._lost.pop(0)
                continue
            self._held.append(heard.clip(-32768, 32767).astype("<i2").tobytes())
            if self._stalls and now >= self._stalls[0][0]:
                if now < sum(self._stalls[0]):
                    continue
                self._stalls.pop(0)
            while self._held:
                yield self._held.pop(0)

    def _echo(self, now: float) -> numpy.ndarray:
        times = now - self._delay(now) + (numpy.arange(_FRAME) - _FRAME) / MICROPHONE.rate
        heard = numpy.zeros(_FRAME)
        size = round(FRAME_SECONDS * SPEAKER.rate) + 1
        for late, gain in self._walls:
            first = int((times[0] - late) * SPEAKER.rate)
            if first >= 0:
                part = self._air[first : first + size]
                heard += gain * numpy.interp(numpy.arange(_FRAME) * 1.5, numpy.arange(size), part)
        return heard


class RecordedVoice(Synthesizer[Options]):
    """A synthesizer whose sound is made by a function of the text.

    Args:
        say: returns the sound.
        sound: its format.
    """

    def __init__(self, say: Callable[[str], bytes], sound: AudioFormat = MICROPHONE) -> None:
        super().__init__(Options())
        self._say = say
        self.output_format = sound

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Speak."""
        audio = self._say(utterance.text)
        size = self.output_format.bytes_in(0.1)
        for start in range(0, len(audio), size):
            await asyncio.sleep(0.02)
            yield AudioChunk(audio[start : start + size])


class EagerRecognizer(Recognizer[Options]):
    """Recognises words in any sound, none of which were said."""

    input_format = MICROPHONE
    words = "did somebody say something here"

    def __init__(self) -> None:
        super().__init__(Options())

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Listen."""
        yield _EagerRecognition(self)  # type: ignore[arg-type]


class _EagerRecognition(ScriptedRecognition):
    def __init__(self, recognizer: EagerRecognizer) -> None:
        super().__init__(recognizer, Hints())  # type: ignore[arg-type]
        self._loud = 0

    async def write(self, audio: bytes) -> None:
        samples = numpy.frombuffer(audio, "<i2").astype(float)
        if not len(samples) or numpy.sqrt((samples**2).mean()) < _LOUD:
            return
        before, self._loud = self._loud, self._loud + len(samples)
        words_before, words_now = (int(size / MICROPHONE.rate / _FIRST_WORD) for size in (before, self._loud))
        if words_now > words_before:
            self.put(PartialTranscript(" ".join(EagerRecognizer.words.split()[:words_now])))

    async def commit(self) -> None:
        text = EagerRecognizer.words if self._loud > _FIRST_WORD * MICROPHONE.rate else ""
        self._loud = 0
        self.put(FinalTranscript(text), after=0.3)
