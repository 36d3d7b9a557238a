"""A recogniser that needs no network: pocketsphinx, the one engine that brings its English model along.

It understands short, clear sentences, and those that it was told to expect much better than others.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, cast

from voicebot import (
    Advice,
    AudioFormat,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    ProviderError,
    Recognition,
    RecognitionEvent,
    Recognizer,
    install_hint,
)
from voicebot_offline import frames, process

logger = logging.getLogger(__name__)
LONGEST_FRAME = 6_400
LONGEST_LINE = 1_000_000
_FLAGS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)


class PocketsphinxOptions(Options):
    """What to listen with; the defaults are the American English models that come with pocketsphinx."""

    vocabulary: Literal["auto", "general", "phrases"] = "auto"
    """`auto` believes in the bot's own phrases where they fit, and else hears any words; `general` hears
    any words and knows no phrases; `phrases` hears the phrases alone, at a tenth of the work."""
    acoustic_model: Path | None = None
    """Folder with the acoustic model of another language or accent; needs `dictionary` too."""
    dictionary: Path | None = None
    """Pronunciation dictionary in the format of CMUdict."""
    language_model: Path | None = None
    """Language model for words beside the phrases, as ARPA or pocketsphinx's binary format."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Tell of models that are not there, and of a language that those which are do not know."""
        for option in ("acoustic_model", "dictionary", "language_model"):
            path: Path | None = getattr(self, option)
            if path is not None and not path.exists():
                yield Advice(option, f"there is no file or folder '{path}'", "error")
        if self.acoustic_model is None and language.partition("-")[0].lower() != "en":
            yield Advice(
                "acoustic_model",
                f"the models that come with pocketsphinx hear English, not {language}; name others in "
                "`acoustic_model` and `dictionary`",
            )


class PocketsphinxRecognizer(Recognizer[PocketsphinxOptions]):
    """Recognises with pocketsphinx, in a process of its own for each stretch of listening."""

    input_format = AudioFormat(16_000)

    def __init__(self, options: PocketsphinxOptions) -> None:
        super().__init__(options)
        self._spare: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Load the models into a first worker, so that listening starts at once.

        Raises:
            ProviderError: pocketsphinx is not installed, or its models cannot be loaded.
        """
        self._check()
        await self.aclose()
        worker = await self._spawn()
        try:
            news = await _next_news(worker)
            if "error" in news:
                raise ProviderError(f"pocketsphinx cannot start: {news['error']}")
        except BaseException as error:
            await _end(worker)
            if isinstance(error, EOFError):
                raise ProviderError("pocketsphinx cannot start: its process ended at once") from error
            raise
        self._spare = worker

    async def aclose(self) -> None:
        """End the worker that waits, if there is one."""
        worker, self._spare = self._spare, None
        if worker is not None:
            await _end(worker)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open one stretch of listening; `hints.phrases` become its language model."""
        self._check_languages(hints)
        worker, self._spare = self._spare, None
        if worker is not None and worker.returncode is not None:
            await _end(worker)
            worker = None
        if worker is None:
            worker = await self._spawn()
        try:
            recognition = PocketsphinxRecognition(worker)
            await recognition.expect(hints.phrases)
            yield recognition
        finally:
            await _end(worker)

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
                "pocketsphinx brings models for English only, not for %s; set acoustic_model, dictionary "
                "and language_model",
                ", ".join(foreign),
            )

    async def _spawn(self) -> asyncio.subprocess.Process:
        settings: frames.WorkerSettings = {
            "vocabulary": self.options.vocabulary,
            "acoustic_model": _text(self.options.acoustic_model),
            "dictionary": _text(self.options.dictionary),
            "language_model": _text(self.options.language_model),
        }
        try:
            return await asyncio.create_subprocess_exec(
                *process.command(settings),
                env=process.environment(os.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                limit=LONGEST_LINE,
                # Ctrl-C in the terminal is for us to handle; the worker ends with its input
                start_new_session=True,
                creationflags=_FLAGS,
            )
        except OSError as error:
            raise ProviderError(f"cannot start pocketsphinx's process: {error}", retryable=True) from error


class PocketsphinxRecognition(Recognition):
    """One stretch of listening, served by a worker process.

    The worker settles long speech by itself. What it settled while a commit was on its way becomes part
    of that commit's final, so that each commit is answered by exactly one.
    """

    def __init__(self, worker: asyncio.subprocess.Process) -> None:
        self._worker = worker
        self._commits = 0
        self._finished = False

    async def expect(self, phrases: tuple[str, ...]) -> None:
        """Tell which phrases are likely."""
        if phrases:
            await self._send(frames.frame(frames.HINTS, json.dumps(phrases).encode()))

    async def write(self, audio: bytes) -> None:
        """Hand over sound; wait while the worker is seconds behind."""
        for first in range(0, len(audio), LONGEST_FRAME):
            await self._send(frames.frame(frames.AUDIO, audio[first : first + LONGEST_FRAME]))

    async def commit(self) -> None:
        """Have what was written settled into one final."""
        self._commits += 1
        await self._send(frames.frame(frames.COMMIT))

    async def finish(self) -> None:
        """Have the rest settled; the iteration then ends."""
        if not self._finished:
            self._finished = True
            await self._send(frames.frame(frames.FINISH))

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Give partials as they change and finals; raise `ProviderError` when the worker dies."""
        settled: list[str] = []
        while True:
            try:
                news = await _next_news(self._worker)
            except EOFError as error:
                status = await self._worker.wait()
                if self._finished and status == 0:
                    return
                raise ProviderError(
                    f"pocketsphinx's process died (exit status {status})", retryable=True
                ) from error
            if "error" in news:
                raise ProviderError(f"pocketsphinx failed: {news['error']}", retryable=True)
            if "unknown" in news:
                logger.debug("not in pocketsphinx's dictionary: %s", ", ".join(news["unknown"]))
            elif "partial" in news:
                yield PartialTranscript(" ".join([*settled, news["partial"]]))
            elif "final" in news:
                settled += [news["final"]] if news["final"] else []
                if news["commit"]:
                    self._commits -= 1
                elif self._commits:
                    continue
                yield FinalTranscript(" ".join(settled))
                settled.clear()

    async def _send(self, frame: bytes) -> None:
        stdin = self._worker.stdin
        assert stdin is not None
        if stdin.is_closing():
            return
        try:
            stdin.write(frame)
            await stdin.drain()
        except ConnectionError:
            logger.debug("pocketsphinx's process is gone; the iteration tells")


async def _next_news(worker: asyncio.subprocess.Process) -> frames.News:
    assert worker.stdout is not None
    line = await worker.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return cast(frames.News, json.loads(line))


async def _end(worker: asyncio.subprocess.Process) -> None:
    """Kill the worker, which has nothing to save, and wait until it and its pipes are gone."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            # Its own `kill` reaps a worker that has just ended, and asyncio then warns of an unknown child.
            os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    worker.stdin.close()
    with suppress(RuntimeError):  # somebody else is still reading
        while await worker.stdout.read(LONGEST_LINE):
            pass
    await worker.wait()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
