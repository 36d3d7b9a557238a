"""Traces and metrics of conversations, as OpenTelemetry's SDK collects them and as they arrive over HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from voicebot import (
    BotCorrected,
    BotTurnEnded,
    ConversationEnded,
    ProviderError,
    ProviderFailed,
    ProviderNoticed,
    ReplyWithdrawn,
    TurnTimed,
    UserTurnEnded,
)
from voicebot.testing import converse, simulated
from voicebot_observers.telemetry import TelemetryObserver, TelemetryOptions

STARTED = datetime(2026, 11, 24, 15, 30, tzinfo=UTC).timestamp()
SAID = ("tell me more", "Once there was a parrot.")
FAILED_TURN = (
    UserTurnEnded(2.5, "hello"),
    ProviderFailed(3.0, "chat", "no tokens left"),
    BotTurnEnded(4.0, "Sorry."),
    TurnTimed(4.0, 1, speech_stopped=2.0, decided=2.5, final=2.3),
    ConversationEnded(5.0, "the recogniser broke", "failure"),
)


class Collected:
    """An observer, and what it exported."""

    def __init__(self, **options: Any) -> None:
        self._spans, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.observer = TelemetryObserver(TelemetryOptions(**options), tracers=tracers, meters=meters)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._spans.get_finished_spans()}

    def metrics(self) -> dict[str, list[Any]]:
        """Return the points of each metric."""
        data = self._reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def seconds(span: ReadableSpan) -> tuple[float, float]:
    """Return when a span began and ended, in seconds of its conversation."""
    assert span.start_time is not None
    assert span.end_time is not None
    return round(span.start_time / 1e9 - STARTED, 3), round(span.end_time / 1e9 - STARTED, 3)


def test_a_conversation_contains_turns_and_a_turn_its_stages(watch):
    collected = Collected()
    watch(collected.observer)
    spans = collected.spans
    assert {name: seconds(span) for name, span in spans.items()} == {
        "conversation": (0.0, 65.5),
        "turn": (1.0, 6.0),
        "stt": (1.0, 2.3),
        "chat gpt-x": (2.2, 3.0),
        "tts": (2.7, 6.0),
    }
    parents = {name: span.parent.span_id if span.parent else None for name, span in spans.items()}
    ids = {name: span.context.span_id for name, span in spans.items()}
    assert parents == {
        "conversation": None,
        "turn": ids["conversation"],
        "stt": ids["turn"],
        "chat gpt-x": ids["turn"],
        "tts": ids["turn"],
    }


def test_the_span_of_the_chat_model_follows_the_conventions(watch):
    collected = Collected()
    watch(collected.observer)
    span = collected.spans["chat gpt-x"]
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.conversation.id": "c0ffee0",
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.response.time_to_first_chunk": pytest.approx(0.4),
    }


def test_content_is_exported_only_if_the_option_is_set(watch):
    for content in (False, True):
        collected = Collected(content=content)
        watch(collected.observer)
        everything = "".join(span.to_json() for span in collected.spans.values())
        assert [words in everything for words in SAID] == [content, content]
    turn = collected.spans["turn"].attributes or {}
    assert (turn["voicebot.user.words"], turn["voicebot.bot.heard"]) == SAID


def test_what_the_user_heard_after_all_is_content_too(watch):
    for content in (False, True):
        collected = Collected(content=content)
        watch(collected.observer, [BotCorrected(2.0, "Once"), ConversationEnded(3.0)])
        events = {event.name: event.attributes for event in collected.spans["conversation"].events}
        assert events == ({"voicebot.bot.corrected": {"voicebot.bot.heard": "Once"}} if content else {})


def test_metrics_have_the_names_of_the_conventions_if_there_are_any(watch):
    collected = Collected()
    watch(collected.observer, [*_dialogue(), ReplyWithdrawn(7.0, 40)])
    metrics = collected.metrics()
    sums = {
        name: [round(getattr(p, "sum", getattr(p, "value", 0)), 3) for p in points]
        for name, points in metrics.items()
    }
    assert sums == {
        "gen_ai.client.token.usage": [120, 30],
        "gen_ai.client.operation.duration": [0.8],
        "gen_ai.client.operation.time_to_first_chunk": [0.4],
        "voicebot.response_time": [1.1],
        "voicebot.stt.settling_time": [0.3],
        "voicebot.tts.time_to_first_byte": [0.2],
        "voicebot.conversation.active": [0],
        "voicebot.conversation.duration": [65.5],
        "voicebot.turn.count": [1],
        "voicebot.wasted_tokens": [40],
    }  # fmt: skip
    assert dict(metrics["gen_ai.client.token.usage"][0].attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.token.type": "input",
    }
    assert metrics["gen_ai.client.operation.duration"][0].explicit_bounds[:3] == (0.01, 0.02, 0.04)


def _dialogue() -> tuple[Any, ...]:
    timed = TurnTimed(
        6.0, 1, speech_stopped=2.0, prepared_at=2.2, final=2.3, decided=2.5, first_token=2.6, last_token=3.0,
        first_unit=2.7, first_byte=2.9, first_sound=3.1, input_tokens=120, output_tokens=30,
    )  # fmt: skip
    return UserTurnEnded(2.5, "hello"), BotTurnEnded(6.0, "Hello."), timed, ConversationEnded(65.5)


def test_a_failure_is_on_the_span_of_the_provider_that_failed(watch):
    collected = Collected()
    watch(collected.observer, FAILED_TURN)
    spans = collected.spans
    chat = spans["chat gpt-x"]
    assert chat.status.status_code is StatusCode.ERROR
    assert chat.status.description == "no tokens left"
    assert (chat.attributes or {})["error.type"] == "_OTHER"
    assert seconds(chat) == (2.5, 4.0)
    assert spans["stt"].status.status_code is StatusCode.UNSET
    assert spans["conversation"].status.description == "the recogniser broke"
    assert "tts" not in spans
    failures = collected.metrics()["voicebot.provider.failures"]
    assert [(p.value, p.attributes["voicebot.kind"]) for p in failures] == [(1, "chat")]


@simulated
async def test_it_watches_a_conversation_as_it_happens() -> None:
    collected = Collected()
    async with converse(observers=[collected.observer]) as user:
        await user.says("hello there")
        await user.is_answered()
        await user.says("how are you")
        await user.is_answered()
    spans = collected._spans.get_finished_spans()
    assert sorted(span.name for span in spans) == [
        "chat",
        "chat",
        "conversation",
        "stt",
        "stt",
        "tts",
        "tts",
        "turn",
        "turn",
    ]
    assert all(span.start_time <= span.end_time for span in spans)


def test_a_conversation_that_is_not_observed_to_its_end_no_longer_counts_as_active(watch):
    collected = Collected()
    watch(collected.observer, FAILED_TURN[:1])
    assert "conversation" in collected.spans
    assert [point.value for point in collected.metrics()["voicebot.conversation.active"]] == [0]


class Receiver:
    """Takes what is exported over HTTP; it answers after `delay` seconds."""

    def __init__(self, delay: float = 0.0) -> None:
        self.bodies: dict[str, list[bytes]] = {}
        self.headers: list[Any] = []
        receiver, released = self, threading.Event()
        self.release = released.set

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.setdefault(self.path, []).append(body)
                receiver.headers.append(self.headers)
                released.wait(delay)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    receivers: list[Receiver] = []

    def receive(**options: Any) -> Receiver:
        receiver = Receiver(**options)
        receivers.append(receiver)
        threading.Thread(target=receiver.server.serve_forever, daemon=True).start()
        return receiver

    yield receive
    for receiver in receivers:
        receiver.release()
        receiver.server.shutdown()
        receiver.server.server_close()


def test_a_receiver_gets_what_the_options_ask_for(watch, receive):
    receiver = receive()
    headers = {"api-key": " s3cret "}  # with blanks, they could not be sent
    options = TelemetryOptions(endpoint=receiver.address, headers=headers, service="parrots")
    assert "s3cret" not in repr(options)

    watch(TelemetryObserver(options))

    (body,) = receiver.bodies["/v1/traces"]
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert {span.name for scope in resource.scope_spans for span in scope.spans} == {
        "conversation", "turn", "stt", "chat gpt-x", "tts"
    }  # fmt: skip
    service = {a.key: a.value.string_value for a in resource.resource.attributes}["service.name"]
    assert service == "parrots"
    (body, *_) = receiver.bodies["/v1/metrics"]
    (resource,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    assert "gen_ai.client.token.usage" in {m.name for scope in resource.scope_metrics for m in scope.metrics}
    assert {headers["api-key"] for headers in receiver.headers} == {"s3cret"}
    assert not any(
        words.encode() in body for bodies in receiver.bodies.values() for body in bodies for words in SAID
    )


def test_the_variables_of_opentelemetry_apply_if_no_option_is_set(watch, receive, monkeypatch):
    receiver = receive()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
    watch(TelemetryObserver(TelemetryOptions()))
    (body,) = receiver.bodies["/v1/traces"]
    attributes = ExportTraceServiceRequest.FromString(body).resource_spans[0].resource.attributes
    assert {a.key: a.value.string_value for a in attributes}["service.name"] == "voicebot"


def test_a_receiver_that_does_not_answer_delays_closing_only_briefly(watch, receive, caplog):
    receiver = receive(delay=60.0)
    watch(TelemetryObserver(TelemetryOptions(endpoint=receiver.address)))
    assert "not all telemetry was delivered within 2 s" in caplog.text


def test_it_can_be_started_again_after_closing_and_reports_when_it_was_not_started(watch, receive):
    receiver = receive()
    observer = TelemetryObserver(TelemetryOptions(endpoint=receiver.address))
    watch(observer)
    watch(observer)
    assert len(receiver.bodies["/v1/traces"]) == 2
    with pytest.raises(ProviderError, match="has not been started"):
        asyncio.run(observer.observe(None, None))  # type: ignore[arg-type]


def test_closing_without_starting_is_harmless_and_so_is_closing_twice():
    async def run() -> None:
        observer = TelemetryObserver(TelemetryOptions())
        await observer.aclose()
        await observer.aclose()

    asyncio.run(run())


def test_texts_of_spans_are_harmless_on_a_terminal(watch):
    hostile = "\x1b[2J\u202ea\x7f\ud83d\nb"
    collected = Collected(content=True)
    events = [
        UserTurnEnded(1.0, hostile),
        ProviderFailed(1.5, "chat", hostile),
        ProviderNoticed(1.6, "chat", hostile),
        BotTurnEnded(3.0, hostile),
        TurnTimed(4.0, 1, decided=1.0, first_token=2.0, last_token=2.5),
        ConversationEnded(5.0, hostile, "failure"),
    ]
    watch(collected.observer, events, name=hostile)

    spans = collected.spans.values()
    texts = [span.name for span in spans] + [span.status.description or "" for span in spans]
    texts += [str(v) for span in spans for v in (span.attributes or {}).values()]
    texts += [str(v) for span in spans for event in span.events for v in (event.attributes or {}).values()]
    assert [text for text in texts if not text.isprintable()] == []
    assert any("a" in text for text in texts)
