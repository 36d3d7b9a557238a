"""The spans of a conversation: it contains turns, and a turn its stages stt, chat and tts, and its tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context  # noqa: TID253 - when it starts

from voicebot import (
    BotCorrected,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ProviderFailed,
    ProviderNoticed,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UserSpeechStarted,
    UserTurnEnded,
    printable,
    printable_words,
)
from voicebot_observers.conventions import OTHER_ERROR, chat_attributes, tool_attributes, tool_error

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_STAGES = {"recognizer": "stt", "chat": "chat", "filter": "chat", "synthesizer": "tts"}


@dataclass(slots=True)
class _Turn:
    """What is known of a turn before its timing arrives."""

    began: float
    question: str = ""
    ended: BotTurnEnded | None = None
    failures: dict[str, str] = field(default_factory=dict)


class ConversationSpans:
    """Makes the spans of one conversation.

    Args:
        content: whether spans contain what was said.
    """

    def __init__(self, tracer: Tracer, conversation: ConversationInfo, *, content: bool) -> None:
        self._tracer = tracer
        self._info = conversation
        self._content = content
        self._speech_began: float | None = None
        self._turn: _Turn | None = None
        self._running: dict[str, ToolStarted] = {}
        self._called: list[tuple[ToolStarted, ToolEnded]] = []
        self._span = tracer.start_span(
            "conversation",
            start_time=self._time(0.0),
            attributes={
                "gen_ai.conversation.id": conversation.id,
                "gen_ai.agent.name": conversation.name,
                "voicebot.language": conversation.language,
                **{f"voicebot.provider.{kind}": name for kind, name in conversation.providers.items()},
            },
        )
        self._within = self._latest_turn = set_span_in_context(self._span)

    def record(self, event: ConversationEvent) -> None:
        """Record an event; a turn's spans are made when its timing arrives."""
        match event:
            case UserSpeechStarted(at):
                self._speech_began = self._speech_began if self._speech_began is not None else at
            case UserTurnEnded(at, text):
                began, self._speech_began = self._speech_began, None
                self._turn = _Turn(began if began is not None else at, text)
            case BotTurnEnded() if self._turn is not None:
                self._turn.ended = event
            case ToolStarted() | ToolEnded():
                self._tool_event(event)
            case TurnTimed(turn=0):
                self._make_unasked(event)
            case TurnTimed():
                self._make(event)
            case ConversationEnded(at, failure, by):
                self._make_tools()
                self._span.set_attribute("voicebot.ended_by", by)
                if failure is not None:
                    _fail(self._span, failure)
                self._span.end(self._time(at))
            case _:
                self._point_event(event)

    def abandon(self) -> None:
        """End the conversation's span, because no more events come."""
        if self._span.is_recording():
            self._span.end()

    def _point_event(self, event: ConversationEvent) -> None:
        """Record an event that takes no time."""
        match event:
            case ProviderFailed(at, kind, message):
                self._failed(at, kind, message)
            case ProviderNoticed(at, kind, message):
                self._add_event("voicebot.notice", at, kind, message)
            case BotCorrected(at, heard) if self._content:
                corrected = {"voicebot.bot.heard": printable_words(heard)}
                self._span.add_event("voicebot.bot.corrected", corrected, self._time(at))
            case _:
                pass

    def _tool_event(self, event: ToolStarted | ToolEnded) -> None:
        if isinstance(event, ToolStarted):
            self._running[event.id] = event
        elif event.id in self._running:  # others never ran
            self._ended(self._running.pop(event.id), event)

    def _ended(self, started: ToolStarted, ended: ToolEnded) -> None:
        self._called.append((started, ended))
        if self._turn is None and not started.ahead:  # it belongs to a turn that is over
            self._make_tools()

    def _make_tools(self) -> None:
        """Make the spans of the calls so far, within the latest turn."""
        called, self._called = self._called, []
        for started, ended in called:
            content = {
                "gen_ai.tool.call.arguments": printable(started.arguments),
                "gen_ai.tool.call.result": printable(ended.text),
            }
            attributes = {
                **tool_attributes(started.name),
                "gen_ai.tool.call.id": printable(started.id),
                "gen_ai.conversation.id": self._info.id,
                "voicebot.tool.outcome": ended.outcome,
                "voicebot.tool.ahead": started.ahead,
                **(content if self._content else {}),
            }
            name = f"execute_tool {printable(started.name)}"
            span = self._start(name, started.at, attributes, within=self._latest_turn)
            if error := tool_error(ended.outcome):
                span.set_status(Status(StatusCode.ERROR, ended.outcome))
                span.set_attributes(error)
            span.end(self._time(max(started.at, ended.at)))

    def _failed(self, at: float, kind: str, message: str) -> None:
        if self._turn is not None:
            self._turn.failures.setdefault(_STAGES.get(kind, "turn"), message)
        self._add_event("voicebot.failure", at, kind, message)

    def _add_event(self, what: str, at: float, kind: str, message: str) -> None:
        attributes = {"voicebot.kind": kind, "voicebot.message": printable(message)}
        self._span.add_event(what, attributes, self._time(at))

    def _make(self, timed: TurnTimed) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        span = self._start("turn", turn.began, _turn_attributes(timed))
        if self._content:
            heard = turn.ended.heard if turn.ended is not None else ""
            words = {"voicebot.user.words": turn.question, "voicebot.bot.heard": heard}
            span.set_attributes({name: printable_words(said) for name, said in words.items()})
        within = self._latest_turn = set_span_in_context(span)
        self._make_tools()
        asked = timed.prepared_at if timed.prepared_at is not None else timed.decided
        settled = timed.final if timed.final is not None else timed.decided
        stages: list[tuple[str, float | None, float | None, SpanKind, dict[str, Any]]] = [
            ("stt", turn.began, settled, SpanKind.INTERNAL, {}),
            ("chat", asked, timed.last_token, SpanKind.CLIENT, self._chat(timed, asked)),
            ("tts", timed.first_unit, timed.at, SpanKind.INTERNAL, _speech_attributes(timed)),
        ]
        for name, began, ended, kind, attributes in stages:
            failure = turn.failures.get(name)
            if began is None or (ended is None and failure is None):
                continue  # it did not happen
            called = f"chat {self._info.model}".strip() if name == "chat" else name
            stage = self._start(called, began, attributes, kind, within)
            if failure is not None:
                _fail(stage, failure)
            stage.end(self._time(max(began, ended if ended is not None else timed.at)))
        if "turn" in turn.failures:
            _fail(span, turn.failures["turn"])
        span.end(self._time(timed.at))

    def _make_unasked(self, timed: TurnTimed) -> None:
        """Make the span of a reply that answers no turn, within the latest one."""
        if timed.decided is not None and timed.last_token is not None:
            name, attributes = f"chat {self._info.model}".strip(), self._chat(timed, timed.decided)
            span = self._start(name, timed.decided, attributes, SpanKind.CLIENT, self._latest_turn)
            span.end(self._time(timed.last_token))

    def _chat(self, timed: TurnTimed, asked: float | None) -> dict[str, Any]:
        attributes: dict[str, Any] = {
            **chat_attributes(self._info),
            "gen_ai.conversation.id": self._info.id,
            "gen_ai.usage.input_tokens": timed.input_tokens,
            "gen_ai.usage.output_tokens": timed.output_tokens,
        }
        if asked is not None and timed.first_token is not None:
            attributes["gen_ai.response.time_to_first_chunk"] = timed.first_token - asked
        return attributes

    def _start(
        self,
        name: str,
        at: float,
        attributes: dict[str, Any],
        kind: SpanKind = SpanKind.INTERNAL,
        within: Any = None,
    ) -> Span:
        known = {key: value for key, value in attributes.items() if value is not None}
        context = within if within is not None else self._within
        return self._tracer.start_span(name, context, kind, known, start_time=self._time(at))

    def _time(self, at: float) -> int:
        """Return a time of the conversation in seconds as wall-clock nanoseconds."""
        return round((self._info.started.timestamp() + at) * 1e9)


def _turn_attributes(timed: TurnTimed) -> dict[str, Any]:
    return {
        "voicebot.turn": timed.turn,
        "voicebot.interrupted": timed.interrupted,
        "voicebot.heard_share": timed.heard_share,
        "voicebot.prepared": timed.prepared,
        "voicebot.withdrawn": timed.withdrawn,
        "voicebot.wasted_tokens": timed.wasted_tokens,
        "voicebot.response_time": _between(timed.speech_stopped, timed.first_sound),
    }


def _speech_attributes(timed: TurnTimed) -> dict[str, Any]:
    return {"voicebot.time_to_first_byte": _between(timed.first_unit, timed.first_byte)}


def _between(earlier: float | None, later: float | None) -> float | None:
    return later - earlier if earlier is not None and later is not None else None


def _fail(span: Span, message: str) -> None:
    span.set_status(Status(StatusCode.ERROR, printable(message)))
    span.set_attribute("error.type", OTHER_ERROR)
