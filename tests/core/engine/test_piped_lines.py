"""Lines from a pipe wait for the bot, and time passes between them as it does for a user at a terminal."""

from __future__ import annotations

import pytest
from tests.typewriter import Typewriter, Typist

from voicebot import BotTurnEnded, Conversation, ConversationEnded, Settings
from voicebot.config.schema import GoodbyeOptions, IdleOptions
from voicebot.engine.bot import Bot
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, simulated


class Pipe(Typist):
    """Writes lines into a pipe that stays open."""

    live = False


@simulated
async def test_silence_in_a_pipe_that_stays_open_is_noticed_and_ends_the_conversation() -> None:
    settings = Settings(
        idle=IdleOptions(after=3, prompts=("Are you there?",)), goodbye=GoodbyeOptions(after=20)
    )
    bot = Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(["Fine."]),
        synthesizer=ScriptedSynthesizer(),
        device=Typewriter(),
        settings=settings,
    )
    async with bot:
        conversation = Conversation(bot, Pipe("hello", leaves_after=600.0))
        events = conversation.events()
        await conversation.run()
    seen = [event async for event in events]
    answers = [(each.heard, each.at) for each in seen if isinstance(each, BotTurnEnded)]
    assert [heard for heard, _ in answers][:2] == ["Fine.", "Are you there?"]
    assert answers[1][1] - answers[0][1] == pytest.approx(3, abs=0.1)
    ended = seen[-1]
    assert isinstance(ended, ConversationEnded)
    assert (ended.by, ended.at) == ("silence", pytest.approx(21, abs=1))
