"""One session of the recogniser, served by a worker process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

from voicebot import FinalTranscript, PartialTranscript, ProviderError, Recognition, RecognitionEvent
from voicebot_offline.recognition import protocol, worker_process

logger = logging.getLogger(__name__)
_LONGEST_FRAME = 6_400
"""Bytes of sound in a frame."""


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
            await self._send(protocol.frame(protocol.HINTS, json.dumps(phrases).encode()))

    async def write(self, audio: bytes) -> None:
        """Hand over sound; wait while the worker is seconds behind."""
        for first in range(0, len(audio), _LONGEST_FRAME):
            await self._send(protocol.frame(protocol.AUDIO, audio[first : first + _LONGEST_FRAME]))

    async def commit(self) -> None:
        """Have what was written settled into one final."""
        self._commits += 1
        await self._send(protocol.frame(protocol.COMMIT))

    async def finish(self) -> None:
        """Have the rest settled; the iteration then ends."""
        if not self._finished:
            self._finished = True
            await self._send(protocol.frame(protocol.FINISH))

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Give partials as they change and finals; raise `ProviderError` when the worker dies."""
        settled: list[str] = []
        while True:
            try:
                message = await worker_process.next_message(self._worker)
            except EOFError as error:
                status = await self._worker.wait()
                if self._finished and status == 0:
                    return
                raise ProviderError(
                    f"pocketsphinx's process died (exit status {status})", retryable=True
                ) from error
            if "error" in message:
                raise ProviderError(f"pocketsphinx failed: {message['error']}", retryable=True)
            if "unknown" in message:
                logger.debug("not in pocketsphinx's dictionary: %s", ", ".join(message["unknown"]))
            elif "partial" in message:
                yield PartialTranscript(" ".join([*settled, message["partial"]]))
            elif "final" in message:
                settled += [message["final"]] if message["final"] else []
                if message["commit"]:
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
