"""Metrics of conversations: the chat model's named by the conventions, all others `voicebot.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot import (
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ProviderFailed,
    ProviderUsed,
    ReplyWithdrawn,
    ToolEnded,
    TurnTimed,
)
from voicebot_observers.conventions import (
    NEVER_RAN,
    OTHER_ERROR,
    SECOND_BUCKETS,
    TOKEN_BUCKETS,
    chat_attributes,
    tool_attributes,
    tool_error,
)

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram, Meter


class Instruments:
    """The instruments that all conversations of a bot share."""

    def __init__(self, meter: Meter) -> None:
        self.tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens used by a reply, by type: input or output.",
            explicit_bucket_boundaries_advisory=TOKEN_BUCKETS,
        )
        self.chat = _seconds(
            meter, "gen_ai.client.operation.duration", "From the request to the chat model to its last word."
        )
        self.first_chunk = _seconds(
            meter,
            "gen_ai.client.operation.time_to_first_chunk",
            "From the request to the chat model to its first word.",
        )
        self.tool = _seconds(meter, "gen_ai.execute_tool.duration", "How long tools ran.")
        self.response = _seconds(
            meter, "voicebot.response_time", "From the user's last sound to the bot's first."
        )
        self.settling = _seconds(
            meter, "voicebot.stt.settling_time", "From the user's last sound to the final transcript."
        )
        self.first_byte = _seconds(
            meter, "voicebot.tts.time_to_first_byte", "From the first text for the voice to its first sound."
        )
        self.conversation = meter.create_histogram(
            "voicebot.conversation.duration", "s", "Duration of conversations."
        )
        self.active = meter.create_up_down_counter(
            "voicebot.conversation.active", "{conversation}", "Conversations in progress."
        )
        self.turns = meter.create_counter("voicebot.turn.count", "{turn}", "Turns that the bot answered.")
        self.tool_calls = meter.create_counter(
            "voicebot.tool.calls", "{call}", "Calls of tools by the chat model, by outcome."
        )
        self.failures = meter.create_counter(
            "voicebot.provider.failures", "{failure}", "Failures, by kind of provider."
        )
        self.wasted = meter.create_counter(
            "voicebot.wasted_tokens", "{token}", "Estimated tokens of prepared replies that were discarded."
        )
        self.heard = meter.create_counter(
            "voicebot.stt.audio", "s", "Sound that recognisers were given, by provider and model."
        )
        self.spoken = meter.create_counter(
            "voicebot.tts.characters", "{character}", "Characters that voices were given, as they are billed."
        )
        self.used_tokens = meter.create_counter(
            "voicebot.tokens",
            "{token}",
            "Tokens of all requests, also of discarded replies and tools, by type: input, cached or output.",
        )


class ConversationMetrics:
    """Measures one conversation."""

    def __init__(self, instruments: Instruments, conversation: ConversationInfo) -> None:
        self._instruments = instruments
        self._bot = {"gen_ai.agent.name": conversation.name}
        self._chat = chat_attributes(conversation)
        self._chat_failed = False
        self._active = True
        instruments.active.add(1, self._bot)

    def record(self, event: ConversationEvent) -> None:
        """Record an event."""
        instruments = self._instruments
        match event:
            case ProviderFailed(_, kind, _):
                self._chat_failed = self._chat_failed or kind == "chat"
                instruments.failures.add(1, {**self._bot, "voicebot.kind": kind})
            case ProviderUsed():
                self._use(event)
            case ReplyWithdrawn(_, wasted):
                instruments.wasted.add(wasted, {**self._bot, **self._chat})
            case ToolEnded(_, _, name, outcome, _, seconds):
                instruments.tool_calls.add(1, {**self._bot, "voicebot.tool.outcome": outcome})
                if outcome not in NEVER_RAN:  # and its name may be the chat model's invention
                    instruments.tool.record(seconds, {**tool_attributes(name), **tool_error(outcome)})
            case TurnTimed():
                self._turn(event)
            case ConversationEnded(at, _, by):
                instruments.conversation.record(at, {**self._bot, "voicebot.ended_by": by})
                self.abandon()
            case _:
                pass

    def abandon(self) -> None:
        """Stop counting the conversation as active, because no more events come."""
        if self._active:
            self._active = False
            self._instruments.active.add(-1, self._bot)

    def _use(self, used: ProviderUsed) -> None:
        instruments = self._instruments
        who = {**self._bot, "voicebot.provider": used.provider, "voicebot.model": used.model}
        if used.seconds:
            instruments.heard.add(used.seconds, who)
        if used.characters:
            instruments.spoken.add(used.characters, who)
        tokens = {"input": used.input_tokens, "cached": used.cached_tokens, "output": used.output_tokens}
        for type, amount in tokens.items():
            if amount:
                instruments.used_tokens.add(amount, {**who, "gen_ai.token.type": type})

    def _turn(self, timed: TurnTimed) -> None:
        instruments = self._instruments
        if timed.turn:
            instruments.turns.add(1, {**self._bot, "voicebot.interrupted": timed.interrupted})
        for tokens, way in ((timed.input_tokens, "input"), (timed.output_tokens, "output")):
            if tokens is not None:
                instruments.tokens.record(tokens, {**self._chat, "gen_ai.token.type": way})
        asked = timed.prepared_at if timed.prepared_at is not None else timed.decided
        failed, self._chat_failed = self._chat_failed, False
        error = {"error.type": OTHER_ERROR} if failed else {}
        _record(instruments.chat, asked, timed.at if failed else timed.last_token, {**self._chat, **error})
        _record(instruments.first_chunk, asked, timed.first_token, self._chat)
        _record(instruments.response, timed.speech_stopped, timed.first_sound, self._bot)
        _record(instruments.settling, timed.speech_stopped, timed.final, self._bot)
        _record(instruments.first_byte, timed.first_unit, timed.first_byte, self._bot)


def _seconds(meter: Meter, name: str, description: str) -> Histogram:
    return meter.create_histogram(name, "s", description, explicit_bucket_boundaries_advisory=SECOND_BUCKETS)


def _record(
    histogram: Histogram, began: float | None, ended: float | None, attributes: dict[str, Any]
) -> None:
    if began is not None and ended is not None:
        histogram.record(max(0.0, ended - began), attributes)
