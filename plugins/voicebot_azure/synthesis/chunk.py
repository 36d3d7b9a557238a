"""One chunk of an utterance's text: from what the service sends to what the engine gets."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot import AudioChunk, AudioFormat, SynthesisEvent, WordTiming
from voicebot_azure.synthesis.trimming import DEFAULT_TAIL, SilenceTrimmer

_SEARCH_WINDOW = 80
"""Characters in which to look for a word: one that was spelt out must not be found much later in the text."""


class SpokenChunk:
    """Trims the silence at the end, and locates the spoken words in the text.

    Args:
        text: the text of the chunk.
        offset: where in the utterance's text it begins.
        start: seconds of the utterance's audio before it.
        pause: seconds of silence to end with; None for as little as sounds natural.
    """

    def __init__(
        self, format: AudioFormat, text: str, *, offset: int, start: float, pause: float | None
    ) -> None:
        self._text = text
        self._offset = offset
        self._start = start
        self._pause = pause
        self._trimmer = SilenceTrimmer(format, DEFAULT_TAIL if pause is None else pause)
        self._position = self._unlocated = 0
        self._pending_timings: list[WordTiming] = []
        """Timings before their audio: a chunk without audio may be asked for again."""

    def append(self, text: str) -> None:
        """Add text that has been written since."""
        self._text += text

    def add_word(self, word: str, seconds: float) -> None:
        """Locate a word that begins `seconds` into the chunk; a word that is not in the text is ignored."""
        limit = self._position + len(word) + _SEARCH_WINDOW + self._unlocated
        place = self._text.find(word, self._position, limit) if word else -1
        if place < 0:
            self._unlocated += len(word)  # something spelt out may be longer than the window
        else:
            self._unlocated = 0
            self._position = place + len(word)
            timing = WordTiming(self._offset + place, len(word), self._start + seconds)
            self._pending_timings.append(timing)

    def add_audio(self, audio: bytes) -> Iterator[SynthesisEvent]:
        """Yield what can be played now that `audio` has arrived."""
        if ready := self._trimmer.write(audio):
            yield from self._timings()
            yield AudioChunk(ready)

    def finish(self) -> Iterator[SynthesisEvent]:
        """Yield what is left once the service has finished."""
        yield from self._timings()
        if self._pause is not None and (silence := self._trimmer.padding()):
            yield AudioChunk(silence)

    def _timings(self) -> list[WordTiming]:
        timings, self._pending_timings = self._pending_timings, []
        return timings
