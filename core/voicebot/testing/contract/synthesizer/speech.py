"""A voice's speech: its events, each checked."""

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
    """What a voice said: its sound, the sizes of its chunks, and its word timings."""

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
        """Audible seconds; all seconds if none is audible, as in scripted sound."""
        return loudness.audible_seconds(bytes(self.sound), self.format) or self.seconds

    @property
    def is_cut_off(self) -> bool:
        """Whether the sound ends in the middle of loud speech."""
        return loudness.is_cut_off(bytes(self.sound), self.format)

    def add(self, event: SynthesisEvent) -> None:
        """Check an event, and add it."""
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
        """Require that no chunk splits a sample."""
        odd = [size for size in self.chunks if size % BYTES_PER_SAMPLE]
        expect(
            not odd, "chunks of whole s16le samples, an even number of bytes", f"chunks of {odd[:3]} bytes"
        )

    def keeps_pace(self, least: float, most: float) -> None:
        """Require a pace in characters per second that voices have."""
        pace = len(self.text) / self.seconds if self.seconds else math.inf
        rate = self.format.rate
        hint = "; if this is intended, set `pace` of the class or `--pace` of `voicebot check-plugin`"
        if pace > most and self.seconds:
            hint = f", as if half the text were missing or the rate were {rate // 2} Hz{hint}"
        elif pace < least:
            hint = f", as if the text were said twice or the rate were {rate * 2} Hz{hint}"
        expect(
            least <= pace <= most,
            f"{len(self.text) / most:.1f} to {len(self.text) / least:.1f} s of sound for {len(self.text)} "
            f"characters, {least:g} to {most:g} per second (`pace`)",
            f"{self.seconds:.2f} s at {rate} Hz, {pace:.1f} characters per second{hint}",
        )

    def is_as_long_as(self, other: Speech, least: float, most: float) -> None:
        """Require that it takes `least` to `most` times as long per character as another speech."""
        wanted = other.seconds * len(self.text) / len(other.text)
        expect(
            least * wanted <= self.seconds <= most * wanted,
            f"{least * wanted:.1f} to {most * wanted:.1f} s of sound for {len(self.text)} characters, "
            f"because {len(other.text)} take {other.seconds:.1f} s",
            f"{self.seconds:.2f} s",
        )

    def is_that_of(self, other: Speech, when: str, *, alike: bool) -> None:
        """Require the same speech as another: the same bytes if the voice is `alike`, else its length."""
        close = abs(self.seconds - other.seconds) <= 0.1 * other.seconds + 0.3
        expect(
            self.sound == other.sound if alike else close,
            f"{other.seconds:.2f} s of sound, the same as {when}",
            f"{self.seconds:.2f} s" + (", but other sound" if close else ""),
        )

    def times_words_within(self, *, whole: bool = True) -> None:
        """Require that word timings are in order, within the sound, and of `whole` words of the text."""
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
                "word timings of whole words, counted in Python's characters, not in UTF-16 or bytes",
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
    """Return whether a position is inside a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


async def skip_to_first_sound(events: AsyncIterator[SynthesisEvent]) -> None:
    """Consume events up to the first sound, or to the end if there is none."""
    async for event in events:
        record_progress()
        if isinstance(event, AudioChunk) and event.audio:
            return


async def collect(
    events: AsyncIterator[SynthesisEvent], speech: Speech, midway: Callable[[], None]
) -> Speech:
    """Add all events to a speech; call `midway` at the first sound."""
    async for event in events:
        first = not speech.size
        speech.add(event)
        if first and speech.size:
            midway()
    return speech
