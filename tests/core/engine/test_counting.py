"""What providers are used for is counted where the work is done, whatever wraps them or comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from voicebot import Choice, Options, ProviderError, counted
from voicebot.config.history import CompactOptions, HistoryOptions
from voicebot.config.schema import PatienceOptions, Settings, TurnOptions
from voicebot.cost.amounts import amounts_of
from voicebot.events import BotTurnEnded, HistoryCompacted, ProviderUsed, ReplyWithdrawn, TurnTimed
from voicebot.interfaces import Provider
from voicebot.messages import (
    AudioChunk,
    ChatEvent,
    ChatRequest,
    ReplyEnded,
    SynthesisEvent,
    ToolCall,
    Usage,
    Utterance,
)
from voicebot.plugin.registry import Registration
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)
from voicebot_combine.cache.synthesizer import CacheOptions, CacheSynthesizer
from voicebot_combine.fallback.chat_and_voice import FallbackSynthesizer, FallbackSynthesizerOptions
from voicebot_combine.fallback.recognizer import FallbackRecognizer, FallbackRecognizerOptions
from voicebot_combine.hedge.providers import HedgeChatModel, HedgeChatOptions
from voicebot_tools.delegate import DelegateToolOptions, DelegateToolset

SETTINGS = Settings(turns=TurnOptions(prepare="off"))
PREPARING = Settings(turns=TurnOptions(patience=PatienceOptions(earliest=0.3, latest=3)))


class Reporting(ScriptedChatModel):
    """Reports a hundred tokens for each request, and ten for each reply."""

    model = "gpt-test"

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async for event in super().reply(request):
            if isinstance(event, ReplyEnded):
                yield ReplyEnded(event.reason, Usage(100, 10, 64))
            else:
                yield event


def choice(provider: Provider[Any], name: str) -> Choice[Any]:
    maker: Any = lambda options: provider  # noqa: E731
    return Choice(Registration(name, provider.kind, maker, Options, "scripted"), provider.options)


def used(user: ScriptedUser, kind: str) -> list[ProviderUsed]:
    return [each for each in user.events if isinstance(each, ProviderUsed) and each.kind == kind]


def names(user: ScriptedUser, kind: str) -> list[str]:
    return [each.provider for each in used(user, kind)]


@simulated
async def test_a_turn_uses_what_was_said_both_ways() -> None:
    async with converse(chat=Reporting(["It is noon."]), settings=SETTINGS) as user:
        await user.says("what is the time", seconds=2.0)
        await user.is_answered()

    (heard,) = used(user, "recognizer")
    assert heard.seconds == pytest.approx(2.0, abs=1.0)  # with what is before and after the words
    (asked,) = used(user, "chat")
    assert (asked.model, asked.input_tokens, asked.cached_tokens, asked.output_tokens) == (
        "gpt-test", 100, 64, 10,
    )  # fmt: skip
    assert not asked.estimated
    assert sum(each.characters for each in used(user, "synthesizer")) == len("It is noon.")
    (timed,) = (each for each in user.events if isinstance(each, TurnTimed))
    assert (timed.input_tokens, timed.cached_tokens) == (100, 64)


@simulated
async def test_the_seconds_are_those_that_the_recogniser_was_given() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        for words in ("what is the time", "and now"):
            await user.says(words)
            await user.is_answered()
    given = sum(recognizer.input_format.seconds_in(each.written) for each in recognizer.sessions)
    assert sum(each.seconds for each in used(user, "recognizer")) == pytest.approx(given)


@simulated
async def test_a_reply_that_is_interrupted_is_estimated() -> None:
    chat = Reporting([["Once there was a parrot, and it could count. ", Pause(60), "The end."]])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(2)
        await user.says("stop that please")
        await user.is_answered()
    first = used(user, "chat")[0]
    assert first.estimated
    assert first.output_tokens == len("Once there was a parrot, and it could count. ") // 4
    assert first.input_tokens == len("tell me a story") // 4


@simulated
async def test_a_script_has_no_tokens() -> None:
    async with converse(chat=ScriptedChatModel(["Fine."]), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
    assert used(user, "chat") == []


@simulated
async def test_what_was_prepared_in_vain_is_used_and_wasted() -> None:
    async with converse(
        chat=Reporting(["Which lamp?", "Done, captain."], first_token=0.05), settings=PREPARING
    ) as user:
        await user.says("turn on the lamp")
        await user.waits(0.7)
        await user.says("in the kitchen")
        await user.is_answered()
    (withdrawn,) = (each for each in user.events if isinstance(each, ReplyWithdrawn))
    assert (withdrawn.wasted_tokens, withdrawn.wasted_characters) == (110, len("Which lamp?"))
    (timed,) = (each for each in user.events if isinstance(each, TurnTimed))
    assert timed.wasted_characters == len("Which lamp?")
    amounts = amounts_of(user.events)
    assert (amounts.input_tokens, amounts.output_tokens, amounts.wasted_tokens) == (200, 20, 110)
    assert (amounts.characters, amounts.wasted_characters) == (len("Which lamp?Done, captain."), 11)


@simulated
async def test_a_hedge_costs_both() -> None:
    slow, quick = Reporting([[Pause(5), "One."]]), Reporting(["Two."])
    hedge = HedgeChatModel(
        HedgeChatOptions(of=choice(slow, "slow"), second=choice(quick, "quick"), after=0.5)
    )
    async with converse(chat=hedge, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
    assert sorted((each.provider, each.estimated) for each in used(user, "chat")) == [
        ("quick", False),
        ("slow", True),
    ]


@simulated
async def test_a_request_that_is_refused_costs_nothing() -> None:
    class Refusing(ScriptedSynthesizer):
        async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
            raise ProviderError("no such voice")
            yield AudioChunk(b"")

    first, second = choice(Refusing(), "first"), choice(ScriptedSynthesizer(), "second")
    voice = FallbackSynthesizer(FallbackSynthesizerOptions(of=(first, second)))
    chat = Reporting([ProviderError("no such key"), "Fine."])
    async with converse(chat=chat, synthesizer=voice, settings=SETTINGS) as user:
        for _ in range(2):
            await user.says("hello")
            await user.is_answered()
    assert len(used(user, "chat")) == 1
    assert set(names(user, "synthesizer")) == {"second"}


@simulated
async def test_what_is_cached_costs_nothing(tmp_path: Path) -> None:
    voice = ScriptedSynthesizer()
    cache = CacheSynthesizer(CacheOptions(of=choice(voice, "voice"), folder=tmp_path))
    async with converse(chat=Reporting(["Aye."]), synthesizer=cache, settings=SETTINGS) as user:
        for _ in range(2):
            await user.says("hello")
            assert (await user.is_answered()).heard == "Aye."
    assert names(user, "synthesizer") == ["voice"]


@simulated
async def test_after_a_fallback_the_other_recogniser_is_used() -> None:
    class Deaf(ScriptedRecognizer):
        pass

    first, second = Deaf(), ScriptedRecognizer()
    first.refusals = [RuntimeError("no")] * 9
    options = FallbackRecognizerOptions(of=(choice(first, "first"), choice(second, "second")))
    async with converse(recognizer=FallbackRecognizer(options), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
    assert set(names(user, "recognizer")) == {"second"}


@simulated
async def test_what_a_tool_asks_another_chat_model_is_counted() -> None:
    expert = Reporting(["It is blue."])
    toolset = DelegateToolset(DelegateToolOptions(of=choice(expert, "expert"), allow=("ask_expert",)))
    call = ToolCall("1", "ask_expert", '{"question": "Why is the sky blue?"}')
    async with converse(
        chat=Reporting([[call], "It is blue."]), toolsets=[toolset], settings=SETTINGS
    ) as user:
        await user.says("why is the sky blue")
        await user.is_answered()
    assert names(user, "chat") == ["Reporting", "expert", "Reporting"]
    assert amounts_of(user.events).input_tokens == 300


@simulated
async def test_a_summary_of_older_turns_is_counted() -> None:
    settings = Settings(
        turns=TurnOptions(prepare="off"),
        history=HistoryOptions(compact=CompactOptions(over=1000, keep=1)),
    )
    async with converse(chat=Reporting(["Well."]), settings=settings) as user:
        for _ in range(4):
            await user.says("word " * 100, seconds=5)
            await user.is_answered()
            await user.waits(1)
    answers = [each for each in user.events if isinstance(each, BotTurnEnded)]
    summaries = [each for each in user.events if isinstance(each, HistoryCompacted)]
    assert summaries
    assert len(used(user, "chat")) == len(answers) + len(summaries)


@simulated
async def test_the_conversation_has_the_sum() -> None:
    async with converse(chat=Reporting(["Fine."]), settings=SETTINGS) as user:
        for _ in range(3):
            await user.says("hello")
            await user.is_answered()
        (chat,) = (each for each in user.conversation.used if each.kind == "chat")
        assert (chat.input_tokens, chat.output_tokens, chat.model) == (300, 30, "gpt-test")


@simulated
async def test_outside_a_conversation_nothing_is_counted() -> None:
    chat = counted(Reporting(["Fine."]), "test")
    events = [event async for event in chat.reply(ChatRequest((), conversation="nobody"))]
    assert len(events) == 2


@simulated
async def test_a_line_waits_until_nobody_speaks_and_ends_the_conversation() -> None:
    chat = Reporting(["Once there was a parrot on a ship, and that is all."])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(1)
        user.conversation.end("Time is up.", at_once=False)
        first = await user.is_answered()
        last = await user.is_answered()
        await asyncio.sleep(0.1)
    assert (first.heard, first.interrupted) == ("Once there was a parrot on a ship, and that is all.", False)
    assert last.heard == "Time is up."
    assert user.events[-1].by == "program"  # type: ignore[union-attr]
