"""`hedge` for chat models and synthesizers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, TypeAlias, TypeVar

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Choice,
    Field,
    Options,
    Provider,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)
from voicebot_combine.children import Child
from voicebot_combine.hedge.budget import Budget
from voicebot_combine.hedge.race import race
from voicebot_combine.pending_answer import EventT, Expected, PendingAnswer, reply_to, speech_of
from voicebot_combine.wrapper import ChatModelWrapper, SynthesizerWrapper, children_of

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
Ask: TypeAlias = Callable[[Child[ProviderT]], AsyncGenerator[EventT, None]]


class HedgeOptions(Options):
    """Options of every `hedge`."""

    after: float = Field(1.0, ge=0, le=60)
    """Seconds to wait for the first answer before the second provider is asked too. Choose a little more than
    usual, such as the p90 of your measurements: then one request in ten is made twice."""
    most: float = Field(0.1, ge=0, le=1)
    """Largest share of all requests that may be made twice: 0.1 for one in ten (and one more at the start). A
    request whose first answer failed does not count."""


class HedgeChatOptions(HedgeOptions):
    """Options of `hedge` for chat models."""

    of: Choice[ChatModel[Any]]
    """The chat model to ask first."""
    second: Choice[ChatModel[Any]] | None = None
    """The chat model to ask if the first is slow or has failed; the first one again when unset."""


class HedgeChatModel(ChatModelWrapper[HedgeChatOptions]):
    """Asks a second chat model, or the same one again, when the first is slow; the first reply to begin wins.

    The other is cancelled at once; tools that it would have called are not run. If the first fails before its
    first word or tool call, the second is asked at once. If one of them has side effects (`ChatModel.acts`),
    the second is asked only after the first has failed.
    """

    def __init__(self, options: HedgeChatOptions) -> None:
        super().__init__(options, children_of(options.of, options.second))
        self._budget = Budget(options.most)

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply that begins first."""
        return _hedged(
            self.children,
            lambda child: self.reply_of(child, request),
            reply_to(request),
            self.options.after,
            self._budget,
            concurrent=not self.acts,
        )


class HedgeSynthesizerOptions(HedgeOptions):
    """Options of `hedge` for synthesizers."""

    of: Choice[Synthesizer[Any]]
    """The synthesizer to ask first."""
    second: Choice[Synthesizer[Any]] | None = None
    """The synthesizer to ask if the first is slow or has failed; the first one again when unset. Use the same
    voice in another region: a different voice would be heard for a sentence now and then."""


class HedgeSynthesizer(SynthesizerWrapper[HedgeSynthesizerOptions]):
    """Asks a second synthesizer, or the same one again, when the first is slow; the first sound wins.

    The other is cancelled at once. If the first fails before its first sound, the second is asked at once. It
    gets whole sentences (`text_streaming` has no effect).
    """

    def __init__(self, options: HedgeSynthesizerOptions) -> None:
        super().__init__(options, children_of(options.of, options.second))
        self._budget = Budget(options.most)

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech that begins first."""
        return _hedged(
            self.children,
            lambda child: self.speech_by(child, utterance),
            speech_of(utterance.text),
            self.options.after,
            self._budget,
        )


async def _hedged(
    children: Sequence[Child[ProviderT]],
    ask: Ask[ProviderT, EventT],
    expected: Expected[EventT],
    delay: float,
    budget: Budget,
    *,
    concurrent: bool = True,
) -> AsyncGenerator[EventT, None]:
    def second(failed: bool) -> PendingAnswer[EventT] | None:
        allowed = failed or (concurrent and budget.spend())
        return PendingAnswer(children[-1], ask(children[-1]), expected) if allowed else None

    budget.count_request()
    first = PendingAnswer(children[0], ask(children[0]), expected)
    winner, losers = await race(first, delay, second)
    async with aclosing(winner.events):
        for loser in losers:
            for notice in loser.notices:
                yield notice
        for event in winner.received:
            yield event
        async for event in winner.events:
            yield event
