"""What a server measures, for `/metrics`."""

from __future__ import annotations

from collections.abc import Callable

from voicebot import (
    ConversationEnded,
    ConversationEvent,
    ProviderFailed,
    ProviderUsed,
    TurnTimed,
)
from voicebot_serve.running.metric_types import Counter, Gauge, Histogram, Labels, Metric
from voicebot_serve.sessions.session import Session

CONVERSATIONS = "voicebot_conversations"
_SECONDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_LENGTHS = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


class Metrics:
    """The metrics of one process.

    Args:
        conversations: returns how many conversations there are, by bot.
        lag: returns how late the event loop is (p99 of the last seconds), in seconds.
        is_draining: returns whether no more conversations are let in.
    """

    def __init__(
        self,
        conversations: Callable[[], dict[str, int]],
        lag: Callable[[], float],
        is_draining: Callable[[], bool],
    ) -> None:
        def counted() -> dict[Labels, float]:
            return {(name,): float(count) for name, count in conversations().items()}

        self._begun = Counter(
            "voicebot_conversations_total", "Conversations that began.", ("bot", "transport")
        )
        self._ended = Counter(
            "voicebot_conversations_ended_total",
            "Conversations that ended, by what ended them.",
            ("bot", "by"),
        )
        self._refused = Counter("voicebot_refused_total", "Clients that were not let in.", ("reason",))
        self._dropped = Counter(
            "voicebot_dropped_total", "Clients whose connection was closed for a broken rule.", ("reason",)
        )
        self._turns = Counter("voicebot_turns_total", "Turns of users that were answered.", ("bot",))
        self._interrupted = Counter("voicebot_interrupted_total", "Replies that were interrupted.", ("bot",))
        self._prepared = Counter("voicebot_prepared_total", "Replies prepared in advance.", ("bot",))
        self._withdrawn = Counter(
            "voicebot_withdrawn_total", "Prepared replies that were discarded.", ("bot",)
        )
        self._wasted = Counter(
            "voicebot_wasted_tokens_total", "Tokens of prepared replies that were discarded.", ("bot",)
        )
        of = ("bot", "provider", "model")
        self._heard = Counter(
            "voicebot_heard_seconds_total", "Seconds of sound that recognisers were given.", of
        )
        self._spoken = Counter(
            "voicebot_spoken_characters_total", "Characters that voices were given, as they are billed.", of
        )
        self._tokens = Counter(
            "voicebot_tokens_total",
            "Tokens of chat models, by type: input, cached (a part of input) or output.",
            (*of, "type"),
        )
        self._failures = Counter(
            "voicebot_provider_failures_total", "Failures of providers.", ("bot", "kind")
        )
        self._first_sound = Histogram(
            "voicebot_first_sound_seconds",
            "Time from the end of the user's speech to the first sound of the reply.",
            _SECONDS,
            ("bot",),
        )
        self._length = Histogram(
            "voicebot_conversation_seconds", "How long conversations were.", _LENGTHS, ("bot",)
        )
        self.all: tuple[Metric, ...] = (
            Gauge(CONVERSATIONS, "Conversations now.", counted, ("bot",)),
            Gauge(
                "voicebot_loop_lag_seconds",
                "How late the event loop is (p99); of several processes, the latest one.",
                lambda: {(): lag()},
                largest=True,
            ),
            Gauge(
                "voicebot_draining",
                "1 while the server lets nobody in.",
                lambda: {(): is_draining()},
                largest=True,
            ),
            self._begun,
            self._ended,
            self._refused,
            self._dropped,
            self._turns,
            self._interrupted,
            self._prepared,
            self._withdrawn,
            self._wasted,
            self._heard,
            self._spoken,
            self._tokens,
            self._failures,
            self._first_sound,
            self._length,
        )

    def begun(self, bot: str, transport: str) -> None:
        """Count a conversation."""
        self._begun.add(bot, transport)

    def refused(self, reason: str) -> None:
        """Count a client that is not let in."""
        self._refused.add(reason)

    def dropped(self, reason: str) -> None:
        """Count a client that broke a rule."""
        self._dropped.add(reason)

    def observe(self, session: Session, event: ConversationEvent) -> None:
        """Count what an event of a conversation says."""
        bot = session.name
        match event:
            case TurnTimed() if event.turn:
                self._turns.add(bot)
                self._interrupted.add(bot, amount=event.interrupted)
                self._prepared.add(bot, amount=event.prepared)
                self._withdrawn.add(bot, amount=event.withdrawn)
                self._wasted.add(bot, amount=event.wasted_tokens)
                if event.first_sound is not None and event.speech_stopped is not None:
                    self._first_sound.observe(event.first_sound - event.speech_stopped, bot)
            case ProviderUsed():
                self._use(bot, event)
            case ProviderFailed(kind=kind):
                self._failures.add(bot, kind)
            case ConversationEnded(at, by=by):
                self._ended.add(bot, by)
                self._length.observe(at, bot)
            case _:
                pass

    def _use(self, bot: str, used: ProviderUsed) -> None:
        of = bot, used.provider, used.model
        if used.seconds:
            self._heard.add(*of, amount=used.seconds)
        if used.characters:
            self._spoken.add(*of, amount=used.characters)
        tokens = {"input": used.input_tokens, "cached": used.cached_tokens, "output": used.output_tokens}
        for type, amount in tokens.items():
            if amount:
                self._tokens.add(*of, type, amount=amount)

    def text(self) -> str:
        """Return all metrics in the text format of Prometheus."""
        return "".join(metric.text() for metric in self.all)
