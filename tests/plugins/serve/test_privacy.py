"""What of a served conversation is written, counted and sent on: rows 15 and 17 of the list of attacks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from voicebot import Bot, Options, Settings
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedVoiceActivity,
)
from voicebot_observers.telemetry import TelemetryObserver, TelemetryOptions
from voicebot_observers.transcript import TranscriptObserver, TranscriptOptions
from voicebot_serve.app import installed_transports
from voicebot_serve.bots import ClientDevice
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper

from .serving import serving
from .store.returning_client import ReturningClient

QUESTION, ANSWER = "my word is plover", "Yours is plover, mine is xyzzy."
REALTIME = "/v1/realtime"


def _bot(settings: Settings, chat: ScriptedChatModel, **parts: Any) -> Bot:
    return Bot(
        recognizer=ScriptedRecognizer(),
        chat=chat,
        synthesizer=ScriptedSynthesizer(first_byte=0, seconds_per_character=0.002),
        device=ClientDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
        settings=settings,
        **parts,
    )


async def _metrics_after_talking(keeper: Keeper, **parts: Any) -> tuple[ReturningClient, str]:
    """Talk with a bot, which is closed after that; return the client, and what `/metrics` said."""

    def make(settings: Settings) -> Bot:
        return _bot(settings, **parts)

    async with serving(make=make, keeper=keeper, transports=installed_transports()) as running:
        client = ReturningClient([running.url(REALTIME)], [QUESTION])
        await client.run()
        await running.server.sessions.wait_until_empty()
        return client, (await running.get("/metrics"))[2]


@pytest.mark.parametrize("content", [False, True])
def test_row_15_what_was_said_is_exported_only_where_a_config_says_content(
    content: bool, caplog: pytest.LogCaptureFixture
) -> None:
    for foreign in ("websockets", "asyncio"):  # the client of this test logs too
        caplog.set_level(logging.CRITICAL, foreign)
    caplog.set_level(logging.INFO)
    spans, tracers = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    meters = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)

    async def run() -> str:
        observer = TelemetryObserver(TelemetryOptions(content=content), tracers=tracers, meters=meters)
        _, metrics = await _metrics_after_talking(
            Keeper(EmbeddedStore()), chat=ScriptedChatModel([ANSWER]), observers=[observer]
        )
        return metrics

    written = asyncio.run(run()) + caplog.text
    exported = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "conversation" in written
    assert exported
    for word in ("plover", "xyzzy"):
        assert word not in written
        assert (word in exported) is content


def _without(text: str) -> str:
    return text.replace("plover", "***").replace("xyzzy", "***")


async def _reply_without(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    async for piece in pieces:
        yield _without(piece)


def test_row_17_what_a_filter_hides_is_in_no_event_log_transcript_or_store(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for foreign in ("websockets", "asyncio"):
        caplog.set_level(logging.CRITICAL, foreign)
    caplog.set_level(logging.DEBUG)
    transcript = TranscriptObserver(TranscriptOptions(file=tmp_path / "talk.md"))
    chat = ScriptedChatModel([ANSWER])

    async def run() -> ReturningClient:
        client, _ = await _metrics_after_talking(
            Keeper(EmbeddedStore(tmp_path / "store.db")),
            chat=chat,
            observers=[transcript],
            transcript_filters=[lambda _: _without],
            reply_filters=[lambda _: _reply_without],
        )
        return client

    client = asyncio.run(run())
    transcribed, kept = ((tmp_path / name).read_bytes() for name in ("talk.md", "store.db"))
    assert client.texts == {1: "Yours is ***, mine is ***."}
    assert [each.content for each in chat.requests[-1].messages if each.role == "user"] == ["my word is ***"]
    assert b"Yours is" in transcribed
    assert b"Yours is ***" in kept
    for word in ("plover", "xyzzy"):
        assert word.encode() not in transcribed + kept
        assert [record.getMessage() for record in caplog.records if word in record.getMessage()] == []
