"""One session of a recogniser: write sound, and check the events that come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from voicebot.interfaces import Recognition
from voicebot.messages import (
    FinalTranscript,
    Notice,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)
from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.iteration import closing
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.contract import do_nothing


@asynccontextmanager
async def checked_events(recognition: Recognition) -> AsyncGenerator[AsyncIterator[RecognitionEvent], None]:
    """Yield an iterator over a session's events that checks each."""
    async with closing(aiter(recognition)) as events, closing(_checked(events)) as checked:
        yield checked


async def _checked(events: AsyncIterator[RecognitionEvent]) -> AsyncIterator[RecognitionEvent]:
    async for event in events:
        record_progress()
        match event:
            case (
                PartialTranscript(text=str())
                | FinalTranscript(text=str())
                | SpeechStarted()
                | SpeechStopped()
                | Notice(message=str())
            ):
                yield event
            case _:
                raise Unmet(
                    "PartialTranscript, FinalTranscript, SpeechStarted, SpeechStopped, Notice",
                    repr(event)[:200],
                )


async def write(
    recognition: Recognition,
    sound: Iterable[bytes],
    midway: Callable[[], None] = do_nothing,
    *,
    finish: bool = True,
) -> None:
    """Write sound and finish; call `midway` when half has been written."""
    written = list(sound) if midway is not do_nothing else sound
    for number, piece in enumerate(written):
        if isinstance(written, list) and number == len(written) // 2:
            midway()
        await recognition.write(piece)
        record_progress()
        await asyncio.sleep(0)  # other sessions write theirs
    if finish:
        await recognition.finish()


@asynccontextmanager
async def paused_session(recognition: Recognition, sound: Iterable[bytes]) -> AsyncGenerator[None, None]:
    """Write sound, and leave the session waiting after its first event while the block runs."""
    async with checked_events(recognition) as events:
        writing = asyncio.create_task(write(recognition, sound), name="contract: sound")
        try:
            await anext(events, None)
            yield
        finally:
            writing.cancel()
            await asyncio.wait({writing})
