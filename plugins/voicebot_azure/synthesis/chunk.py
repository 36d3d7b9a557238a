"""One piece of an utterance: from what the service sends to what the engine is given."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot import AudioChunk, AudioFormat, SynthesisEvent, WordTiming
from voicebot_azure.synthesis.trimming import KEPT, SilenceTrimmer

_WINDOW = 80  # characters; a word that was spelt out is not looked for in the rest of the text


class SpokenPiece:
    """Trims the end's silence, and finds the words that are spoken in the text.

    Args:
        text: the piece.
        first: where in the utterance it begins.
        begun: seconds of the utterance's sound before it.
        pause: seconds of silence it shall end with; None for as little as sounds natural.
    """

    def __init__(
        self, format: AudioFormat, text: str, *, first: int, begun: float, pause: float | None
    ) -> None:
        self._text = text
        self._first = first
        self._begun = begun
        self._pause = pause
        self._trimmer = SilenceTrimmer(format, KEPT if pause is None else pause)
        self._position = self._missed = 0
        self._early: list[WordTiming] = []
        """Timings for which no sound has come; without sound the piece may be asked for again."""

    def add(self, text: str) -> None:
        """Take more text, where it is still being written."""
        self._text += text

    def word(self, word: str, seconds: float) -> None:
        """Take a word that is spoken `seconds` into the piece; one that the text has not is left out."""
        limit = self._position + len(word) + _WINDOW + self._missed
        place = self._text.find(word, self._position, limit) if word else -1
        if place < 0:
            self._missed += len(word)  # what is spelt out may be longer than the window
        else:
            self._missed = 0
            self._position = place + len(word)
            self._early.append(WordTiming(self._first + place, len(word), self._begun + seconds))

    def sound(self, audio: bytes) -> Iterator[SynthesisEvent]:
        """Take sound and give what can be played."""
        if ready := self._trimmer.write(audio):
            yield from self._timings()
            yield AudioChunk(ready)

    def end(self) -> Iterator[SynthesisEvent]:
        """Give what is left when the service is done."""
        yield from self._timings()
        if self._pause is not None and (silence := self._trimmer.pad()):
            yield AudioChunk(silence)

    def _timings(self) -> list[WordTiming]:
        timings, self._early = self._early, []
        return timings
