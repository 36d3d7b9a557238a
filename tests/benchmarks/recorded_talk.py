"""Conversations that benchmarks record in virtual time, with the detectors of a config."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from voicebot import (
    BotConfig,
    FinalTranscript,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
)
from voicebot.testing import ScriptedUser, VirtualClockLoop, converse
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


def in_virtual_time(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end at once."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(main)


@asynccontextmanager
async def recorded(
    folder: Path, config: BotConfig, user: ScriptedUser, **providers: Any
) -> AsyncGenerator[ScriptedUser, None]:
    """Hold one conversation, and record it in a folder.

    Args:
        config: whose settings and detectors the bot has; it does not greet.
        providers: arguments of `converse`.
    """
    assert config.voice_activity is not None
    async with converse(
        voice_activity=config.voice_activity.make(),
        turn_detector=config.turn_detector.make() if config.turn_detector else None,
        settings=config.settings.model_copy(update={"greeting": ""}),
        observers=[Recorder(RecordOptions(folder=folder, min_free=0, max_size=None), config)],
        user=user,
        **providers,
    ) as talking:
        yield talking


class CountedRecognition(Recognition):
    """Gives partial transcripts as words are said, and finals when it is asked for them.

    Args:
        delay: seconds to a final.
    """

    def __init__(self, delay: float) -> None:
        self._delay, self._reported = delay, 0
        self._events: asyncio.Queue[RecognitionEvent | None] = asyncio.Queue()

    @abstractmethod
    def heard(self, audio: bytes) -> list[str]:
        """Take sound; return the words since the last final."""

    @abstractmethod
    def settle(self) -> list[str]:
        """Return the words since the last final, and begin with the next."""

    async def write(self, audio: bytes) -> None:
        words = self.heard(audio)
        if len(words) > self._reported:
            self._reported = len(words)
            self._events.put_nowait(PartialTranscript(" ".join(words)))

    async def commit(self) -> None:
        final = FinalTranscript(" ".join(self.settle()))
        self._reported = 0
        asyncio.get_running_loop().call_later(self._delay, self._events.put_nowait, final)

    async def finish(self) -> None:
        self._events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while (event := await self._events.get()) is not None:
            yield event
