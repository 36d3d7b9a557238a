"""A voice whose sound comes when it came then, and is as long."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from voicebot import (
    AudioChunk,
    AudioFormat,
    Options,
    ProviderError,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)
from voicebot_replay.exchanges import MARGIN, Exchange, typical
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.speech_stream import ReplayedSpeech, first_sound, sound_bytes, spoken_text
from voicebot_replay.providers.unrecorded import Unrecorded

_FIRST_SOUND, _PER_CHARACTER = 0.2, 0.065
"""Seconds to the first sound, and of sound for each character, if none was recorded."""
_JOINED = 0.05
"""Seconds from the first of some chunks within which the others are given with it."""
_SHORTEST = 0.1
"""Seconds of sound that a text has at least."""


class ReplayedSynthesizer(Synthesizer[Options]):
    """Speaks as long as the recorded speech of the same text, after the same delays.

    Text that was not spoken then, or not to its end, is silence, as long as its characters took elsewhere.

    Args:
        recorded: the requests of the recording.
        audio: the format of its sound.
    """

    def __init__(
        self, recorded: Sequence[Exchange], audio: AudioFormat, clock: ReplayClock, unrecorded: Unrecorded
    ) -> None:
        super().__init__(Options())
        self.output_format = audio
        self.clock = clock
        self._unrecorded = unrecorded
        self._recorded = recorded
        self._by_text: dict[str, list[Exchange]] = {}
        for each in recorded:
            self._by_text.setdefault(spoken_text(each), []).append(each)
        for found in self._by_text.values():
            found.sort(key=lambda each: 0 if each.is_complete else 1 / (1 + sound_bytes(each)))
        complete = [each for each in recorded if each.is_complete and sound_bytes(each) and spoken_text(each)]
        characters = sum(len(spoken_text(each)) for each in complete)
        seconds = audio.seconds_in(sum(map(sound_bytes, complete)))
        self._per_character = seconds / characters if characters else _PER_CHARACTER
        self._first_sound = typical([each for each in map(first_sound, complete) if each], _FIRST_SOUND)
        self._streams = any(isinstance(each.question, StreamedUtterance) for each in recorded)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the sound of an utterance."""
        async for event in self._speech(utterance, self.clock.now()):
            yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a stream, if the recorded voice took text while it was written."""
        return self._open() if self._streams else None

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[SpeechStream, None]:
        yield ReplayedSpeech(self._recorded, self.clock, self.estimate, self.count)

    async def _speech(self, utterance: Utterance, begun: float) -> AsyncGenerator[SynthesisEvent, None]:
        text = utterance.text
        found = self._by_text.get(text)
        if found is None:
            if utterance.conversation:  # lines that are prepared for all conversations are not recorded
                self.count()
            first_sound, silence = self.estimate(text, 0)
            await self.clock.until(begun + first_sound)
            yield AudioChunk(silence)
            return
        exchange = _taken(found, begun)
        size = 0
        for at, answer in _joined(exchange):
            await self.clock.until(begun + at - exchange.at)
            size += len(answer.audio) if isinstance(answer, AudioChunk) else 0
            yield answer
        if exchange.is_complete:
            return
        await self.clock.until(begun + exchange.seconds)
        if exchange.failure:
            raise ProviderError(exchange.failure)
        _, rest = self.estimate(text, size)
        if rest:
            yield AudioChunk(rest)

    def estimate(self, text: str, said: int) -> tuple[float, bytes]:
        """Return the usual seconds to the first sound, and the likely rest of a text's sound.

        Args:
            said: bytes of its sound that are known.
        """
        whole = self.output_format.bytes_in(max(_SHORTEST, self._per_character * len(text)))
        return self._first_sound, bytes(max(0, whole - said))

    def count(self) -> None:
        """Count a text that was not spoken then."""
        self._unrecorded.add("synthesizer")


def _taken(found: list[Exchange], begun: float) -> Exchange:
    """Return the request of the same text that was made at that second, or else the first; each once.

    Those that are not complete, or the last, are taken again and again.
    """
    nearest = min(found, key=lambda each: abs(each.at - begun))
    exchange = nearest if abs(nearest.at - begun) < MARGIN else found[0]
    if len(found) > 1 and exchange.is_complete:
        found[:] = [each for each in found if each is not exchange]
    return exchange


def _joined(exchange: Exchange) -> Iterator[tuple[float, Any]]:
    """Yield the answers with their times; chunks that came at about the same time are one, for speed."""
    first, audio = 0.0, b""
    for each in exchange.answers:
        answer = each.answer
        if audio and not (isinstance(answer, AudioChunk) and each.at < first + _JOINED):
            yield first, AudioChunk(audio)
            audio = b""
        if isinstance(answer, AudioChunk):
            first, audio = (each.at if not audio else first), audio + answer.audio
        else:
            yield each.at, answer
    if audio:
        yield first, AudioChunk(audio)
