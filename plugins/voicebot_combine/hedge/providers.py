"""`hedge` for chat models and synthesizers: where one is slow, another is asked too; the quicker wins."""

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
from voicebot_combine.children import Part
from voicebot_combine.hedge.budget import Budget
from voicebot_combine.hedge.race import race
from voicebot_combine.pending_answer import TEXT, EventT, Opening, Wanted, sound_of
from voicebot_combine.wrapper import AroundChatModels, AroundSynthesizers

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
Ask: TypeAlias = Callable[[Part[ProviderT]], AsyncGenerator[EventT, None]]


class HedgeOptions(Options):
    """What every hedge can be configured with."""

    after: float = Field(1.0, ge=0, le=60)
    """Seconds without an answer after which the second is asked too. A little more than is usual, as the
    p90 of your figures: then one request in ten is asked twice."""
    most: float = Field(0.1, ge=0, le=1)
    """What that may cost: the share of all requests that may be asked twice, 0.1 for one in ten (and one more
    at the beginning). A request whose first answer failed does not count."""


class HedgeChatOptions(HedgeOptions):
    """Options of the `hedge` for chat models."""

    of: Choice[ChatModel[Any]]
    """Who is asked."""
    second: Choice[ChatModel[Any]] | None = None
    """Who is asked when that one is slow, or has failed; the same once more when unset."""


class HedgeChatModel(AroundChatModels[HedgeChatOptions]):
    """Asks another chat model, or the same once more, when the first is slow; the first reply wins.

    The other one is cancelled at once. Where the first fails before its first word, the second is asked at
    once. Of models that change things in the world (`ChatModel.acts`) no second is asked beside the first.
    """

    def __init__(self, options: HedgeChatOptions) -> None:
        super().__init__(options, _choices(options.of, options.second))
        self._budget = Budget(options.most)

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply that begins first."""
        return _hedged(
            self.parts,
            lambda part: self.answer(part, request),
            TEXT,
            self.options.after,
            self._budget,
            together=not self.acts,
        )


class HedgeSynthesizerOptions(HedgeOptions):
    """Options of the `hedge` for synthesizers."""

    of: Choice[Synthesizer[Any]]
    """Who speaks."""
    second: Choice[Synthesizer[Any]] | None = None
    """Who speaks when that one is slow, or has failed; the same once more when unset. Another voice is heard
    for a sentence now and then, so it had better be the same voice elsewhere."""


class HedgeSynthesizer(AroundSynthesizers[HedgeSynthesizerOptions]):
    """Asks another synthesizer, or the same once more, when the first is slow; the first sound wins.

    The other one is cancelled at once. Where the first fails before its first sound, the second is asked at
    once. Sentences are handed over whole (`text_streaming` has no effect).
    """

    def __init__(self, options: HedgeSynthesizerOptions) -> None:
        super().__init__(options, _choices(options.of, options.second))
        self._budget = Budget(options.most)

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech that begins first."""
        return _hedged(
            self.parts,
            lambda part: self.speech(part, utterance),
            sound_of(utterance.text),
            self.options.after,
            self._budget,
        )


def _choices(of: Choice[ProviderT], second: Choice[ProviderT] | None) -> list[Choice[ProviderT]]:
    return [of] if second is None else [of, second]


async def _hedged(
    parts: Sequence[Part[ProviderT]],
    ask: Ask[ProviderT, EventT],
    wanted: Wanted[EventT],
    after: float,
    budget: Budget,
    *,
    together: bool = True,
) -> AsyncGenerator[EventT, None]:
    def second(failed: bool) -> Opening[EventT] | None:
        allowed = failed or (together and budget.spend())
        return Opening(parts[-1], ask(parts[-1]), wanted) if allowed else None

    budget.asked()
    winner, losers = await race(Opening(parts[0], ask(parts[0]), wanted), after, second)
    async with aclosing(winner.events):
        for loser in losers:
            for notice in loser.notices:
                yield notice
        for event in winner.received:
            yield event
        async for event in winner.events:
            yield event
