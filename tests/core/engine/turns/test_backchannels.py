"""Backchannels in a conversation: they leave the bot the turn, unless it has asked something."""

from __future__ import annotations

from voicebot import Settings
from voicebot.config.schema import TurnOptions
from voicebot.events import BotTurnEnded, UserTurnEnded
from voicebot.testing import ScriptedChatModel, converse, simulated

LONG = "The first answer is so long that you can say quite a lot before it has come to its very last word."


@simulated
async def test_a_backchannel_of_several_words_lets_the_bot_go_on() -> None:
    async with converse(chat=ScriptedChatModel([[LONG]]), settings=settings()) as user:
        await user.says("bonjour")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(1)
        await user.says("c'est ça, d'accord")
        answer = await user.is_answered()
    assert answer.heard == LONG
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)] == ["bonjour"]


@simulated
async def test_the_first_words_of_a_backchannel_interrupt_when_no_more_follow() -> None:
    async with converse(chat=ScriptedChatModel([[LONG], ["Oui."]]), settings=settings()) as user:
        await user.says("bonjour")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(1)
        await user.says("c'est")
        interrupted = await user.is_answered()
        answer = await user.is_answered()
    assert interrupted.interrupted
    assert answer.heard == "Oui."


@simulated
async def test_a_backchannel_answers_a_question_in_any_script() -> None:
    question = "你现在想喝一杯很热很香的茶还是一杯很浓的咖啡？"
    async with converse(chat=ScriptedChatModel([[question], ["好。"]]), settings=settings()) as user:
        await user.says("你好")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.6)
        await user.says("好的")
        await user.is_answered()
        await user.waits(2)
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)] == ["你好", "好的"]
    assert [event.heard for event in user.events if isinstance(event, BotTurnEnded)] == [question, "好。"]


def settings() -> Settings:
    return Settings(turns=TurnOptions(patience=0.3), on_error="")
