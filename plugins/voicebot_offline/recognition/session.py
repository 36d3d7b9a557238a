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
    """One session, served by a worker process.

    The worker ends long speech by itself. What it reports while a commit is on its way becomes part of that
    commit's final, so that each commit is answered by exactly one final.
    """

    def __init__(self, worker: asyncio.subprocess.Process) -> None:
        self._worker = worker
        self._commits = 0
        self._finished = False

    async def expect(self, phrases: tuple[str, ...]) -> None:
        """Set the phrases to expect."""
        if phrases:
            await self._send(protocol.frame(protocol.HINTS, json.dumps(phrases).encode()))

    async def write(self, audio: bytes) -> None:
        """Pass sound on; wait while the worker is seconds behind."""
        for first in range(0, len(audio), _LONGEST_FRAME):
            await self._send(protocol.frame(protocol.AUDIO, audio[first : first + _LONGEST_FRAME]))

    async def commit(self) -> None:
        """Ask for one final of what was written."""
        self._commits += 1
        await self._send(protocol.frame(protocol.COMMIT))

    async def finish(self) -> None:
        """Ask for a final of the rest, after which the iteration ends."""
        if not self._finished:
            self._finished = True
            await self._send(protocol.frame(protocol.FINISH))

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield partials as they change, and finals.

        Raises:
            ProviderError: the worker died or failed.
        """
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
            logger.debug("pocketsphinx's process is gone; the iteration reports it")
