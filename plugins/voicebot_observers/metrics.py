"""The metrics of conversations: the chat model's as the conventions name them, all else `voicebot.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot import (
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ProviderFailed,
    ReplyWithdrawn,
    TurnTimed,
)
from voicebot_observers.conventions import OTHER_ERROR, SECOND_BUCKETS, TOKEN_BUCKETS, chat_attributes

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram, Meter


class Instruments:
    """What all conversations of a bot are measured with."""

    def __init__(self, meter: Meter) -> None:
        self.tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens that a reply cost, by whether they were read or written.",
            explicit_bucket_boundaries_advisory=TOKEN_BUCKETS,
        )
        self.chat = _seconds(
            meter, "gen_ai.client.operation.duration", "From asking the chat model to its last word."
        )
        self.first_chunk = _seconds(
            meter,
            "gen_ai.client.operation.time_to_first_chunk",
            "From asking the chat model to its first word.",
        )
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
            "voicebot.conversation.duration", "s", "How long conversations last."
        )
        self.active = meter.create_up_down_counter(
            "voicebot.conversation.active", "{conversation}", "Conversations that are being held."
        )
        self.turns = meter.create_counter("voicebot.turn.count", "{turn}", "Turns that the bot answered.")
        self.failures = meter.create_counter(
            "voicebot.provider.failures", "{failure}", "Failures, by kind of provider."
        )
        self.wasted = meter.create_counter(
            "voicebot.wasted_tokens", "{token}", "Tokens, estimated, of replies that were made in vain."
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

    def see(self, event: ConversationEvent) -> None:
        """Take note of an event."""
        measure = self._instruments
        match event:
            case ProviderFailed(_, kind, _):
                self._chat_failed = self._chat_failed or kind == "chat"
                measure.failures.add(1, {**self._bot, "voicebot.kind": kind})
            case ReplyWithdrawn(_, wasted):
                measure.wasted.add(wasted, {**self._bot, **self._chat})
            case TurnTimed():
                self._turn(event)
            case ConversationEnded(at, _, by):
                measure.conversation.record(at, {**self._bot, "voicebot.ended_by": by})
                self.abandon()
            case _:
                pass

    def abandon(self) -> None:
        """Count the conversation out, for nothing more will be seen."""
        if self._active:
            self._active = False
            self._instruments.active.add(-1, self._bot)

    def _turn(self, timed: TurnTimed) -> None:
        measure = self._instruments
        measure.turns.add(1, {**self._bot, "voicebot.interrupted": timed.interrupted})
        for tokens, way in ((timed.input_tokens, "input"), (timed.output_tokens, "output")):
            if tokens is not None:
                measure.tokens.record(tokens, {**self._chat, "gen_ai.token.type": way})
        asked = timed.prepared_at if timed.prepared_at is not None else timed.decided
        failed, self._chat_failed = self._chat_failed, False
        error = {"error.type": OTHER_ERROR} if failed else {}
        _record(measure.chat, asked, timed.at if failed else timed.last_token, {**self._chat, **error})
        _record(measure.first_chunk, asked, timed.first_token, self._chat)
        _record(measure.response, timed.speech_stopped, timed.first_sound, self._bot)
        _record(measure.settling, timed.speech_stopped, timed.final, self._bot)
        _record(measure.first_byte, timed.first_unit, timed.first_byte, self._bot)


def _seconds(meter: Meter, name: str, description: str) -> Histogram:
    return meter.create_histogram(name, "s", description, explicit_bucket_boundaries_advisory=SECOND_BUCKETS)


def _record(
    histogram: Histogram, began: float | None, ended: float | None, attributes: dict[str, Any]
) -> None:
    if began is not None and ended is not None:
        histogram.record(max(0.0, ended - began), attributes)
