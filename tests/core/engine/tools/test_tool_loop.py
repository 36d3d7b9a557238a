"""Tools in a conversation: what runs when, what is said, and what history keeps."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from voicebot import (
    ChatEvent,
    ChatRequest,
    ProviderFailed,
    ReplyEnded,
    Tool,
    ToolCall,
    ToolResult,
    TurnTimed,
    Usage,
)
from voicebot.config.schema import TurnOptions
from voicebot.events import ReplyPrepared, ReplyWithdrawn
from voicebot.testing import Pause, ScriptedChatModel, ScriptedToolset, converse, invalid, simulated

from .scenes import BOOK, WEATHER, asks, call, history, outcomes, settings, started


@simulated
async def test_a_tool_that_reads_runs_ahead_and_the_answer_follows_without_a_gap() -> None:
    chat = ScriptedChatModel([["Let me see.", call(WEATHER, city="Bonn")], "It is sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(0.4), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.5)) as user:
        assert await asks(user, "what is the weather") == ["Let me see. It is sunny."]
    assert started(user) == [("weather", True)]
    assert [request.ahead for request in chat.requests] == [True, True]
    assert [len(request.tools) for request in chat.requests] == [1, 1]
    (timed,) = (event for event in user.events if isinstance(event, TurnTimed))
    assert timed.decided is not None
    assert timed.first_sound is not None
    assert timed.first_sound - timed.decided < 0.02
    assert (timed.tool_calls, round(timed.tool_seconds, 2)) == (1, 0.4)
    assert history(user) == [
        "what is the weather",
        ">Let me see.",
        '!weather {"city": "Bonn"}',
        "=sunny",
        ">It is sunny.",
    ]


class BreaksOff(ScriptedChatModel):
    """Ends its first reply without an event that says so."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async for event in super().reply(request):
            if len(self.requests) > 1 or not isinstance(event, ReplyEnded):
                yield event


@pytest.mark.parametrize("before", [[], ["Let me book it. "]])
@simulated
async def test_calls_of_a_reply_that_breaks_off_are_not_run(before: list[str]) -> None:
    chat = BreaksOff([[*before, call(BOOK, people=2)], "Fine."])
    tools = ScriptedToolset([(BOOK, "Table 4.")])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        (heard,) = await asks(user, "book a table")
    assert heard == "".join([*before, "Sorry."])
    assert started(user) == []
    (failed,) = (event for event in user.events if isinstance(event, ProviderFailed))
    assert "broke off after a tool call" in failed.message


@simulated
async def test_calls_before_the_mark_for_an_unfinished_turn_are_not_run() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2), "[unfinished]"], "For how many?"])
    tools = ScriptedToolset([(BOOK, "Table 4.")])
    turns = TurnOptions.model_validate({"patience": 0.6, "ask_chat_model": True})
    asking = settings().model_copy(update={"turns": turns})
    async with converse(chat=chat, toolsets=[tools], settings=asking) as user:
        assert await asks(user, "book a table for") == ["For how many?"]
    assert len(chat.requests) == 2
    assert started(user) == []


@simulated
async def test_a_tool_that_writes_waits_until_it_is_the_bots_turn_and_runs_once() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2)], "Which day?", [call(BOOK, people=3)], "Booked."])
    tools = ScriptedToolset([(BOOK, [Pause(0.2), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.0)) as user:
        await user.says("book a table for two")
        await user.waits(0.8)  # the reply with the call is prepared
        await user.says("no for three")
        await user.waits(0.2)
        await user.is_answered()
    assert [type(event) for event in user.events].count(ReplyWithdrawn) == 1
    assert tools.begun == []
    assert history(user) == ["book a table for two no for three", ">Which day?"]


@simulated
async def test_several_calls_of_one_step_run_at_the_same_time_and_are_answered_in_order() -> None:
    slow = Tool("slow", "Is slow.", effect="reads")
    chat = ScriptedChatModel([[call(slow), call(WEATHER, city="Bonn"), call(BOOK)], "Done."])
    tools = ScriptedToolset([(slow, [Pause(0.9), "late"]), (WEATHER, "sunny"), (BOOK, [Pause(0.9), "yes"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await asks(user, "do all of it")
    assert history(user)[4:] == ["=late", "=sunny", "=yes", ">Done."]
    (timed,) = (event for event in user.events if isinstance(event, TurnTimed))
    assert round(timed.tool_seconds, 2) == 0.9


@simulated
async def test_a_booking_goes_on_through_a_barge_in_and_its_result_is_in_the_next_request() -> None:
    chat = ScriptedChatModel([["I am going to book it now.", call(BOOK, people=2)], "Good.", "Booked."])
    tools = ScriptedToolset([(BOOK, [Pause(4.0), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("book a table")
        await user.waits(1.7)
        await user.says("and tell me the time")
        await user.is_answered()
        await user.waits(3)
    assert (len(tools.done), tools.cancelled) == (1, 0)
    request = chat.requests[1].messages
    assert [message.role for message in request] == ["user", "assistant", "tool", "assistant", "user"]
    assert request[2].content.startswith("Still running")
    assert request[3].content == "..."
    assert history(user)[2:5] == ['!book {"people": 2}', "=table 4", "and tell me the time"]


@simulated
async def test_a_turn_in_which_something_was_booked_is_never_taken_back() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2)], "Booked for two.", "Three, then."])
    tools = ScriptedToolset([(BOOK, [Pause(0.3), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=0.3)) as user:
        await user.says("book a table")
        await user.waits(0.75)  # decided and booked; nothing has been heard
        await user.says("for three people please")
        await user.is_answered()
    assert len(tools.begun) == 1
    assert history(user)[:4] == ["book a table", '!book {"people": 2}', "=table 4", "for three people please"]
    assert all(not invalid(request) for request in chat.requests)


@simulated
async def test_a_user_who_speaks_while_something_is_looked_up_stops_that() -> None:
    chat = ScriptedChatModel([["One second.", call(WEATHER, city="Bonn")], "Fine."])
    tools = ScriptedToolset([(WEATHER, [Pause(5), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("the weather")
        await user.waits(2.5)
        await user.says("never mind the weather")
        await user.is_answered()
    assert tools.cancelled == 1
    assert outcomes(user) == [("weather", "cancelled")]
    assert history(user)[1:4] == [">One second.", '!weather {"city": "Bonn"}', "=Stopped: the user spoke."]


@simulated
async def test_what_a_withdrawn_reply_looked_up_is_used_again() -> None:
    chat = ScriptedChatModel([[call(WEATHER, city="Bonn")], "Where?", [call(WEATHER, city="Bonn")], "Sunny."])
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.2)) as user:
        await user.says("what is the weather")
        await user.waits(0.7)  # looked up in a prepared reply
        await user.says("in Bonn")
        await user.is_answered()
    assert len([event for event in user.events if isinstance(event, ReplyPrepared)]) == 2
    assert len(tools.begun) == 1
    assert outcomes(user) == [("weather", "done"), ("weather", "repeated")]
    assert history(user)[2:] == ["=sunny", ">Sunny."]


@simulated
async def test_the_same_call_in_a_turn_is_not_run_again() -> None:
    looks, books = call(WEATHER, city="Bonn"), call(BOOK, people=2)
    chat = ScriptedChatModel([[looks, looks, books, books], [books], "Done."])
    tools = ScriptedToolset([(WEATHER, "sunny"), (BOOK, "table 4")])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        await asks(user, "book a table")
    assert [each.name for each in tools.begun] == ["weather", "book"]
    again = "=Already done, so not run again: table 4"
    results = [line for line in history(user) if line[0] == "="]
    assert results == ["=sunny", "=sunny", "=table 4", again, again]
    assert all(not invalid(request) for request in chat.requests)  # the ids were the same


@simulated
async def test_after_the_last_step_the_model_is_asked_for_words() -> None:
    cities = ("Bonn", "Rome", "Oslo")
    chat = ScriptedChatModel([*([call(WEATHER, city=city)] for city in cities[:2]), "Sunny everywhere."])
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=settings(most=2)) as user:
        assert await asks(user, "the weather") == ["Sunny everywhere."]
    assert [len(request.tools) for request in chat.requests] == [1, 1, 0]


@simulated
async def test_a_model_that_calls_tools_it_is_not_offered_is_not_obeyed() -> None:
    chat = ScriptedChatModel([[call(WEATHER, city="Bonn")], [call(WEATHER, city="Rome")]])
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=settings(most=1)) as user:
        assert await asks(user, "the weather") == ["Sorry."]
    assert len(tools.begun) == 1


@simulated
async def test_a_result_can_be_said_as_it_is() -> None:
    chat = ScriptedChatModel([["Well.", call(WEATHER, city="Bonn")], "Not asked."])
    tools = ScriptedToolset([(WEATHER, [ToolResult("20 degrees", say="It has twenty degrees.")])])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        assert await asks(user, "the weather") == ["Well. It has twenty degrees."]
    assert len(chat.requests) == 1
    assert history(user)[3:] == ["=20 degrees", ">It has twenty degrees."]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (ToolCall("1", "fly", "{}"), "=Not run: there is no such tool; there are: weather."),
        (ToolCall("1", "a tool!", "{}"), "=Not run: there is no such tool; there are: weather."),
        (ToolCall("1", "weather", "{"), "=Not run: the arguments are not valid JSON."),
        (ToolCall("1", "weather", "{}"), "=Not run: `city` is missing."),
    ],
)
def test_a_call_that_is_not_valid_is_a_result_that_says_so(wrong: ToolCall, told: str) -> None:
    @simulated
    async def run() -> None:
        chat = ScriptedChatModel([[wrong], "Oh."])
        tools = ScriptedToolset([(WEATHER, "sunny")])
        async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
            assert await asks(user, "the weather") == ["Oh."]
        assert tools.begun == []
        assert outcomes(user)[0][1] == "refused"
        assert history(user)[2] == told
        assert not invalid(chat.requests[1])

    run()


@simulated
async def test_a_long_result_is_cut_with_a_note() -> None:
    chat = ScriptedChatModel([[call(WEATHER, city="Bonn")], "Oh."])
    tools = ScriptedToolset([(WEATHER, "x" * 2_000_000)])
    async with converse(chat=chat, toolsets=[tools], settings=settings(result_limit=100)) as user:
        await asks(user, "the weather")
    assert history(user)[2] == f"={'x' * 100}\n[Cut off: these are 100 of 2,000,000 characters.]"


@simulated
async def test_calls_beyond_the_most_of_one_step_are_refused() -> None:
    calls = [call(WEATHER, city=str(number)) for number in range(34)]
    chat = ScriptedChatModel([calls, "Oh."])
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        await asks(user, "the weather")
    assert len(tools.begun) == 32
    results = [message.content for message in chat.requests[1].messages if message.role == "tool"]
    assert results[31:] == ["sunny", *["Not run: only 32 calls are run at once."] * 2]


@simulated
async def test_of_many_long_results_the_latest_are_sent_in_full() -> None:
    calls = [call(WEATHER, city=str(number)) for number in range(6)]
    chat = ScriptedChatModel([calls, "Oh."])
    tools = ScriptedToolset([(WEATHER, "x" * 1000)])
    async with converse(chat=chat, toolsets=[tools], settings=settings(result_limit=1000)) as user:
        await asks(user, "the weather")
    sent = [len(message.content) for message in chat.requests[1].messages if message.role == "tool"]
    assert sent == [546, 546, 1000, 1000, 1000, 1000]


@simulated
async def test_a_model_that_fails_after_its_calls_is_followed_by_the_safe_line() -> None:
    chat = ScriptedChatModel([["Well.", call(BOOK, people=2)], ValueError()])
    tools = ScriptedToolset([(BOOK, "table 4")])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        assert await asks(user, "book a table") == ["Well. Sorry."]
    assert history(user)[1:] == [">Well.", '!book {"people": 2}', "=table 4", ">Sorry."]


class Refusing(ScriptedChatModel):
    """Books, and may then say nothing about it."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        if request.messages[-1].role == "tool":
            yield ReplyEnded("filtered")
        else:
            yield call(BOOK, people=2)
            yield ReplyEnded("calls")


@simulated
async def test_what_was_done_stays_in_history_without_its_words_if_a_content_filter_refuses_it() -> None:
    tools = ScriptedToolset([(BOOK, "table 4")])
    async with converse(chat=Refusing(), toolsets=[tools], settings=settings()) as user:
        assert await asks(user, "book a table") == ["Sorry."]
    assert history(user) == [
        "[A content filter refused what the user said here.]",
        "!book {}",
        "=The call has ended, but a content filter refused what was in it.",
        ">Sorry.",
    ]


@simulated
async def test_without_toolsets_a_request_has_no_tools_and_calls_are_ignored() -> None:
    chat = ScriptedChatModel([["Well.", call(BOOK, people=2)]])
    async with converse(chat=chat, settings=settings()) as user:
        assert await asks(user, "book a table") == ["Well."]
    assert chat.requests[0].tools == ()
    assert outcomes(user) == []


@simulated
async def test_a_write_is_finished_when_the_conversation_ends_or_stopped_after_five_seconds() -> None:
    for seconds, outcome, told in ((4.0, "done", "table 4"), (9.0, "cancelled", "Stopped: the conversation")):
        chat = ScriptedChatModel([["I am booking it now for you.", call(BOOK, people=2)], "Hm."])
        tools = ScriptedToolset([(BOOK, [Pause(seconds), "table 4"])])
        slow = settings(prepare="off", timeout=20)
        async with converse(chat=chat, toolsets=[tools], settings=slow) as user:
            await user.says("book a table")
            await user.waits(1.8)
            await user.says("stop")
            user.hangs_up()
        assert outcomes(user) == [("book", outcome)]
        assert told in next(line for line in history(user) if line.startswith("="))


@simulated
async def test_the_tokens_of_all_steps_are_added() -> None:
    from voicebot.engine.timeline import ReplyTimestamps

    timestamps = ReplyTimestamps(0.0)
    for usage in (Usage(10, 1), None, Usage(20, 2)):
        timestamps.add_usage(usage)
    assert timestamps.usage == Usage(30, 3)
