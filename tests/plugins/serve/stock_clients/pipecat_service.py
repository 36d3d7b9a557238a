"""Pipecat's OpenAIRealtimeLLMService: a function, and a story that sound interrupts."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    ErrorFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

LOUD, SILENT = b"\x10\x20" * 2400, bytes(4800)  # 100 ms
logger.remove()


class Ear(FrameProcessor):
    """Hears what the bot says."""

    def __init__(self, seen: dict[str, Any]) -> None:
        super().__init__()
        self._seen = seen
        self.sounds = asyncio.Event()

    async def process_frame(self, frame: Any, direction: Any) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TTSAudioRawFrame():
                self._seen["sound"] += len(frame.audio)
                self.sounds.set()
            case InterruptionFrame():
                self._seen["interrupted"] += 1
            case ErrorFrame():
                self._seen["errors"].append(frame.error)
        await self.push_frame(frame, direction)


async def converse(url: str, key: str, line: str, seen: dict[str, Any], *, interrupt: bool) -> None:
    """Say a line, and hear the answer; or interrupt it by sound, and hear the answer to that."""
    audio = events.AudioConfiguration(input=events.AudioInput(turn_detection=events.SemanticTurnDetection()))
    properties = events.SessionProperties(instructions="Be brief.", audio=audio)
    settings = OpenAIRealtimeLLMService.Settings(model="bot", session_properties=properties)
    service = OpenAIRealtimeLLMService(api_key=key, base_url=url, settings=settings)

    async def weather(params: Any) -> None:
        output = f"sunny in {params.arguments['city']}"
        seen["results"].append(output)
        await params.result_callback(output)

    service.register_function("weather", weather)
    schema = FunctionSchema("weather", "Tell the weather.", {"city": {"type": "string"}}, ["city"])
    context = LLMContext([{"role": "user", "content": line}], ToolsSchema(standard_tools=[schema]))
    both = LLMContextAggregatorPair(context)
    ear = Ear(seen)
    worker = PipelineWorker(Pipeline([both.user(), service, ear, both.assistant()]))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(40):
            await worker.queue_frame(LLMRunFrame())
            if interrupt:
                await ear.sounds.wait()
                await asyncio.sleep(1)
                for sound in [LOUD] * 10 + [SILENT] * 20:
                    await worker.queue_frame(InputAudioRawFrame(sound, 24_000, 1))
                    await asyncio.sleep(0.1)
            last = "Ahoy" if interrupt else "It is"
            while not str(context.get_messages()[-1].get("content")).startswith(last):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        messages = [m for m in context.get_messages() if m.get("role") != "tool" and m.get("content")]
        seen["said"] += [str(m.get("content")).replace('"', "") for m in messages]
        await worker.cancel()
        await running


async def main(url: str, key: str) -> None:
    seen: dict[str, Any] = {"sound": 0, "results": [], "errors": [], "interrupted": 0, "said": []}
    try:
        await converse(url, key, "what is the weather", seen, interrupt=False)
        await converse(url, key, "tell me a story", seen, interrupt=True)
    finally:
        print(json.dumps(seen))


asyncio.run(main(sys.argv[1], sys.argv[2]))
