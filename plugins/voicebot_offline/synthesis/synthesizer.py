"""A voice that needs no network: espeak-ng, which is small, quick and clear, but sounds like a machine.

espeak-ng is under the GPL, version 3 or later, and this project is not: the library comes in the separate
package `espeakng_loader`, and is loaded only when a bot with this voice starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from voicebot import (
    Advice,
    AudioChunk,
    AudioFormat,
    Field,
    NormalizedText,
    Options,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
    WordTiming,
    install_hint,
    normalize_text,
)
from voicebot_offline.synthesis.pieces import pieces
from voicebot_offline.synthesis.voice_files import no_variant, no_voice, voice_files
from voicebot_offline.synthesis.word_positions import WordPositions

if TYPE_CHECKING:
    from voicebot_offline.synthesis.espeak_library import Library, SoundCallback, VoiceSettings, Word

_USUAL_VOICE = "en-us"


class EspeakOptions(Options):
    """How the voice sounds."""

    voice: str | None = Field(None, min_length=1)
    """Language or name of a voice, such as `en-us`, `de` or `English (Scotland)`; `voicebot voices` lists
    them. A `+` adds a variant, such as `en-us+m3` or `en-gb+f2`. By default, the language of the text."""
    rate: int = Field(165, ge=80, le=450)
    """Words per minute."""
    pitch: int = Field(50, ge=0, le=99)
    """How high the voice is, from 0 to 99."""
    volume: int = Field(100, ge=0, le=200)
    """Volume in per cent of the voice's own; above 100 it may distort."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report an unknown voice, or a language that no voice speaks."""
        files = voice_files()
        if files is None:
            return
        if self.voice is not None:
            if problem := files.problem_with(self.voice):
                yield Advice("voice", problem, "error")
        elif not files.speaks(language):
            yield Advice("voice", f"espeak-ng does not speak {language}, so it speaks as en-us")


class EspeakSynthesizer(Synthesizer[EspeakOptions]):
    """Speaks with espeak-ng, whose state is global: one piece of text at a time, each within milliseconds.

    Text is spoken in pieces of a few sentences, each after the one before has been consumed, so a slow
    consumer neither fills the memory nor keeps others waiting.
    """

    output_format = AudioFormat(22_050)

    def __init__(self, options: EspeakOptions) -> None:
        super().__init__(options)
        self._executor: ThreadPoolExecutor | None = None
        self._library: Library | None = None

    async def start(self) -> None:
        """Load espeak-ng, and check that the voice exists.

        Raises:
            ProviderError: espeak-ng is not installed, cannot be loaded, or does not have the voice.
        """
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="espeak")
        loop = asyncio.get_running_loop()
        self._library = await loop.run_in_executor(self._executor, self._load)
        self.output_format = AudioFormat(self._library.rate)

    async def aclose(self) -> None:
        """Stop speaking, and end the thread."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    async def voices(self) -> list[VoiceDescription]:
        """Return espeak's voices; `+` and a variant modifies each, as in `de+f2`."""
        if self._executor is None or self._library is None:
            raise _not_started()
        loop = asyncio.get_running_loop()
        voices = await loop.run_in_executor(self._executor, self._library.available)
        return [VoiceDescription(s.name, s.languages, s.gender, s.english) for s in voices]

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance; markup in the text is read aloud.

        Numbers, dates, abbreviations and the like are said in words, since espeak reads many of them wrongly.
        """
        loop = asyncio.get_running_loop()
        spoken = await self._normalized(utterance)
        made: asyncio.Queue[SynthesisEvent | None] = asyncio.Queue()
        words = WordPositions(utterance.text, spoken)
        seconds = 0.0
        for first, text in pieces(spoken.text):
            speech = _Speech(loop, made, words, first, seconds)
            done = self._begin(text, utterance.language, speech)
            done.add_done_callback(lambda _: made.put_nowait(None))
            try:
                while (event := await made.get()) is not None:
                    if isinstance(event, AudioChunk):
                        seconds += self.output_format.seconds_in(len(event.audio))
                    yield event
                self._check(done)
            finally:
                speech.unwanted = True
                done.cancel()

    async def _normalized(self, utterance: Utterance) -> NormalizedText:
        """Return the text in words; this is done in the thread, as it takes milliseconds for a long text."""
        if self._executor is None or self._library is None:
            raise _not_started()
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(
            self._executor, self._in_words, self._library, utterance.text, utterance.language
        )
        try:
            await asyncio.wait([done])  # if the executor is closed, `done` is cancelled, but this task is not
        finally:
            done.cancel()
        self._check(done)
        return done.result()

    def _load(self) -> Library:
        from voicebot_offline.synthesis.espeak_library import EspeakError, library

        try:
            loaded = library()
        except ImportError as error:
            hint = install_hint("espeakng_loader", "voicebot-framework[offline]")
            raise ProviderError(f"espeak-ng is not installed; {hint}") from error
        except (OSError, RuntimeError, EspeakError) as error:
            raise ProviderError(f"espeak-ng cannot be loaded: {error}") from error
        if self.options.voice is not None:
            _check_voice(loaded, self.options.voice)
        self._in_words(loaded, "", None)  # the first time takes tens of milliseconds
        return loaded

    def _begin(self, text: str, language: str | None, sink: SoundCallback) -> asyncio.Future[None]:
        if self._executor is None or self._library is None:
            raise _not_started()
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, self._speak, self._library, text, language, sink)

    def _speak(self, library: Library, text: str, language: str | None, sink: SoundCallback) -> None:
        library.speak(text, self._settings(library, language), sink)

    def _in_words(self, library: Library, text: str, language: str | None) -> NormalizedText:
        """Return a text as the voice reads it: in its own language, whatever that of the text is."""
        spoken = library.languages_of(self._voice(library, language))
        is_its_own = language is not None and _primary(language) in map(_primary, spoken)
        return normalize_text(text, language if language and is_its_own else next(iter(spoken), ""))

    def _voice(self, library: Library, language: str | None) -> str:
        if self.options.voice is not None:
            return self.options.voice
        tag = (language or _USUAL_VOICE).lower()
        return next((v for v in (tag, tag.partition("-")[0]) if library.has_voice(v)), _USUAL_VOICE)

    def _settings(self, library: Library, language: str | None) -> VoiceSettings:
        from voicebot_offline.synthesis.espeak_library import VoiceSettings

        options = self.options
        return VoiceSettings(self._voice(library, language), options.rate, options.pitch, options.volume)

    def _check(self, done: asyncio.Future[Any]) -> None:
        if done.cancelled():
            raise ProviderError("the voice espeak was closed while it was speaking")
        if (error := done.exception()) is not None:
            raise ProviderError(f"espeak-ng failed: {error}", retryable=True) from error


class _Speech:
    """Passes the sound of one piece from espeak's thread to the loop, until it is `unwanted`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        made: asyncio.Queue[SynthesisEvent | None],
        words: WordPositions,
        first: int,
        seconds: float,
    ) -> None:
        self.unwanted = False
        self._loop, self._made = loop, made
        self._words = words
        self._first, self._seconds = first, seconds

    def __call__(self, words: list[Word], audio: bytes) -> bool:
        if self.unwanted:
            return False
        events: list[SynthesisEvent] = [timing for word in words if (timing := self._timing(word))]
        if audio:
            events.append(AudioChunk(audio))
        try:
            for event in events:
                self._loop.call_soon_threadsafe(self._made.put_nowait, event)
        except RuntimeError:  # the loop was closed while it was speaking
            return False
        return True

    def _timing(self, word: Word) -> WordTiming | None:
        """Return when a word of the text begins; espeak reports parts of words, some of them twice."""
        place = self._words.next_at(self._first + word.first)
        if place is None:
            return None
        start, end = place
        return WordTiming(start, end - start, self._seconds + word.at)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _not_started() -> ProviderError:
    return ProviderError("the voice espeak is not started, or was closed")


def _check_voice(library: Library, voice: str) -> None:
    name, _, variant = voice.partition("+")
    if not library.has_voice(name):
        raise ProviderError(no_voice(name, library.voices()))
    if variant and variant not in (variants := library.variants()):
        raise ProviderError(no_variant(name, variant, variants))
