"""Listening to a voice: its events checked one by one, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from voicebot.audio import BYTES_PER_SAMPLE, AudioFormat
from voicebot.messages import AudioChunk, Notice, SynthesisEvent, WordTiming
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.synthesizer import loudness

_SLACK = 0.5


@dataclass
class Speech:
    """What a voice said: its sound in bytes, its chunks, the words that it timed."""

    format: AudioFormat
    text: str = ""
    sound: bytearray = field(default_factory=bytearray, repr=False)
    chunks: list[int] = field(default_factory=list)
    words: list[WordTiming] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of sound so far."""
        return len(self.sound)

    @property
    def seconds(self) -> float:
        """Seconds of sound so far."""
        return self.format.seconds_in(self.size)

    @property
    def spoken(self) -> float:
        """Seconds in which there is something to hear; all of them where nothing is, as in scripted sound."""
        return loudness.audible_seconds(bytes(self.sound), self.format) or self.seconds

    @property
    def is_cut_off(self) -> bool:
        """Whether the sound ends in the midst of loud speech."""
        return loudness.is_cut_off(bytes(self.sound), self.format)

    def add(self, event: SynthesisEvent) -> None:
        """Take note of an event that is as it should be."""
        record_progress()
        match event:
            case AudioChunk(audio=bytes(audio)):
                self.chunks.append(len(audio))
                self.sound += audio
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

    def keeps_pace(self, least: float, most: float) -> None:
        """Insist that as many characters are spoken in a second as voices speak."""
        pace = len(self.text) / self.seconds if self.seconds else math.inf
        rate = self.format.rate
        told = "; if it is meant to be so, set `pace` of the class or `--pace` of `voicebot check-plugin`"
        if pace > most and self.seconds:
            told = f", as half the text would last, or sound of {rate // 2} Hz{told}"
        elif pace < least:
            told = f", as the text twice would last, or sound of {rate * 2} Hz{told}"
        expect(
            least <= pace <= most,
            f"{len(self.text) / most:.1f} to {len(self.text) / least:.1f} s of sound for {len(self.text)} "
            f"characters, {least:g} to {most:g} a second (`pace`)",
            f"{self.seconds:.2f} s at {rate} Hz, {pace:.1f} characters a second{told}",
        )

    def is_as_long_as(self, other: Speech, least: float, most: float) -> None:
        """Insist that it takes a part of the time, for each character, that another speech takes."""
        wanted = other.seconds * len(self.text) / len(other.text)
        expect(
            least * wanted <= self.seconds <= most * wanted,
            f"{least * wanted:.1f} to {most * wanted:.1f} s of sound for {len(self.text)} characters, "
            f"because {len(other.text)} take {other.seconds:.1f} s",
            f"{self.seconds:.2f} s",
        )

    def is_that_of(self, other: Speech, when: str, *, alike: bool) -> None:
        """Insist that it is what the voice said `when`: to the byte where it speaks twice `alike`."""
        close = abs(self.seconds - other.seconds) <= 0.1 * other.seconds + 0.3
        expect(
            self.sound == other.sound if alike else close,
            f"{other.seconds:.2f} s of sound, the same as {when}",
            f"{self.seconds:.2f} s" + (", and not the same" if close else ""),
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


async def skip_to_first_sound(events: AsyncIterator[SynthesisEvent]) -> None:
    """Listen to the first sound, or to the end where there is none."""
    async for event in events:
        record_progress()
        if isinstance(event, AudioChunk) and event.audio:
            return


async def heard(events: AsyncIterator[SynthesisEvent], speech: Speech, midway: Callable[[], None]) -> Speech:
    """Listen to the end; call `midway` at the first sound."""
    async for event in events:
        first = not speech.size
        speech.add(event)
        if first and speech.size:
            midway()
    return speech
