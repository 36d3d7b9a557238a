"""A chat model that answers what it answered then."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from copy import copy
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Self

from voicebot import ChatEvent, ChatModel, ChatRequest, Message, Options, ProviderError, ReplyEnded, ToolCall
from voicebot_replay.exchanges import MARGIN, Exchange
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.unrecorded import Unrecorded


class ReplayedChatModel(ChatModel[Options]):
    """Answers each request as the recorded one to the same words was answered, after the same delays.

    Words that were not asked then get the answer to those that are most like them. Where an answer was no
    longer wanted then, and is wanted now, it ends where it ended then; if nothing had come, the answer to the
    words that are most like these takes its place.

    Args:
        recorded: the requests of the recording.
    """

    def __init__(self, recorded: Sequence[Exchange], clock: ReplayClock, unrecorded: Unrecorded) -> None:
        super().__init__(Options())
        self._recorded = recorded
        self._clock, self._unrecorded = clock, unrecorded
        self._uses = [0] * len(recorded)

    def like(self, chat: ChatModel[Any]) -> Self:
        """Return the same in place of the chat model of a config, which is not asked."""
        other = copy(self)
        other.model, other.acts = chat.model, chat.acts
        return other

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the recorded reply."""
        begun = self._clock.now()
        number = self._find(request)
        exchange = self._recorded[number]
        is_recorded = _last(exchange.question) == _last(request)
        self._unrecorded.reply_begins(is_recorded=is_recorded)
        if not is_recorded:
            self._unrecorded.add("chat")
        async for event in self._answers(number, begun):
            yield event
        if exchange.is_complete:
            return
        await self._clock.until(begun + exchange.seconds)
        if exchange.failure:
            raise ProviderError(exchange.failure)
        if exchange.answers:
            self._unrecorded.add("chat")
            yield ReplyEnded("stop")
            return
        number = self._find(request, complete=True)
        self._unrecorded.reply_begins(is_recorded=False)
        self._unrecorded.add("chat")
        async for event in self._answers(number, begun):
            yield event

    async def _answers(self, number: int, begun: float) -> AsyncGenerator[ChatEvent, None]:
        exchange = self._recorded[number]
        self._uses[number] += 1
        again = f"_{self._uses[number]}" if self._uses[number] > 1 else ""
        for each in exchange.answers:
            await self._clock.until(begun + each.at - exchange.at)
            answer: Any = each.answer
            yield replace(answer, id=answer.id + again) if isinstance(answer, ToolCall) else answer

    def _find(self, request: ChatRequest, *, complete: bool = False) -> int:
        """Return the number of the recorded request that is most like this one.

        Args:
            complete: whether its whole answer has to be known.
        """
        numbers = [n for n, each in enumerate(self._recorded) if each.is_complete or not complete]
        if not numbers:
            raise ProviderError("the recording has no answer of the chat model")
        return max(numbers, key=lambda number: self._likeness(number, request))

    def _likeness(self, number: int, request: ChatRequest) -> tuple[Any, ...]:
        recorded = self._recorded[number]
        asked, now = _last(recorded.question), _last(request)
        is_same = asked == now
        since = abs(recorded.at - self._clock.now())
        return (
            asked.role == now.role,
            is_same,
            -since if is_same and since < MARGIN else -MARGIN,
            is_same and _dialogue(recorded.question) == _dialogue(request),
            recorded.is_complete,
            1.0 if is_same else _alike(asked.content, now.content),
            not self._uses[number],
            -since,
        )


def _last(request: ChatRequest) -> Message:
    return request.messages[-1]


def _dialogue(request: ChatRequest) -> tuple[Message, ...]:
    return tuple(each for each in request.messages if each.role != "system")


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold().split(), other.casefold().split(), autojunk=False).ratio()
