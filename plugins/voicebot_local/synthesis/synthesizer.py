"""The synthesizer `piper`: neural voices that run on this machine, on one processor core.

piper is under the GPL, version 3 or later, and this project is not: it comes in the separate package
`piper-tts`, and is loaded only when a bot with this voice starts.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from voicebot import (
    AudioFormat,
    Notice,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
    install_hint,
)
from voicebot_local.synthesis.options import PiperOptions
from voicebot_local.synthesis.voices.known_voices import known_voices, language_in, megabytes
from voicebot_local.synthesis.voices.voice_files import BUNDLED_WITH, VoiceFiles, files_of, voices_here
from voicebot_local.synthesis.voices.voice_selection import VoiceSelection

if TYPE_CHECKING:
    from onnxruntime import RunOptions

    from voicebot_local.synthesis.voice import Voice

_THREADS = 4
T = TypeVar("T")


class PiperSynthesizer(Synthesizer[PiperOptions]):
    """Speaks with voices of piper, which is under the GPL (version 3 or later), and loaded only when used.

    A voice is loaded once and shared by all utterances. Each of them asks a thread for the next second or two
    of its sound when the one before was consumed, so a slow consumer neither fills the memory nor keeps
    others waiting.
    """

    output_format = AudioFormat(22_050)

    def __init__(self, options: PiperOptions) -> None:
        super().__init__(options)
        self._threads: ThreadPoolExecutor | None = None
        self._selection: VoiceSelection | None = None
        self._voices: dict[str, Voice] = {}
        self._loading = threading.Lock()
        self._runs: set[RunOptions] = set()
        self._warned: set[str] = set()

    async def start(self) -> None:
        """Load the voice.

        Raises:
            ProviderError: piper is not installed, a voice is not here, or there is no such speaker.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        await self.aclose()
        threads = ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS), "piper")
        try:
            selection, voice = await asyncio.wrap_future(threads.submit(self._load_main))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        self._selection, self._voices = selection, {selection.main: voice}
        self.output_format = AudioFormat(voice.rate)
        self._threads = threads

    async def aclose(self) -> None:
        """Stop speaking, and release the voices."""
        threads, self._threads = self._threads, None
        for run in self._runs:
            run.terminate = True
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        self._voices = {}
        self._warned.clear()

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices that are here, then those that can be fetched."""
        return await asyncio.to_thread(_described)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one utterance, with the voice for its language; markup is read aloud."""
        if self._threads is None or self._selection is None:
            raise _not_started()
        import onnxruntime

        from voicebot_local.synthesis.speech import Speech

        name, warning = self._voice_for(utterance.language, self._selection)
        if warning:
            yield Notice(warning)
        run = onnxruntime.RunOptions()
        run.log_severity_level = 4  # being stopped is no error
        self._runs.add(run)
        try:
            voices = self._voices
            voice = voices.get(name)
            if voice is None:
                voice = await self._in_thread(lambda: self._loaded(name, voices))
            speech = Speech(voice, utterance.text, self.output_format, run)
            while (events := await self._in_thread(speech.next)) is not None:
                for event in events:
                    yield event
        finally:
            run.terminate = True
            self._runs.discard(run)

    def _voice_for(self, language: str | None, selection: VoiceSelection) -> tuple[str, str]:
        """Return the voice for a language, and a warning the first time that none speaks it."""
        if language is None:
            return selection.main, ""
        if (voice := selection.speaking(language)) is not None:
            return voice, ""
        warning = "" if language in self._warned else selection.lacking(language)
        self._warned.add(language)
        return selection.main, warning

    async def _in_thread(self, step: Callable[[], T]) -> T:
        """Run a step in a thread; if it is cancelled, the thread is not waited for."""
        if self._threads is None:
            raise _not_started()
        done = asyncio.get_running_loop().run_in_executor(self._threads, step)
        try:
            await asyncio.wait([done])
        finally:
            done.cancel()  # nobody asks for its result any more; without effect if there is one
        if done.cancelled() or (done.exception() is not None and self._threads is None):
            raise ProviderError("the voice piper was closed while it was speaking")
        return done.result()

    def _load_main(self) -> tuple[VoiceSelection, Voice]:
        try:
            import onnxruntime  # noqa: F401
            import piper  # noqa: F401
        except ImportError as error:
            hint = install_hint("piper", "voicebot-framework[local]")
            raise ProviderError(f"piper is not installed, or cannot be loaded ({error}); {hint}") from error
        options = self.options
        selection = VoiceSelection(options.voice, options.voices)
        for other in options.voices.values():
            files_of(other)  # which fails if it is not here
        return selection, self._load(selection.files, options.speaker)

    def _loaded(self, name: str, voices: dict[str, Voice]) -> Voice:
        """Return a voice, loaded into `voices` unless it is there: those at the start of the utterance."""
        with self._loading:
            if (voice := voices.get(name)) is None:
                speaker = self.options.speaker if name == self.options.voice else None
                voice = voices[name] = self._load(files_of(name), speaker)
            return voice

    def _load(self, files: VoiceFiles, speaker: str | int | None) -> Voice:
        from voicebot_local.synthesis.voice import VoiceSettings, load_voice

        options = self.options
        settings = VoiceSettings(
            speaker, options.length_scale, options.noise_scale, options.noise_w, options.volume / 100
        )
        return load_voice(files, settings)


def _described() -> list[VoiceDescription]:
    here = voices_here()
    described = [
        VoiceDescription(
            files.name,
            (language_in(files.name),),
            description=f"here, comes with {BUNDLED_WITH}" if files.bundled else "here",
        )
        for files in here.values()
    ]
    for voice in known_voices().values():
        if voice.name not in here:
            speakers = f", {voice.speakers} speakers" if voice.speakers > 1 else ""
            text = f"can be fetched, {megabytes(voice.size)}{speakers}"
            described.append(VoiceDescription(voice.name, (voice.language,), description=text))
    return described


def _not_started() -> ProviderError:
    return ProviderError("the voice piper is not started, or was closed")
