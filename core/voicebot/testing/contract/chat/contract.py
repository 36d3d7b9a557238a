"""The contract of a chat model: text to text."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, ClassVar

from voicebot.errors import ProviderError
from voicebot.interfaces import ChatModel
from voicebot.messages import ChatRequest, Message, TextDelta, Tool
from voicebot.testing.contract.chat import histories
from voicebot.testing.contract.chat.reply import Reply
from voicebot.testing.contract.chat.tool_calls import ToolCallChecks
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.iteration import interleaved
from voicebot.testing.contract.measurements import memory
from voicebot.testing.contract.provider.concurrency import ConcurrencyChecks
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.samples import texts

_AT_ONCE = 20
_STREAMED = 0.8
_ATTEMPTS = 3
_QUICK = 0.1
_LONG = 60
"""Characters; a longer reply comes in several pieces."""


class ChatModelContract(ToolCallChecks, ConcurrencyChecks, ProviderContract[ChatModel[Any]]):
    """What a chat model must do."""

    question: ClassVar[str] = texts.STORY
    """A question whose answer is a few sentences long."""
    tool_question: ClassVar[str] = "What time is it in Berlin?"
    """A question for which it calls the tool `clock` (with `city`), or another that is offered to it."""

    @check
    async def test_a_reply_ends_exactly_once(self) -> None:
        """A reply consists of pieces of text, then exactly one `ReplyEnded`; only notices may follow."""
        async with self._started() as provider:
            reply = (await self._reply(provider, self.question)).ends_last()
            expect(reply.text.strip(), "text in the reply", repr(reply.text))

    @check
    async def test_the_end_of_a_reply_is_consistent(self) -> None:
        """`ReplyEnded` does not withdraw more than was said, and its token counts are not negative."""
        async with self._started() as provider:
            reply = await self._reply(provider, self.question)
            ended = reply.ended
            assert ended is not None
            expect(
                ended.reason in ("stop", "length", "filtered"),
                "reason stop, length or filtered",
                ended.reason,
            )
            expect(0 <= ended.withdrawn <= len(reply.text), f"0 to {len(reply.text)} withdrawn", ended)
            if ended.usage is not None:
                counts = (ended.usage.input_tokens, ended.usage.output_tokens)
                expect(min(counts) >= 0, "token counts that are not negative", ended.usage)

    @check
    async def test_a_long_reply_comes_in_pieces_as_it_is_written(self) -> None:
        """A reply is streamed: its first piece comes well before its last."""
        async with self._started() as provider:
            share = 1.0
            for _ in range(_ATTEMPTS):
                loop = asyncio.get_running_loop()
                began, first = loop.time(), [loop.time()]
                reply = await self._reply(provider, self.question, lambda: first.append(loop.time()))  # noqa: B023
                whole = loop.time() - began
                if len(reply.text) <= _LONG:
                    raise unittest.SkipTest(f"the reply is short ({len(reply.text)} characters)")
                expect(len(reply.deltas) > 1, f"several pieces of {len(reply.text)} characters", "one piece")
                share = min(share, (first[-1] - began) / whole if whole > _QUICK else 0.0)
                if share <= _STREAMED:
                    return
            raise Unmet(
                f"the first piece within {_STREAMED:.0%} of the time that the whole reply takes",
                f"after {share:.0%} of it, at best",
            )

    @check
    async def test_twenty_replies_at_once_are_kept_apart(self) -> None:
        """Of twenty replies at once, each answers its own request completely."""
        questions = [f"Repeat after me: parrot number {number} says ahoy." for number in range(_AT_ONCE)]
        async with self._started() as provider:
            alone = [(await self._reply(provider, question)).text for question in questions[:4]]
            again = (await self._reply(provider, questions[0])).text
            async with asyncio.TaskGroup() as tasks:
                together = [
                    tasks.create_task(self._reply(provider, question, together=True), name="contract: reply")
                    for question in questions
                ]
        if again != alone[0]:
            self.notes.append("its answers vary, so only their number and endings were compared")
            return
        for wanted, task in zip(alone, together, strict=False):
            expect(
                task.result().text == wanted,
                f"the answer that the question gets on its own: {wanted[:120]!r}",
                repr(task.result().text[:120]),
            )

    @check
    async def test_any_history_is_answered_or_refused(self) -> None:
        """Odd histories are answered, or refused with a `ProviderError`: empty, foreign, one-sided, huge."""
        async with self._started() as provider:
            usual = await self._reply(provider, self.question)
            for name, messages in histories.odd().items():
                try:
                    reply = await self._ask(provider, messages)
                    if not usual.late:
                        reply.ends_last()
                except (ProviderError, Unmet) as error:
                    if isinstance(error, Unmet):
                        raise Unmet(f"{error.expected}, for {name}", error.seen) from error
                except Exception as error:
                    raise Unmet(
                        f"an answer or a ProviderError for {name}", f"{type(error).__name__}: {error}"
                    ) from error
            await self._use(provider)

    @check
    async def test_a_history_of_many_turns_is_answered(self) -> None:
        """A conversation of a hundred turns, some of them interrupted, is answered."""
        turns = [
            message
            for number in range(100)
            for message in (
                Message("user", f"Remember the number {number}."),
                Message("assistant", f"I remember {number}." if number % 7 else "I"),
            )
        ]
        async with self._started() as provider:
            await self._ask(provider, (histories.SYSTEM, *turns, Message("user", "Say hello.")))

    @check
    async def test_a_reply_can_be_abandoned_after_any_event(self) -> None:
        """A consumer can stop after any event; the model then answers the next request as usual."""
        async with self._started() as provider:
            for count in (1, 2, 5):
                left = count
                request = ChatRequest((histories.SYSTEM, Message("user", self.question)))
                async with aclosing(provider.reply(request)) as events:
                    async for _ in events:
                        left -= 1
                        if not left:
                            break
                await self._use(provider)

    @check
    async def test_a_slow_consumer_does_not_fill_the_memory(self) -> None:
        """A model holds at most 4 MB of a reply that is not consumed."""
        with memory.traced():
            async with self._started() as provider:
                await self._use(provider)
                before = memory.traced_bytes()
                request = ChatRequest((histories.SYSTEM, Message("user", self.question)))
                async with aclosing(provider.reply(request)) as events:
                    async for event in events:
                        if isinstance(event, TextDelta):
                            break
                    await memory.ensure_bounded(before, "a consumer that has stopped")
                await self._use(provider)

    @check
    async def test_phrases_are_texts(self) -> None:
        """`phrases` are texts for a recogniser to expect, before and after the start."""
        provider = self._new_provider()
        before = provider.phrases
        async with self._started() as provider:
            for phrases in (before, provider.phrases):
                expect(
                    not isinstance(phrases, str)
                    and isinstance(phrases, Sequence)
                    and all(isinstance(phrase, str) and phrase.strip() for phrase in phrases),
                    "a sequence of texts, none of them empty",
                    repr(phrases)[:200],
                )

    async def _use(self, provider: ChatModel[Any], midway: Callable[[], None] = do_nothing) -> None:
        if midway is do_nothing:
            await self._reply(provider, self.question)
            return
        whole = [await self._reply(provider, self.question) for _ in range(2)]
        (await self._reply(provider, self.question, midway)).is_as_complete_as(*whole)

    async def _use_briefly(self, provider: ChatModel[Any], number: int) -> None:
        await self._reply(provider, f"Repeat after me: parrot number {number} says ahoy.")

    async def _use_at_length(self, provider: ChatModel[Any], number: int, midway: Callable[[], None]) -> None:
        await self._reply(provider, self.question, midway)

    @asynccontextmanager
    async def _paused_midway(self, provider: ChatModel[Any]) -> AsyncGenerator[None, None]:
        request = ChatRequest((histories.SYSTEM, Message("user", self.question)))
        async with aclosing(provider.reply(request)) as events:
            await anext(events, None)
            yield

    async def _give_text(self, provider: ChatModel[Any], text: str) -> None:
        await self._ask(provider, (Message("system", text), Message("user", text)))

    async def _reply(
        self,
        provider: ChatModel[Any],
        question: str,
        midway: Callable[[], None] = do_nothing,
        *,
        together: bool = False,
    ) -> Reply:
        asked = (histories.SYSTEM, Message("user", question))
        return await self._ask(provider, asked, midway, together=together)

    async def _ask(
        self,
        provider: ChatModel[Any],
        messages: tuple[Message, ...],
        midway: Callable[[], None] = do_nothing,
        *,
        together: bool = False,
        tools: tuple[Tool, ...] = (),
    ) -> Reply:
        reply = Reply(tools)
        given = provider.reply(ChatRequest(messages, tools=tools))
        async with aclosing(interleaved(given) if together else given) as events:
            async for event in events:
                reply.add(event)
                if isinstance(event, TextDelta) and len(reply.deltas) == 1:
                    midway()
        return reply.complete()
