"""pocketsphinx on a simulated clock, which is charged with the processor time that the decoder takes.

So a clip is heard as on a machine with a core to spare, whatever else runs on this one, and sooner than in
real time. The recogniser and what its process does are the real ones; only process and pipes are replaced.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any, cast

from voicebot import Hints, Recognition
from voicebot_offline.recognition import protocol
from voicebot_offline.recognition.listener import Listener
from voicebot_offline.recognition.recognizer import (
    PocketsphinxOptions,
    PocketsphinxRecognizer,
)
from voicebot_offline.recognition.session import PocketsphinxRecognition


class SimulatedPocketsphinx(PocketsphinxRecognizer):
    """Decodes in this process, in the clock's time."""

    def __init__(self) -> None:
        super().__init__(PocketsphinxOptions())
        self.seconds = 0.0
        """Processor time that decoding took."""

    async def start(self) -> None:
        """Nothing runs beforehand."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        process = _Process(self._charge)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(process.serve(), name="simulated pocketsphinx")
            recognition = PocketsphinxRecognition(cast("Any", process))
            await recognition.expect(hints.phrases)
            yield recognition
            serving.cancel()

    def _charge(self, seconds: float) -> None:
        self.seconds += seconds


class _Process:
    """What the recogniser takes for its worker: both pipes, and the work between them."""

    def __init__(self, charge: Callable[[float], None]) -> None:
        self._charge = charge
        self.stdin = self.stdout = self
        self._inbox: deque[tuple[bytes, bytes]] = deque()
        self._arrived = asyncio.Event()
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._news: list[protocol.Message] = []
        settings: protocol.WorkerSettings = {
            "vocabulary": "auto",
            "acoustic_model": None,
            "dictionary": None,
            "language_model": None,
        }
        self._listener = Listener(
            settings,
            partial=lambda text: self._news.append({"partial": text}),
            final=lambda text, commit: self._news.append({"final": text, "commit": commit}),
        )

    def is_closing(self) -> bool:
        return False

    def write(self, frame: bytes) -> None:
        received = protocol.read_frame(BytesIO(frame))
        assert received is not None
        self._inbox.append(received)
        self._arrived.set()

    async def drain(self) -> None:
        """There is always room."""

    async def readline(self) -> bytes:
        return await self._lines.get()

    async def wait(self) -> int:
        return 0

    async def serve(self) -> None:
        """Do as the worker does: what arrived first, and what the decoder is behind with in between."""
        listener = self._listener
        while True:
            if listener.has_backlog and (listener.is_full or not self._inbox):
                await self._charged(listener.decode_backlog)
                continue
            while not self._inbox:
                self._arrived.clear()
                await self._arrived.wait()
            kind, content = self._inbox.popleft()
            if kind == protocol.AUDIO:
                await self._charged(lambda: listener.hear(content))  # noqa: B023 - called at once
            elif kind != protocol.HINTS:
                await self._charged(lambda: listener.settle(commit=kind == protocol.COMMIT))  # noqa: B023
                if kind == protocol.FINISH:
                    self._lines.put_nowait(b"")
                    return

    async def _charged(self, work: Callable[[], None]) -> None:
        began = time.thread_time()
        work()
        took = time.thread_time() - began
        self._charge(took)
        await asyncio.sleep(took)
        for message in self._news:
            self._lines.put_nowait(protocol.line(message))
        self._news.clear()
