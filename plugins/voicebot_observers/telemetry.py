"""The observer `opentelemetry`: traces and metrics of conversations, exported in the background."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from pydantic import field_validator

from voicebot import (
    ConversationEvent,
    ConversationInfo,
    Field,
    Observer,
    Options,
    ProviderError,
    SecretStr,
    check_headers,
    install_hint,
)
from voicebot_observers.naming import made_printable

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from voicebot_observers.metrics import Instruments

logger = logging.getLogger(__name__)
_SCOPE = "voicebot"
_FLUSHING = 2.0
"""Seconds to export the rest when the bot closes."""


class TelemetryOptions(Options):
    """What is sent to OpenTelemetry, and where."""

    endpoint: str | None = Field(None, pattern="^https?://", repr=False)
    """Address of a receiver for OTLP over HTTP, such as `http://localhost:4318`; by default, from
    `OTEL_EXPORTER_OTLP_ENDPOINT` and OpenTelemetry's other variables."""
    headers: dict[str, SecretStr] = Field({})
    """HTTP headers of each request, such as a key; by default, from `OTEL_EXPORTER_OTLP_HEADERS`."""
    service: str | None = None
    """Name of the service; by default, from `OTEL_SERVICE_NAME`, or else `voicebot`."""
    interval: float = Field(30.0, gt=0, le=3600)
    """Seconds between exports of metrics."""
    content: bool = False
    """Whether spans also contain what was said, and the arguments and results of tools."""

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return check_headers(headers)


class TelemetryObserver(Observer[TelemetryOptions]):
    """Sends traces and metrics to OpenTelemetry, over OTLP and HTTP.

    A span `conversation` contains spans `turn`, and each of these `stt`, `chat MODEL`, `tts` and, for each
    tool that ran, `execute_tool NAME`. Names for the chat model and for tools follow the semantic conventions
    for generative AI (`gen_ai.*`), all others are `voicebot.*`. What was said, and the arguments and results
    of tools, are left out unless `content` is set.

    Args:
        tracers: where to send spans instead, for a program that has set up OpenTelemetry itself. It is not
            shut down.
        meters: the same for metrics.
    """

    def __init__(
        self,
        options: TelemetryOptions,
        *,
        tracers: TracerProvider | None = None,
        meters: MeterProvider | None = None,
    ) -> None:
        super().__init__(options)
        self._given = tracers, meters
        self._tracers, self._meters = self._given
        self._instruments: Instruments | None = None
        self._shut_down: list[Callable[[], object]] = []

    async def start(self) -> None:
        """Import the SDK, and begin to export."""
        try:
            if self._tracers is None or self._meters is None:
                self._set_up()
            from voicebot_observers.metrics import Instruments
        except ImportError as error:
            hint = install_hint("opentelemetry", "voicebot-framework[opentelemetry]")
            raise ProviderError(f"{error}; {hint}") from error
        assert self._meters is not None
        self._instruments = Instruments(self._meters.get_meter(_SCOPE))

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        """Make spans and record metrics."""
        if self._tracers is None or self._instruments is None:
            raise ProviderError("it has not been started")
        from voicebot_observers.metrics import ConversationMetrics
        from voicebot_observers.spans import ConversationSpans

        conversation = made_printable(conversation)
        tracer = self._tracers.get_tracer(_SCOPE)
        spans = ConversationSpans(tracer, conversation, content=self.options.content)
        metrics = ConversationMetrics(self._instruments, conversation)
        try:
            async for event in events:
                spans.record(event)
                metrics.record(event)
        finally:
            spans.abandon()
            metrics.abandon()

    async def aclose(self) -> None:
        """Export the rest, within two seconds."""
        shut_down, self._shut_down = self._shut_down, []
        self._tracers, self._meters = self._given
        self._instruments = None
        if shut_down and not await _done_within(_FLUSHING, shut_down):
            logger.warning("not all telemetry was delivered within %g s", _FLUSHING)

    def _set_up(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create({SERVICE_NAME: self.options.service} if self.options.service else {})
        if str(resource.attributes.get(SERVICE_NAME)).startswith("unknown_service"):
            resource = resource.merge(Resource({SERVICE_NAME: _SCOPE}))
        headers = {name: value.get_secret_value() for name, value in self.options.headers.items()} or None
        if self._tracers is None:
            tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
            exporter = OTLPSpanExporter(self._address("traces"), headers=headers)
            tracers.add_span_processor(BatchSpanProcessor(exporter))
            self._tracers = tracers
            self._shut_down.append(tracers.shutdown)
        if self._meters is None:
            reader = PeriodicExportingMetricReader(
                OTLPMetricExporter(self._address("metrics"), headers=headers), self.options.interval * 1000
            )
            meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
            self._meters = meters
            self._shut_down.append(lambda: meters.shutdown(_FLUSHING * 1000))

    def _address(self, signal: str) -> str | None:
        base = self.options.endpoint
        return f"{base.rstrip('/')}/v1/{signal}" if base is not None else None


async def _done_within(seconds: float, work: list[Callable[[], object]]) -> bool:
    """Run each in a daemon thread of its own, so that none keeps the process from ending."""
    loop = asyncio.get_running_loop()
    done = [asyncio.Event() for _ in work]

    def do(number: int) -> None:
        try:
            work[number]()
        finally:
            try:
                loop.call_soon_threadsafe(done[number].set)
            except RuntimeError:  # the loop is closed
                logger.debug("telemetry was shut down late")

    for number in range(len(work)):
        threading.Thread(target=do, args=(number,), name="voicebot telemetry", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            for each in done:
                await each.wait()
    except TimeoutError:
        return False
    return True
