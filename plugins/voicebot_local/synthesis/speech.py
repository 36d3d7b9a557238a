"""The speech of one utterance, made step by step in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voicebot import AudioChunk, AudioFormat, Resampler, SynthesisEvent, WordTiming
from voicebot_local.synthesis.sound import PieceTrimmer, pcm
from voicebot_local.synthesis.text.pieces import Boundary, Piece, pieces
from voicebot_local.synthesis.text.spoken_text import SpokenText, Word, blocks, spoken_text
from voicebot_local.synthesis.text.word_alignment import word_starts
from voicebot_local.synthesis.voice import Voice
from voicebot_local.synthesis.voice_model import Frames

if TYPE_CHECKING:
    from onnxruntime import RunOptions

_FIRST_CHUNK, _LARGEST_CHUNK = 24, 160
"""Frames that are decoded at a time, of about 12 ms: few at first, since the first sound is waited for, then
twice as many each time, so that a slow machine keeps ahead of the playback."""


class Speech:
    """Iterates over what to send next, each step some 20 to 200 ms of work.

    Args:
        format: of the sound; it is resampled if the voice has another rate.
        run: terminated by another thread to stop, which makes the iteration fail at once.
    """

    def __init__(self, voice: Voice, text: str, format: AudioFormat, run: RunOptions) -> None:
        self._voice, self._run = voice, run
        self._text = text
        self._format = AudioFormat(voice.rate)
        self._resampler = Resampler(self._format, format)
        self._samples = 0
        """Samples so far, at the voice's rate."""
        self._steps = self._all()

    def next(self) -> list[SynthesisEvent] | None:
        """Return the next events; None at the end.

        Raises:
            ProviderError: the voice failed, or was stopped.
        """
        return next(self._steps, None)

    def _all(self) -> Iterator[list[SynthesisEvent]]:
        for start, block in blocks(self._text):
            spoken = spoken_text(block, self._voice.language)
            for piece in pieces(spoken.text, short_first=start == 0):
                yield from self._piece(spoken, piece, start)
        if rest := self._resampler.flush():
            yield [AudioChunk(rest)]

    def _piece(self, spoken: SpokenText, piece: Piece, offset: int) -> Iterator[list[SynthesisEvent]]:
        phonemizer = self._voice.phonemizer
        sentences = phonemizer.sentences(spoken.text[piece.start : piece.end])
        words = [word for word in spoken.words if piece.start <= word.start < piece.end]
        phonemes = [phoneme for sentence in sentences for phoneme in sentence]
        starts: list[int | None] = []
        if phonemizer.knows_words:
            alone = [phonemizer.word(spoken.text[word.start : word.end]) for word in words]
            starts = word_starts(alone, phonemes)
        first = 0
        for sentence in sentences:
            end = first + len(sentence)
            within = [
                (replace(word, offset=word.offset + offset), start - first)
                for word, start in zip(words, starts, strict=False)
                if start is not None and first <= start < end
            ]
            boundary: Boundary = piece.boundary if end == len(phonemes) else "sentence"
            yield from self._sentence(sentence, within, PieceTrimmer(self._format, boundary))
            first = end

    def _sentence(
        self, phonemes: list[str], words: Sequence[tuple[Word, int]], trimmer: PieceTrimmer
    ) -> Iterator[list[SynthesisEvent]]:
        voice, run = self._voice, self._run
        ids, begins = voice.phonemizer.ids(phonemes)
        frames = voice.model.encode(ids, voice.prosody, run)
        times = _times(frames, begins, words)
        for first, end in _chunks(frames.count):
            sound = pcm(voice.model.decode(frames, first, end, run), voice.gain)
            samples, removed = trimmer.trimmed(sound, is_last=end == frames.count)
            before = voice.model.duration(first)
            events: list[SynthesisEvent] = []
            while times and (times[0][1] < end or end == frames.count):
                word, frame = times.pop(0)
                at = max(voice.model.duration(frame) - before - removed, 0)
                at = min(at, len(samples))
                events.append(WordTiming(word.offset, word.length, (self._samples + at) / voice.rate))
            self._samples += len(samples)
            if audio := self._resampler.write(samples.tobytes()):
                events.append(AudioChunk(audio))
            yield events


def _times(frames: Frames, begins: list[int], words: Sequence[tuple[Word, int]]) -> list[tuple[Word, int]]:
    """Return the frame at which each word begins; none if the model does not say."""
    if frames.durations is None or not begins:
        return []
    ends = frames.durations.cumsum()
    return [(word, int(ends[begins[start] - 1])) for word, start in words if begins[start] <= len(ends)]


def _chunks(count: int) -> Iterator[tuple[int, int]]:
    """Divide some frames: a small chunk first, then larger ones, none smaller than the first."""
    first, size = 0, _FIRST_CHUNK
    while first < count:
        end = first + size if count - first - size >= _FIRST_CHUNK else count
        yield first, end
        first, size = end, min(2 * size, _LARGEST_CHUNK)
