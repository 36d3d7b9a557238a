"""Synthesizing a reply unit by unit, in order, the next unit while one is being played."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from voicebot.engine.latch import Latch
from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.errors import DeviceError

_IN_FLIGHT = 2
"""The unit that is played and the one after it; more would be wasted by an interruption."""
_LONGEST_BACKLOG = 64


class SynthesisQueue:
    """Synthesizes units for a synthesizer that takes whole utterances.

    Args:
        language: BCP 47 tag of the text.
        tasks: the reply's.
        first_audio: called when the first audio of the first unit comes, if it is not played at once.
    """

    def __init__(
        self,
        session: SynthesizerSession,
        language: str,
        tasks: asyncio.TaskGroup,
        first_audio: Callable[[], None] | None = None,
    ) -> None:
        self.given = 0
        """Characters that the synthesizer has been given."""
        self._session = session
        self._language = language
        self._tasks = tasks
        self._first_audio = first_audio
        self._running: deque[asyncio.Task[None]] = deque(maxlen=_IN_FLIGHT)
        self._backlog: deque[UnitAudio] = deque()
        self._ordered: asyncio.Queue[UnitAudio | None] = asyncio.Queue()
        self._room = Latch()
        self._unplayed = 0
        """Units that have been started and not played to their end."""
        self._playing = 0
        self._cancelled = False

    async def put(self, unit: ReplyUnit) -> None:
        """Add a unit; wait while many have not been started."""
        while len(self._backlog) >= _LONGEST_BACKLOG and not self._cancelled:
            self._room.clear()
            await self._room.wait()
        audio = UnitAudio(unit, self._first_audio)
        self._first_audio = None  # the second unit is synthesized at the same time and may come sooner
        self._backlog.append(audio)
        self._ordered.put_nowait(audio)
        self._start_units()
        await asyncio.sleep(0)  # a model may write in bursts: start the synthesis before reading the rest

    def finish(self) -> None:
        """Mark the last unit."""
        self._ordered.put_nowait(None)

    async def next(self) -> UnitAudio | None:
        """Return the next unit in order once the one before has been played, or None after the last."""
        self._unplayed -= self._playing
        self._playing = 1
        self._start_units()
        return await self._ordered.get()

    def cancel(self) -> None:
        """Stop synthesizing."""
        self._cancelled = True
        self._backlog.clear()
        self._room.set()
        for task in self._running:
            task.cancel()

    def _start_units(self) -> None:
        while self._backlog and self._unplayed < _IN_FLIGHT and not self._cancelled:
            self._unplayed += 1
            self.given += len(self._backlog[0].unit.spoken)
            synthesis = self._synthesize(self._backlog.popleft())
            self._running.append(self._tasks.create_task(synthesis, name="reply: synthesis"))
            self._room.set()

    async def _synthesize(self, audio: UnitAudio) -> None:
        try:
            await self._session.synthesize(audio, self._language)
        except DeviceError:  # the speaker's, which audio is passed straight to
            raise
        except Exception as error:  # a third-party synthesizer may raise anything
            audio.finish(error)
        else:
            audio.finish()
