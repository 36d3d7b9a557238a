"""A recogniser that needs no network: pocketsphinx, which comes with a model for English.

It understands short, clear sentences, and much better those that it was told to expect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from voicebot import (
    Advice,
    AudioFormat,
    Hints,
    Options,
    ProviderError,
    Recognition,
    Recognizer,
    install_hint,
)
from voicebot_offline.recognition import worker_process
from voicebot_offline.recognition.session import PocketsphinxRecognition

logger = logging.getLogger(__name__)


class PocketsphinxOptions(Options):
    """The models to listen with; the defaults are the American English models that come with pocketsphinx."""

    vocabulary: Literal["auto", "general", "phrases"] = "auto"
    """`auto` recognises the bot's own phrases where they match, and any other words elsewhere; `general`
    recognises any words and knows no phrases; `phrases` recognises only the phrases, at a tenth of the
    work."""
    acoustic_model: Path | None = None
    """Folder with the acoustic model of another language or accent; needs `dictionary` too."""
    dictionary: Path | None = None
    """Pronunciation dictionary in CMUdict format."""
    language_model: Path | None = None
    """Language model for words other than the phrases, in ARPA or pocketsphinx's binary format."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report missing models, and a language that the default models do not know."""
        for option in ("acoustic_model", "dictionary", "language_model"):
            path: Path | None = getattr(self, option)
            if path is not None and not path.exists():
                yield Advice(option, f"there is no file or folder '{path}'", "error")
        if self.acoustic_model is None and language.partition("-")[0].lower() != "en":
            yield Advice(
                "acoustic_model",
                f"the models that come with pocketsphinx hear English, not {language}; set "
                "`acoustic_model` and `dictionary` to others",
            )


class PocketsphinxRecognizer(Recognizer[PocketsphinxOptions]):
    """Recognises with pocketsphinx, in a separate process for each session."""

    input_format = AudioFormat(16_000)

    def __init__(self, options: PocketsphinxOptions) -> None:
        super().__init__(options)
        self._spare: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Load the models into a first worker, so that the first session opens at once.

        Raises:
            ProviderError: pocketsphinx is not installed, or its models cannot be loaded.
        """
        self._check()
        await self.aclose()
        worker = await self._spawn()
        try:
            message = await worker_process.next_message(worker)
            if "error" in message:
                raise ProviderError(f"pocketsphinx cannot start: {message['error']}")
        except BaseException as error:
            await worker_process.end(worker)
            if isinstance(error, EOFError):
                raise ProviderError("pocketsphinx cannot start: its process ended at once") from error
            raise
        self._spare = worker

    async def aclose(self) -> None:
        """End the spare worker, if there is one."""
        worker, self._spare = self._spare, None
        if worker is not None:
            await worker_process.end(worker)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session; `hints.phrases` become its language model."""
        self._check_languages(hints)
        worker, self._spare = self._spare, None
        if worker is not None and worker.returncode is not None:
            await worker_process.end(worker)
            worker = None
        if worker is None:
            worker = await self._spawn()
        try:
            recognition = PocketsphinxRecognition(worker)
            await recognition.expect(hints.phrases)
            yield recognition
        finally:
            await worker_process.end(worker)

    def _check(self) -> None:
        if find_spec("pocketsphinx") is None:
            hint = install_hint("pocketsphinx", "voicebot-framework[offline]")
            raise ProviderError(f"pocketsphinx is not installed; {hint}")
        options = self.options
        for name in ("acoustic_model", "dictionary", "language_model"):
            path: Path | None = getattr(options, name)
            if path is not None and not path.exists():
                raise ProviderError(f"{name} of pocketsphinx: there is no {path}")
        if options.acoustic_model is not None and options.dictionary is None:
            raise ProviderError("acoustic_model of pocketsphinx needs the option dictionary too")

    def _check_languages(self, hints: Hints) -> None:
        foreign = [tag for tag in hints.languages if not tag.lower().startswith("en")]
        if foreign and self.options.acoustic_model is None:
            logger.warning(
                "pocketsphinx comes with models for English only, not for %s; set acoustic_model, dictionary "
                "and language_model",
                ", ".join(foreign),
            )

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await worker_process.start(
            {
                "vocabulary": self.options.vocabulary,
                "acoustic_model": _text(self.options.acoustic_model),
                "dictionary": _text(self.options.dictionary),
                "language_model": _text(self.options.language_model),
            }
        )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
