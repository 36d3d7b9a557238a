"""Speech to words for one session; runs inside the worker process.

Two decoders run side by side. The one for the bot's own phrases is small, quick and accurate, but hears
phrases in everything; the general one is slow and often a word off. So the phrase decoder is trusted if its
words follow each other as in a phrase, and otherwise the general decoder is used. It may lag behind: a
transcript waits for it only when it is needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from voicebot_offline.recognition.decoder import Decoder, phrase_decoder, pronunciations_of
from voicebot_offline.recognition.phrase_model import PhraseModel
from voicebot_offline.recognition.protocol import WorkerSettings
from voicebot_offline.words import words_of

RATE = 16_000
BYTES_PER_SECOND = 2 * RATE
FRAMES_PER_SLICE = 3
LONGEST_BACKLOG = 10.0
KEPT_BEFORE_SPEECH = 0.3
KEPT_AFTER_SPEECH = 0.3
PAUSES = ((0.0, 1.2), (15.0, 0.25), (25.0, 0.0))
"""Once speech is this long, a pause of this length ends it without a commit, both in seconds."""


class Listener:
    """Decodes sound, and calls `partial(text)` on changes and `final(text, commit)` at the end of speech.

    Memory and work stay bounded however long the sound is: speech ends at a pause, or after a while without
    one, and silence before speech is not decoded at all.
    """

    def __init__(
        self, settings: WorkerSettings, partial: Callable[[str], None], final: Callable[[str, bool], None]
    ) -> None:
        import pocketsphinx

        self._settings = settings
        self._on_partial, self._on_final = partial, final
        self._general = None if settings["vocabulary"] == "phrases" else Decoder(settings)
        self._phrases: Decoder | None = None
        self._model = PhraseModel(())
        # loose: better to decode some noise than to lose a soft first sound
        self._vad = pocketsphinx.Vad(pocketsphinx.Vad.LOOSE, RATE)
        self._slice = int(self._vad.frame_bytes) * FRAMES_PER_SLICE
        self._unsliced = bytearray()
        self._backlog: deque[bytes] = deque()
        self._held: deque[bytes] = deque()
        self._begin()

    def expect(self, phrases: list[str]) -> list[str]:
        """Listen for phrases too; return words missing from the dictionary, whose phrases are left out."""
        if self._settings["vocabulary"] == "general":
            return []
        wanted = [words_of(phrase) for phrase in phrases]
        words = {word for phrase in wanted for word in phrase}
        known = pronunciations_of(words, self._settings)
        self._model = PhraseModel(phrase for phrase in wanted if known.keys() >= set(phrase))
        if self._model.phrases:
            self._phrases = phrase_decoder(self._settings, self._model, known)
        return sorted(words - known.keys())

    @property
    def has_backlog(self) -> bool:
        """Whether the general decoder still has sound to decode."""
        return bool(self._backlog)

    @property
    def is_full(self) -> bool:
        """Whether so much sound waits to be decoded that no more should be accepted."""
        return self._seconds(len(self._backlog)) >= LONGEST_BACKLOG

    def hear(self, audio: bytes) -> None:
        """Process the next sound, of any size."""
        self._unsliced += audio
        while len(self._unsliced) >= self._slice:
            piece = bytes(self._unsliced[: self._slice])
            del self._unsliced[: self._slice]
            self._hear_slice(piece)
            if self._spoken and self._silence >= self._longest_pause:
                self._settle(commit=False)

    def decode_backlog(self) -> None:
        """Let the general decoder decode one slice of the backlog."""
        if self._backlog and self._general is not None:
            self._general.hear(self._backlog.popleft())
            self._report_partial()

    def settle(self, *, commit: bool) -> None:
        """End the current segment of speech and report it; an empty text is reported only for a commit."""
        if self._unsliced:
            rest = bytes(self._unsliced).ljust(self._slice, b"\0")
            self._unsliced.clear()
            self._hear_slice(rest)
        self._settle(commit=commit)

    def _settle(self, *, commit: bool) -> None:
        text = self._phrases.end() if self._phrases is not None else ""
        trusted = self._model.covers(tuple(text.split()))
        if not trusted:
            text = self._end_general()
        if text or commit:
            self._on_final(text, commit)
        if trusted and self._general is not None:
            self._backlog.clear()
            self._general.end()
        self._begin()

    def _begin(self) -> None:
        self._spoken = 0.0
        self._silence = 0.0
        self._last_partial = ""
        self._held.clear()

    def _hear_slice(self, piece: bytes) -> None:
        third = len(piece) // FRAMES_PER_SLICE
        speech = any(self._vad.is_speech(piece[i : i + third]) for i in range(0, len(piece), third))
        if speech:
            self._silence = 0.0
            for heard in (*self._held, piece):
                self._decode(heard)
            self._held.clear()
            self._report_partial()
            return
        self._silence += self._seconds(1)
        if self._spoken and self._silence <= KEPT_AFTER_SPEECH:
            self._decode(piece)
            return
        # decoders hear words in long silence, so it is decoded only if speech follows
        self._held.append(piece)
        if not self._spoken and self._seconds(len(self._held)) > KEPT_BEFORE_SPEECH:
            self._held.popleft()

    def _decode(self, piece: bytes) -> None:
        self._spoken += self._seconds(1)
        if self._phrases is not None:
            self._phrases.hear(piece)
        if self._general is not None:
            self._backlog.append(piece)

    def _end_general(self) -> str:
        if self._general is None:
            return ""
        while self._backlog:
            self._general.hear(self._backlog.popleft())
        return self._general.end()

    def _report_partial(self) -> None:
        text = self._phrases.heard if self._phrases is not None else ""
        if not self._model.covers(tuple(text.split()), complete=False):
            text = self._general.heard if self._general is not None else ""
        if text and text != self._last_partial:
            self._last_partial = text
            self._on_partial(text)

    @property
    def _longest_pause(self) -> float:
        return next(pause for spoken, pause in reversed(PAUSES) if self._spoken >= spoken)

    def _seconds(self, slices: int) -> float:
        return slices * self._slice / BYTES_PER_SECOND
