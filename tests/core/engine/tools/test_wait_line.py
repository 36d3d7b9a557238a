"""What is said while tools run: no dead air, and nothing that history keeps."""

from __future__ import annotations

from voicebot import BotTurnEnded, ToolProgress, TurnTimed, UnitSpoken, UserTurnEnded
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


def said(user: ScriptedUser) -> list[tuple[float, str]]:
    """Return what was said, and how long after the end of the user's turn."""
    (decided,) = (event.at for event in user.events if isinstance(event, UserTurnEnded))
    return [(round(e.at - decided, 2), e.text) for e in user.events if isinstance(e, UnitSpoken)]


@simulated
async def test_after_a_while_a_line_is_said_that_history_does_not_keep() -> None:
    chat = ScriptedChatModel([[call(BOOK)], "Booked."])
    tools = ScriptedToolset([(BOOK, [Pause(5), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        assert await asks(user, "book a table") == ["Booked."]
    assert said(user) == [(1.0, "One moment."), (5.47, "Booked.")]
    assert history(user)[1:] == ["!book {}", "=table 4", ">Booked."]
    (timed,) = (event for event in user.events if isinstance(event, TurnTimed))
    assert timed.first_sound is not None
    assert timed.decided is not None
    assert round(timed.first_sound - timed.decided, 2) == 1.0


@simulated
async def test_interrupting_the_line_silences_it_within_a_frame() -> None:
    chat = ScriptedChatModel([[call(WEATHER, city="Bonn")], "Fine."])
    tools = ScriptedToolset([(WEATHER, [Pause(5), "sunny"])])
    long = settings(wait_line=("One moment please I am looking it up for you right now.",), prepare="off")
    async with converse(chat=chat, toolsets=[tools], settings=long) as user:
        await user.says("the weather")
        await user.waits(2.1)
        assert user.hears_the_bot
        await user.says("stop it", 0.1)
        await user.waits(0.02)
        assert not user.hears_the_bot
        await user.is_answered()
    assert history(user)[2] == "=Stopped: the user spoke."


@simulated
async def test_a_tool_says_itself_what_it_is_doing() -> None:
    chat = ScriptedChatModel([[call(BOOK)], "Booked."])
    steps = [ToolProgress("Looking at Friday."), Pause(3), ToolProgress("Now Saturday."), Pause(3), "ok"]
    tools = ScriptedToolset([(BOOK, steps)])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        await asks(user, "book a table")
    texts = [text for _, text in said(user)]
    assert texts == ["Looking at Friday.", "Now Saturday.", "Booked."]
    assert history(user)[1:] == ["!book {}", "=ok", ">Booked."]


@simulated
async def test_nothing_is_said_if_the_model_has_spoken_or_the_tool_is_quick() -> None:
    for script, seconds in (([call(BOOK)], 0.5), (["I shall book it right now.", call(BOOK)], 1.5)):
        chat = ScriptedChatModel([script, "Booked."])
        tools = ScriptedToolset([(BOOK, [Pause(seconds), "table 4"])])
        async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
            await asks(user, "book a table")
        assert "One moment." not in [text for _, text in said(user)]


@simulated
async def test_nothing_is_said_before_the_turn_is_over() -> None:
    chat = ScriptedChatModel([[call(WEATHER, city="Bonn")], "Sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(3), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=2.8, wait_after=0.1)) as user:
        await asks(user, "the weather")
    (decided,) = (event.at for event in user.events if isinstance(event, UserTurnEnded))
    assert all(event.at >= decided for event in user.events if isinstance(event, UnitSpoken))


@simulated
async def test_lines_follow_each_other_from_turn_to_turn_and_may_be_none() -> None:
    chat = ScriptedChatModel([[call(BOOK)], "Booked."] * 2)
    for lines in (("One moment.", "Just a second."), ()):
        chat = ScriptedChatModel([[call(BOOK)], "Booked.", [call(BOOK)], "Booked."])
        tools = ScriptedToolset([(BOOK, [Pause(2), "table 4"])])
        async with converse(chat=chat, toolsets=[tools], settings=settings(wait_line=lines)) as user:
            await asks(user, "book a table", "another one")
        texts = [event.text for event in user.events if isinstance(event, UnitSpoken)]
        assert texts == [*lines[:1], "Booked.", *lines[1:], "Booked."]


@simulated
async def test_an_answer_that_comes_while_the_line_is_said_follows_it() -> None:
    chat = ScriptedChatModel([[call(BOOK)], "Booked."], first_token=0.05)
    tools = ScriptedToolset([(BOOK, [Pause(1.05), "table 4"])])
    long = settings(wait_line=("One moment please I am looking it up for you right now.",))
    voice = ScriptedSynthesizer(first_byte=0.01)
    async with converse(chat=chat, toolsets=[tools], synthesizer=voice, settings=long) as user:
        await asks(user, "book a table")
    (line, answer), (ended,) = said(user), [e for e in user.events if isinstance(e, BotTurnEnded)]
    assert answer[0] - line[0] == 3.3
    assert ended.heard == "Booked."


@simulated
async def test_a_line_that_cannot_be_synthesized_is_left_out() -> None:
    chat = ScriptedChatModel([[call(BOOK)], "Booked."])
    tools = ScriptedToolset([(BOOK, [Pause(3), "table 4"])])
    faults: dict[int, Exception | Pause] = {number: ValueError() for number in (1, 2)}  # 0 is the safe line
    voice = ScriptedSynthesizer(faults=faults)
    async with converse(chat=chat, toolsets=[tools], synthesizer=voice, settings=settings()) as user:
        await asks(user, "book a table")
    assert [text for _, text in said(user)] == ["Booked."]
