"""Listening to a voice: its events checked one by one, and what they add up to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from voicebot.audio import BYTES_PER_SAMPLE, AudioFormat
from voicebot.messages import AudioChunk, Notice, SynthesisEvent, WordTiming
from voicebot.testing.contract.check import Unmet, expect
from voicebot.testing.contract.progress import moved

_SLACK = 0.5
_QUICKEST, _SLOWEST = 0.02, 0.5
"""Seconds that a character takes, whoever speaks."""


@dataclass
class Speech:
    """What a voice said: its sound in bytes, its chunks, the words that it timed."""

    format: AudioFormat
    text: str = ""
    size: int = 0
    chunks: list[int] = field(default_factory=list)
    words: list[WordTiming] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Seconds of sound so far."""
        return self.format.seconds_in(self.size)

    def add(self, event: SynthesisEvent) -> None:
        """Take note of an event that is as it should be."""
        moved()
        match event:
            case AudioChunk(audio=bytes(audio)):
                self.chunks.append(len(audio))
                self.size += len(audio)
            case WordTiming():
                self.words.append(event)
            case Notice(message=str()):
                pass
            case _:
                raise Unmet("events of AudioChunk (with bytes), WordTiming and Notice", repr(event)[:200])

    def holds_whole_samples(self) -> None:
        """Insist that no chunk cuts a sample in two."""
        odd = [size for size in self.chunks if size % BYTES_PER_SAMPLE]
        expect(
            not odd, "chunks of whole s16le samples, an even number of bytes", f"chunks of {odd[:3]} bytes"
        )

    def lasts_as_long_as_its_text(self) -> None:
        """Insist that the sound is about as long as it takes to say the text."""
        least, most = _QUICKEST * len(self.text), _SLOWEST * len(self.text) + 2.0
        expect(
            least <= self.seconds <= most,
            f"between {least:.1f} and {most:.1f} s of sound for {len(self.text)} characters of text",
            f"{self.seconds:.2f} s at {self.format.rate} Hz",
        )

    def times_words_within(self, *, whole: bool = True) -> None:
        """Insist that the timed words are `whole` words of the text, in order, within the sound."""
        last: WordTiming | None = None
        for word in self.words:
            end = word.offset + word.length
            seen = f"{word} in a text of {len(self.text)} characters and {self.seconds:.2f} s"
            expect(
                word.offset >= 0 and word.length > 0 and end <= len(self.text),
                "word timings within the text, counted in characters",
                seen,
            )
            said = self.text[word.offset : end]
            expect(
                not whole
                or (
                    not said[0].isspace()
                    and not said[-1].isspace()
                    and not _cuts(self.text, word.offset)
                    and not _cuts(self.text, end)
                ),
                "word timings of whole words, counted in Python's characters and not in UTF-16 or bytes",
                f"{said!r}: {seen}",
            )
            expect(0 <= word.at <= self.seconds + _SLACK, "word timings within the sound", seen)
            expect(
                last is None or (last.offset <= word.offset and last.at <= word.at),
                "word timings in the order of the words",
                f"{word} after {last}",
            )
            last = word


def _cuts(text: str, at: int) -> bool:
    """Return whether a place is in the midst of a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


async def heard(events: AsyncIterator[SynthesisEvent], speech: Speech, midway: Callable[[], None]) -> Speech:
    """Listen to the end; call `midway` at the first sound."""
    async for event in events:
        first = not speech.size
        speech.add(event)
        if first and speech.size:
            midway()
    return speech
