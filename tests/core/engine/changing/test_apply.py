"""A conversation goes on with another bot: when, with what, and what is left of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from voicebot.audio import AudioFormat
from voicebot.config.schema import IdleOptions, Settings, TurnOptions
from voicebot.engine.bot import Bot
from voicebot.errors import ProviderError
from voicebot.events import (
    BotTurnEnded,
    ConfigChanged,
    ProviderFailed,
    ReplyWithdrawn,
    ToolEnded,
    TurnTimed,
    UserFinal,
    UserTurnEnded,
)
from voicebot.messages import Hints, Tool, ToolCall
from voicebot.options import VoiceActivityOptions
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedUser,
    ScriptedVoiceActivity,
    converse,
    simulated,
)

SETTINGS = Settings(system="Be brief.", on_error="", turns=TurnOptions(prepare="off"))
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def answers(user: ScriptedUser) -> list[str]:
    return [event.heard for event in of_kind(user, BotTurnEnded)]


@asynccontextmanager
async def another(user: ScriptedUser, **changed: Any) -> AsyncGenerator[Bot, None]:
    """Open a bot that differs from the conversation's in some providers or settings."""
    bot = user.conversation.bot
    kinds = ("recognizer", "chat", "synthesizer", "device", "voice_activity", "settings", "toolsets")
    async with Bot(**{kind: getattr(bot, kind) for kind in kinds} | changed) as other:
        yield other


@simulated
async def test_nobody_speaks_so_all_changes_at_once_and_history_stays() -> None:
    chat, voice = ScriptedChatModel(["Aye."]), ScriptedSynthesizer()
    async with converse(settings=SETTINGS) as user:
        await user.says("who are you")
        await user.is_answered()
        settings = SETTINGS.model_copy(update={"system": "Be a pirate."})
        async with another(user, chat=chat, synthesizer=voice, settings=settings) as bot:
            began = user.conversation.clock.now()
            await user.conversation.apply(bot)
            assert user.conversation.clock.now() == began
            await user.says("and now")
            await user.is_answered()
            user.hangs_up()
            await user.waits(1)
    assert answers(user) == ["All right.", "Aye."]
    assert voice.utterances == ["Aye."]
    assert [message.content for message in chat.requests[0].messages] == [
        "Be a pirate.",
        "who are you",
        "All right.",
        "and now",
    ]
    assert of_kind(user, ConfigChanged)[0].changes == ("system Be brief. -> Be a pirate.",)


@simulated
async def test_a_change_in_the_users_turn_is_heard_in_its_answer_and_the_prepared_one_is_wasted() -> None:
    before, after = ScriptedChatModel(["Old."]), ScriptedChatModel(["New."])
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(prepare="pause", patience=1.5)})
    async with converse(chat=before, settings=settings) as user, another(user, chat=after) as bot:
        await user.says("tell me something")
        await user.waits(1)
        assert len(before.requests) == 1  # prepared in the pause
        await user.conversation.apply(bot)
        await user.is_answered()
        user.hangs_up()
        await user.waits(1)
    assert answers(user) == ["New."]
    assert [len(each.requests) for each in (before, after)] == [1, 1]
    assert of_kind(user, ReplyWithdrawn)[0].wasted_tokens > 0
    assert of_kind(user, TurnTimed)[0].wasted_tokens == of_kind(user, ReplyWithdrawn)[0].wasted_tokens


@simulated
async def test_what_the_bot_is_saying_is_said_to_its_end_by_the_voice_before() -> None:
    before, after = ScriptedSynthesizer(), ScriptedSynthesizer()
    chat = ScriptedChatModel(["One thing. Another thing. The last thing.", "Done."])
    async with converse(chat=chat, synthesizer=before, settings=SETTINGS) as user:
        first = user.conversation.bot
        async with another(user, synthesizer=after) as bot:
            await user.says("tell me")
            while not user.hears_the_bot:
                await user.waits(0.1)
            async with asyncio.TaskGroup() as tasks:
                applying = tasks.create_task(user.conversation.apply(bot))
                await user.is_answered()
                assert after.utterances == []
            assert applying.done()
            await user.conversation.left(first)
            await user.says("and now")
            await user.is_answered()
            user.hangs_up()
            await user.waits(1)
    assert answers(user) == ["One thing. Another thing. The last thing.", "Done."]
    assert after.utterances == ["Done."]


class Closing(ScriptedRecognizer):
    """Takes a moment to close and to open a session, and a different sample rate."""

    input_format = AudioFormat(16_000)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Any, None]:
        await asyncio.sleep(0.4)
        async with super().listen(hints) as session:
            yield session
        await asyncio.sleep(0.4)


@pytest.mark.parametrize("spoken_after", [0.0, 0.1, 0.3, 0.7])
def test_no_word_is_lost_while_recognisers_change_over(spoken_after: float) -> None:
    @simulated
    async def run() -> None:
        before, after = Closing(), Closing()
        async with converse(recognizer=before, settings=SETTINGS) as user:
            await user.says("one two three")
            await user.is_answered()
            async with another(user, recognizer=after) as bot:
                await user.conversation.apply(bot)
                await user.waits(spoken_after)
                await user.says("four five six seven", 2.0)
                await user.is_answered()
                user.hangs_up()
                await user.waits(2)
        assert [event.text for event in of_kind(user, UserTurnEnded)] == [
            "one two three",
            "four five six seven",
        ]
        assert len(answers(user)) == 2
        assert len(before.sessions) == 1
        assert len(after.sessions) == 2  # the first is opened to see whether it can be
        assert not of_kind(user, ProviderFailed)

    run()


@simulated
async def test_a_recogniser_changes_only_when_the_user_is_silent_and_the_turn_is_recognised_by_one() -> None:
    before, after = ScriptedRecognizer(final_delay=0.5), ScriptedRecognizer()
    async with (
        converse(recognizer=before, settings=SETTINGS) as user,
        another(user, recognizer=after) as bot,
        asyncio.TaskGroup() as tasks,
    ):
        saying = tasks.create_task(user.says("one two three four five six", 3.0))
        await user.waits(1.5)
        await user.conversation.apply(bot)
        assert saying.done()
        await user.is_answered()
        await user.says("seven eight")
        await user.is_answered()
        user.hangs_up()
        await user.waits(1)
    assert [event.text for event in of_kind(user, UserFinal)][-1] == "seven eight"
    assert [e.text for e in of_kind(user, UserTurnEnded)] == ["one two three four five six", "seven eight"]
    assert len(answers(user)) == 2
    tried, used = after.sessions  # the first is opened to see whether it can be
    assert tried.written == 0
    assert used.written > 0


@simulated
async def test_a_recogniser_that_opens_no_session_changes_nothing() -> None:
    broken = ScriptedRecognizer()
    broken.refusals = [ProviderError("no such model")]
    chat = ScriptedChatModel(["Other."])
    async with converse(settings=SETTINGS) as user:
        async with another(user, recognizer=broken, chat=chat) as bot:
            with pytest.raises(ProviderError, match="recognizer: no such model"):
                await user.conversation.apply(bot)
        await user.says("hello")
        await user.is_answered()
    assert answers(user) == ["All right."]
    assert not of_kind(user, ConfigChanged)


@simulated
async def test_detector_pre_roll_patience_and_idle_rules_change_too() -> None:
    detector = ScriptedVoiceActivity(VoiceActivityOptions(pre_roll=0.6))
    update = {
        "turns": TurnOptions(prepare="off", patience=0.1),
        "idle": IdleOptions(after=2, prompts=("Hm?",)),
    }
    settings = SETTINGS.model_copy(update=update)
    async with converse(settings=SETTINGS) as user:
        await user.says("slow")
        await user.is_answered()
        async with another(user, voice_activity=detector, settings=settings) as bot:
            await user.conversation.apply(bot)
            await user.says("quick")
            await user.is_answered()
            await user.is_answered()
            user.hangs_up()
            await user.waits(1)
    slow, quick = (each.decided - each.speech_stopped for each in of_kind(user, TurnTimed))
    assert quick < slow - 0.2
    assert answers(user)[-1] == "Hm?"


LIGHT = Tool("light", "Turns the light on.", {"type": "object"}, effect="writes")
TIME = Tool("time", "Tells the time.", {"type": "object"}, effect="reads")


@simulated
async def test_a_running_tool_that_writes_ends_by_itself_and_its_toolset_is_in_use_until_then() -> None:
    light = ScriptedToolset([(LIGHT, [Pause(5.0), "It is on."])])
    chat = ScriptedChatModel([["One moment.", ToolCall("1", "light", "{}")], "It is on."])
    async with converse(chat=chat, toolsets=[light], settings=SETTINGS) as user:
        bot = user.conversation.bot
        async with another(user, toolsets=()) as other, asyncio.TaskGroup() as tasks:
            await user.says("light on please")
            while not light.begun:
                await user.waits(0.1)
            tasks.create_task(user.conversation.apply(other))
            await user.waits(0.1)
            await user.says("never mind", 0.6)  # interrupts the reply, not the call
            await user.waits(1.0)
            leaving = tasks.create_task(user.conversation.left(bot))
            await user.waits(0.1)
            assert of_kind(user, ConfigChanged)
            assert not leaving.done()
            await leaving
            assert light.done
            user.hangs_up()
            await user.waits(1)
    assert not light.cancelled


@simulated
async def test_an_allow_list_that_shrinks_shrinks_in_mid_turn() -> None:
    tools: list[Any] = [(LIGHT, "It is on."), (TIME, [Pause(1.0), "Noon."])]
    both, one = ScriptedToolset(tools), ScriptedToolset(tools, allow=["time"])
    chat = ScriptedChatModel([[ToolCall("1", "time", "{}")], [ToolCall("2", "light", "{}")], "I cannot."])
    async with (
        converse(chat=chat, toolsets=[both], settings=SETTINGS) as user,
        another(user, toolsets=[one]) as bot,
        asyncio.TaskGroup() as tasks,
    ):
        await user.says("what time is it and light on")
        while not both.begun:
            await user.waits(0.1)
        applying = tasks.create_task(user.conversation.apply(bot))
        await user.waits(0.1)
        assert not applying.done()
        await user.is_answered()
        user.hangs_up()
        await user.waits(1)
    assert [ran.name for ran in both.begun] == ["time"]
    assert [(e.name, e.outcome) for e in of_kind(user, ToolEnded)] == [("time", "done"), ("light", "refused")]
    assert [tool.name for tool in chat.requests[1].tools] == ["time"]


@simulated
async def test_only_a_conversation_that_runs_can_change() -> None:
    async with converse(settings=SETTINGS) as user, another(user) as bot:
        conversation = type(user.conversation)(bot, ScriptedUser())
        with pytest.raises(RuntimeError, match="running"):
            await conversation.apply(bot)
        user.hangs_up()
        await user.waits(1)
        assert await user.conversation.apply(bot) == ()


@simulated
async def test_a_change_that_is_given_up_as_the_bot_falls_silent_is_not_made() -> None:
    chat = ScriptedChatModel(["One thing. Another thing. The last thing."])
    async with converse(chat=chat, settings=SETTINGS) as user, another(user, chat=ScriptedChatModel()) as bot:
        before = user.conversation.bot
        await user.says("tell me")
        while not user.hears_the_bot:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        applying = asyncio.create_task(user.conversation.apply(bot))
        await asyncio.sleep(0.1)
        assert user.hears_the_bot
        applying.cancel()
        user.conversation.stop()
        await asyncio.wait([applying])
        assert (applying.cancelled(), user.conversation.bot) == (True, before)
        user.hangs_up()
        await user.waits(1)
