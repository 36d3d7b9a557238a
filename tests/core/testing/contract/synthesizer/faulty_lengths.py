"""Voices whose speech is not as long as its text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice, pairwise

from voicebot import (
    AudioChunk,
    SynthesisEvent,
)

from .voices import Fades, Hums, Voice, sentences, sound_of


class SpeaksTooFast(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (
            AudioChunk(e.audio[: len(e.audio) // 20 * 2])
            for e in super().speech(text, first)
            if isinstance(e, AudioChunk)
        )


class SaysTwiceItsRate(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (AudioChunk(e.audio[: len(e.audio) // 4 * 2]) for e in sound_of(super().speech(text, first)))


class SaysHalfItsRate(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (AudioChunk(e.audio * 2) for e in sound_of(super().speech(text, first)))


class SpeaksHalf(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(text[: len(text) // 2], first))


class SpeaksTheOtherHalf(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(text[len(text) // 2 if len(text) > 500 else 0 :], first))


class SaysAllTwice(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(chain(super().speech(text, first), super().speech(text, first)))


class SpeaksOneSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return super().speech("".join(sentences(text)[:1]), first)


class SkipsEverySecondSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech("".join(sentences(text)[::2]), first))


class SaysTheLastSentenceTwice(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        said = sentences(text)
        return sound_of(super().speech("".join([*said, *said[1:][-1:]]), first))


class SwallowsTheLastWordOfEachSentence(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(
            super().speech(" ".join(s.rstrip().rpartition(" ")[0] for s in sentences(text)), first)
        )


class LosesItsLastChunk(Voice):
    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return (chunk for chunk, _ in pairwise(sound_of(super().speech(text, first))))


class BreaksOff(Fades):
    """Says only the beginning of the last word."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        kept: AudioChunk | None = None
        for chunk in sound_of(super().speech(text, first)):
            if kept is not None:
                yield kept
            kept = chunk
        if kept is not None:
            yield AudioChunk(kept.audio[: len(kept.audio) // 8 * 4])


class CutsItsEnd(Hums):
    """Loses the last word of an utterance, and the silence after it."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        chunks = sound_of(super().speech(text, first))
        kept = [*islice(chunks, 2)]
        for chunk in chunks:
            yield kept.pop(0)
            kept.append(chunk)


class CutsEachSentence(Hums):
    """Loses a fifth of a second of each sentence, and says the rest."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        cut, pause = self.output_format.bytes_in(0.2), self.output_format.bytes_in(0.4)
        for sentence in sentences(text):
            sound = b"".join(e.audio for e in sound_of(super().speech(sentence, first)))
            yield AudioChunk(sound[: -pause - cut])
            yield AudioChunk(bytes(pause))


class SwallowsTheEndOfSentences(Hums):
    """Loses a quarter of each sentence, whatever it is."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(" ".join(s[: len(s) * 3 // 4] for s in sentences(text)), first))


class CutsLongSentences(Hums):
    """Speaks no more than a hundred characters of a sentence."""

    def speech(self, text: str, first: int = 0) -> Iterable[SynthesisEvent]:
        return sound_of(super().speech(" ".join(s[:100] for s in sentences(text)), first))


FAULTS: dict[type[Voice], str] = {
    SpeaksTooFast: "speech_is_as_long_as_its_text",
    SaysTwiceItsRate: "speech_is_as_long_as_its_text",
    SaysHalfItsRate: "speech_is_as_long_as_its_text",
    SpeaksHalf: "speech_is_as_long_as_its_text",
    SpeaksTheOtherHalf: "speech_is_as_long_as_its_text",
    SaysAllTwice: "speech_is_as_long_as_its_text",
    SpeaksOneSentence: "speech_is_as_long_as_its_text",
    SkipsEverySecondSentence: "speech_is_as_long_as_its_text",
    SaysTheLastSentenceTwice: "speech_is_as_long_as_its_text",
    SwallowsTheLastWordOfEachSentence: "speech_is_as_long_as_its_text",
    LosesItsLastChunk: "speech_is_as_long_as_its_text",
    BreaksOff: "speech_is_as_long_as_its_text",
    CutsItsEnd: "speech_is_as_long_as_its_text",
    CutsEachSentence: "speech_is_as_long_as_its_text",
    SwallowsTheEndOfSentences: "speech_is_as_long_as_its_text",
    CutsLongSentences: "speech_is_as_long_as_its_text",
}
