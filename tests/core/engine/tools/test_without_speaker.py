"""Tools where replies are read, and where text is streamed to the voice."""

from __future__ import annotations

from voicebot import ToolProgress, TypedLine, UnitSpoken
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedUser,
    converse,
    simulated,
)

from .scenes import BOOK, WEATHER, asks, call, history, settings


class Reader(ScriptedUser):
    """Reads what the bot writes."""

    speaker = None


@simulated
async def test_replies_that_are_read_use_tools_too() -> None:
    chat = ScriptedChatModel(
        [["Let me see.", call(BOOK, people=2)], "Booked.", [call(BOOK, people=3)], "Yes."]
    )
    tools = ScriptedToolset([(BOOK, [ToolProgress("Wait."), Pause(3), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(), user=Reader()) as user:
        for line in ("book a table", "another one"):
            user.sends(TypedLine(line))
            await user.is_answered()
    assert history(user)[1:5] == [">Let me see.", '!book {"people": 2}', "=table 4", ">Booked."]
    assert [event.text for event in user.events if isinstance(event, UnitSpoken)][-1] == "Yes."


@simulated
async def test_a_voice_that_takes_text_as_it_is_written_speaks_before_and_after_a_call() -> None:
    chat = ScriptedChatModel([["Let me see.", call(WEATHER, city="Bonn")], "It is sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(3), "sunny"])])
    voice = ScriptedSynthesizer(streams=True)
    async with converse(chat=chat, toolsets=[tools], synthesizer=voice, settings=settings()) as user:
        assert await asks(user, "the weather") == ["Let me see. It is sunny."]
    assert history(user)[1] == ">Let me see."
    first, second = (event.at for event in user.events if isinstance(event, UnitSpoken))
    assert 2 < second - first < 4
