"""Chat models with one fault each, derived from a correct one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from voicebot import ChatEvent, ChatModel, ChatRequest, Options, ProviderError, ReplyEnded, TextDelta, Usage


class ParrotOptions(Options):
    connected: bool = True
    """Whether the service is up, unreachable or refuses."""


class Parrot(ChatModel[ParrotOptions]):
    """A correct model that repeats the user's words one by one. The faulty ones derive from it."""

    def __init__(self, options: ParrotOptions) -> None:
        super().__init__(options)
        self.connected = options.connected

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        said = request.messages[-1].content if request.messages else ""
        for word in said.split():
            if not self.connected:
                raise ProviderError("the parrot flew away", retryable=True)
            yield TextDelta(f"{word} ")
            await asyncio.sleep(0)
        if not self.connected:
            raise ProviderError("the parrot flew away", retryable=True)
        yield ReplyEnded(usage=Usage(len(said), len(said)))


class NeverEnds(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    yield event


class EndsTwice(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event
        yield ReplyEnded()


class EndsWithAnEmptyPiece(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event
        yield TextDelta("")


class EndsTwiceWhereItWasAskedNothing(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event
        if not request.messages:
            yield ReplyEnded()


class GivesBareText(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event.text if isinstance(event, TextDelta) else event  # type: ignore[misc]


class SaysNothing(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield TextDelta(" ") if isinstance(event, TextDelta) else event


class TakesBackTooMuch(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event if isinstance(event, TextDelta) else ReplyEnded("filtered", withdrawn=10_000)


class CountsBackwards(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event if isinstance(event, TextDelta) else ReplyEnded(usage=Usage(-1, 5))


class SpeaksInOnePiece(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        events = [event async for event in super().reply(request)]
        yield TextDelta("".join(event.text for event in events if isinstance(event, TextDelta)))
        yield ReplyEnded()


class ThinksToTheEnd(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await asyncio.sleep(0.0003 * len(request.messages[-1].content) if request.messages else 0)
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class RemembersOneRequest(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.request = request
        await asyncio.sleep(0)
        async with aclosing(super().reply(self.request)) as events:
            async for event in events:
                yield event


class NeedsAUser(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        next(message for message in request.messages if message.role == "user")
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class HasAShortMemory(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if len(request.messages) > 50:
            raise ProviderError("the context is full")
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class CannotBeInterrupted(Parrot):
    busy = False

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if self.busy:
            raise ProviderError("the parrot still speaks", retryable=True)
        self.busy = len(request.messages[-1].content) > 300 if request.messages else False
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event
        self.busy = False


class ThinksAhead(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        thoughts: list[str] = []
        thinking = asyncio.create_task(self.think(thoughts))
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        finally:
            thinking.cancel()

    async def think(self, thoughts: list[str]) -> None:
        while True:
            await asyncio.sleep(0.01)
            thoughts.append(f"thought {len(thoughts)} " * 20_000)


class SwallowsCancellation(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        except asyncio.CancelledError:
            yield ReplyEnded()


class SharesItsWords(Parrot):
    """The words of all replies share one buffer until they are fetched."""

    words = ""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    self.words += event.text
                    yield TextDelta(self.words)
                    self.words = ""
                else:
                    yield event


class EndsAsIfWhole(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        except ProviderError:
            yield ReplyEnded()


class EndsAsIfWholeWhatItNeverSaysTwiceAlike(EndsAsIfWhole):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.replies = getattr(self, "replies", 0) + 1
        yield TextDelta(f"For the time {self.replies}: ")
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class SaysThatItWasCutOff(Parrot):
    """A correct model: a truncated reply is not reported as complete."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        except ProviderError:
            yield ReplyEnded("length")


class RepliesOneByOne(Parrot):
    """Has one connection, and keeps it while its events are consumed."""

    def __init__(self, options: ParrotOptions) -> None:
        super().__init__(options)
        self.connection = asyncio.Lock()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with self.connection, aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class HasOnePhrase(Parrot):
    @property
    def phrases(self) -> Sequence[str]:
        return "polly wants a cracker"


class StopsShortWhenCutOff(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            raise ConnectionResetError("Connection reset by peer") from error


FAULTS: dict[type[Parrot], str] = {
    NeverEnds: "a_reply_ends_exactly_once",
    EndsTwice: "a_reply_ends_exactly_once",
    EndsWithAnEmptyPiece: "a_reply_ends_exactly_once",
    EndsTwiceWhereItWasAskedNothing: "any_history_is_answered_or_refused",
    GivesBareText: "a_reply_ends_exactly_once",
    SaysNothing: "a_reply_ends_exactly_once",
    TakesBackTooMuch: "the_end_of_a_reply_is_consistent",
    CountsBackwards: "the_end_of_a_reply_is_consistent",
    SpeaksInOnePiece: "a_long_reply_comes_in_pieces_as_it_is_written",
    ThinksToTheEnd: "a_long_reply_comes_in_pieces_as_it_is_written",
    RemembersOneRequest: "twenty_replies_at_once_are_kept_apart",
    RepliesOneByOne: "a_use_that_waits_does_not_block_another",
    SharesItsWords: "twenty_replies_at_once_are_kept_apart",
    EndsAsIfWhole: "a_lost_network_raises_a_retryable_provider_error",
    EndsAsIfWholeWhatItNeverSaysTwiceAlike: "a_lost_network_raises_a_retryable_provider_error",
    NeedsAUser: "any_history_is_answered_or_refused",
    HasAShortMemory: "a_history_of_many_turns_is_answered",
    CannotBeInterrupted: "a_reply_can_be_abandoned_after_any_event",
    ThinksAhead: "a_slow_consumer_does_not_fill_the_memory",
    SwallowsCancellation: "cancelled_at_any_await_it_stops_within_250_ms",
    HasOnePhrase: "phrases_are_texts",
    StopsShortWhenCutOff: "a_lost_network_raises_a_retryable_provider_error",
}


MANY = {NeverEnds, GivesBareText, SaysNothing, CannotBeInterrupted}
"""Their replies are invalid, so that other checks notice them too."""
