"""Who spends the CPU time of a conversation over Azure: our event loop, or the threads of the Speech SDK."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from voicebot_emulator.testing import LoudUser

_FRAME = 0.02


@dataclass
class CpuTime:
    """CPU time in seconds a minute, of the whole process and of the thread that runs the event loop."""

    process: float = 0.0
    event_loop: float = 0.0

    def figures(self) -> dict[str, float]:
        """Return rows of the table."""
        return {
            "CPU, seconds a minute": round(self.process, 2),
            "of it the event loop": round(self.event_loop, 2),
            "of it the SDK's threads": round(self.process - self.event_loop, 2),
        }


@contextmanager
def cpu_time() -> Iterator[CpuTime]:
    """Measure the block, which runs in the event loop."""
    measured = CpuTime()
    began, process, event_loop = time.monotonic(), sum(os.times()[:2]), time.thread_time()
    yield measured
    minutes = (time.monotonic() - began) / 60
    measured.process = (sum(os.times()[:2]) - process) / minutes
    measured.event_loop = (time.thread_time() - event_loop) / minutes


async def listen_with_the_sdk_alone(
    environment: dict[str, str], seconds: float, *, streams: int = 1, properties: dict[str, str] | None = None
) -> CpuTime:
    """Write sound in frames of 20 ms to recognisers of the SDK, without voicebot."""
    import azure.cognitiveservices.speech as sdk

    open_streams: list[tuple[Any, Any]] = []
    for _ in range(streams):
        config = sdk.SpeechConfig(
            subscription=environment["SPEECH_KEY"], endpoint=environment["SPEECH_ENDPOINT"]
        )
        chosen = {"SPEECH-BytesPerFrame": "640", "SPEECH-USPPollingInterval": "5", **(properties or {})}
        for name, value in chosen.items():
            config.set_property_by_name(name, value)
        stream = sdk.audio.PushAudioInputStream(sdk.audio.AudioStreamFormat(16_000, 16, 1))
        recognizer = sdk.SpeechRecognizer(config, sdk.audio.AudioConfig(stream=stream))
        recognizer.recognized.connect(lambda event: None)
        recognizer.recognizing.connect(lambda event: None)
        await asyncio.to_thread(recognizer.start_continuous_recognition_async().get)
        open_streams.append((recognizer, stream))
    frame = LoudUser().frames("", _FRAME)[0]
    loop = asyncio.get_running_loop()
    with cpu_time() as measured:
        began = loop.time()
        for number in range(round(seconds / _FRAME)):
            for _, stream in open_streams:
                stream.write(frame)
            await asyncio.sleep(max(0.0, began + (number + 1) * _FRAME - loop.time()))
    for recognizer, stream in open_streams:
        stream.close()
        await asyncio.to_thread(recognizer.stop_continuous_recognition_async().get)
    return measured
