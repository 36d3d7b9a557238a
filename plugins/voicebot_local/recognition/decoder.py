"""The model that all sessions share, in threads of its own: the event loop never waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from voicebot import ProviderError
from voicebot_local.recognition.options import WhisperOptions
from voicebot_local.recognition.whisper_model import Decoded, Sound, WhisperModel

_CLOSED = "whisper was not started, or is closed"


class Decoder:
    """Decodes for several sessions, in the order in which they ask.

    A decoding that has begun cannot be stopped. If nobody waits for it any longer, its thread is free when it
    ends.
    """

    def __init__(self, model: WhisperModel, threads: ThreadPoolExecutor, workers: int) -> None:
        self.took = 0.0
        """Seconds that the latest decoding took."""
        self._model: WhisperModel | None = model
        self._threads = threads
        self._free = asyncio.Semaphore(workers)

    @classmethod
    async def start(cls, options: WhisperOptions) -> Decoder:
        """Load the model.

        Raises:
            ProviderError: it is not on this machine, or cannot be run.
        """
        threads = ThreadPoolExecutor(options.workers, "whisper")
        try:
            model = await asyncio.wrap_future(threads.submit(WhisperModel, options))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        return cls(model, threads, options.workers)

    async def close(self) -> None:
        """End the threads, once what they do now is done, and release the model."""
        model, self._model = self._model, None
        if model is not None:
            await asyncio.to_thread(_close, self._threads, model)

    @property
    def spoken(self) -> frozenset[str]:
        """Whisper's codes of the languages that the model knows."""
        return self._open().spoken

    @property
    def idle(self) -> bool:
        """Whether a decoding could begin at once."""
        return not self._free.locked()

    async def decode(self, sound: Sound) -> Decoded:
        """Return what is said in a sound.

        Raises:
            ProviderError: it failed, or the decoder is closed.
        """
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        try:
            decoding = self._threads.submit(self._timed, self._open(), sound)
        except BaseException as error:
            self._free.release()
            if isinstance(error, RuntimeError):  # the threads have ended
                raise ProviderError(_CLOSED) from error
            raise
        decoding.add_done_callback(lambda _: _soon(loop, self._free.release))
        return await asyncio.wrap_future(decoding)

    def _timed(self, model: WhisperModel, sound: Sound) -> Decoded:
        began = time.perf_counter()
        decoded = model.decode(sound)
        self.took = time.perf_counter() - began
        return decoded

    def _open(self) -> WhisperModel:
        if self._model is None:
            raise ProviderError(_CLOSED)
        return self._model


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits
        loop.call_soon_threadsafe(call)


def _close(threads: ThreadPoolExecutor, model: WhisperModel) -> None:
    threads.shutdown(wait=True, cancel_futures=True)
    model.close()
