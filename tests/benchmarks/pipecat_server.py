"""The server of Pipecat that `serve_load.py` measures beside ours: the same scripted work, in one process.

Pipecat is in none of our environments. It gets one of its own, of half a gigabyte:

    python3.11 -m venv pipecat-venv
    pipecat-venv/bin/pip install "pipecat-ai[websocket,silero]==1.14.0" uvicorn==0.54.0
    python serve_load.py --clients 5 10 15 20 --pipecat pipecat-venv/bin/python

Everything is Pipecat's own: `FastAPIWebsocketTransport`, `ProtobufFrameSerializer`, `SileroVADAnalyzer` and
the aggregators. Where there was a choice, it is the one that costs less: no RTVI messages and no turn
tracking, no model that judges the end of turns, sound at 16 kHz from the client, which need not be resampled,
binary instead of base64, and pieces of 100 ms, as ours sends. Only the recogniser, the model and the voice
are scripted, as in `served_bot.py`.

`pipecat_server.py CORE` prints its port.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner
from scripted_work import HEARD_RATE, QUESTION, SPOKEN_RATE, Marks, Work, speak, write_reply

_WORK = Work(sentences=2, sentence_seconds=1.0, chunk_seconds=0.1, audible=True)
_ENOUGH = HEARD_RATE  # bytes: half a second
_FINAL_AFTER = 0.1


class _Recognizer(STTService):
    """Hears the same words in any sound that is long enough."""

    def __init__(self) -> None:
        super().__init__(ttfs_p99_latency=0.35, settings=STTSettings(model=None, language=None))
        self._heard = 0

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        before, self._heard = self._heard, self._heard + (len(audio) if any(audio[:8]) else 0)
        if before < _ENOUGH <= self._heard:
            yield InterimTranscriptionFrame(QUESTION, "user", "")

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            heard, self._heard = self._heard, 0
            if heard >= _ENOUGH:
                self.create_task(self._finish())

    async def _finish(self) -> None:
        await asyncio.sleep(_FINAL_AFTER)
        await self.push_frame(TranscriptionFrame(QUESTION, "user", "", finalized=True))


class _Model(LLMService):
    """The scripted model."""

    def __init__(self) -> None:
        unset: dict[str, Any] = dict.fromkeys(
            (
                *("model", "system_instruction", "temperature", "max_tokens", "top_p", "top_k", "seed"),
                *("frequency_penalty", "presence_penalty", "user_turn_completion_config"),
            )
        )
        super().__init__(settings=LLMSettings(**unset, filter_incomplete_user_turns=False))

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            async with aclosing(write_reply(_WORK, Marks())) as tokens:
                async for token in tokens:
                    await self._push_llm_text(token)
        finally:
            await self.push_frame(LLMFullResponseEndFrame())


class _Voice(TTSService):
    """The scripted voice."""

    def __init__(self) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            sample_rate=SPOKEN_RATE,
            settings=TTSSettings(model=None, voice=None, language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        async with aclosing(speak(text, _WORK, Marks())) as sounds:
            async for sound in sounds:
                yield TTSAudioRawFrame(sound, SPOKEN_RATE, 1, context_id=context_id)


app = FastAPI()


@app.websocket("/ws")
async def talk(websocket: WebSocket) -> None:
    """Hold one conversation."""
    await websocket.accept()
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_in_sample_rate=HEARD_RATE,
            audio_out_sample_rate=SPOKEN_RATE,
            audio_out_10ms_chunks=10,
            serializer=ProtobufFrameSerializer(),
        ),
    )
    turns = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
    user, assistant = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(user_turn_strategies=turns, vad_analyzer=SileroVADAnalyzer()),
    )
    parts = [transport.input(), _Recognizer(), user, _Model(), _Voice(), transport.output(), assistant]
    worker = PipelineWorker(
        Pipeline(parts),
        params=PipelineParams(audio_in_sample_rate=HEARD_RATE, audio_out_sample_rate=SPOKEN_RATE),
        cancel_on_idle_timeout=False,
        enable_rtvi=False,
        enable_turn_tracking=False,
    )

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(_: Any, __: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main() -> None:
    """Serve until SIGTERM."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(
            app, log_level="error", ws_per_message_deflate=False, timeout_graceful_shutdown=1
        )
        uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    main()
