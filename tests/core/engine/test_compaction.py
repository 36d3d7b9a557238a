"""Compaction: older turns become a summary in the background, which later requests have in their place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from voicebot.config.history import CompactOptions, HistoryOptions
from voicebot.config.schema import Settings, TurnOptions
from voicebot.engine.history.history import History
from voicebot.engine.tools.records import CallRecord, ToolStep
from voicebot.errors import ProviderError
from voicebot.events import BotTurnEnded, HistoryCompacted, ProviderNoticed, ReplyWithdrawn
from voicebot.messages import (
    ChatEvent,
    ChatRequest,
    Message,
    Notice,
    ReplyEnded,
    TextDelta,
    Tool,
    ToolCall,
    ToolResult,
    TypedLine,
)
from voicebot.testing import ScriptedChatModel, ScriptedToolset, ScriptedUser, converse, invalid, simulated

SETTINGS = Settings(
    system="Be brief.",
    turns=TurnOptions(prepare="off"),
    history=HistoryOptions(compact=CompactOptions(over=1000, keep=2)),
)
NOTE = Message("user", "[The conversation so far is left out here. Its summary follows.]")
LONG = "word " * 79 + "end"


class SummarisingChatModel(ScriptedChatModel):
    """Answers shortly, and gives scripted events for each summary, after `delay` seconds."""

    def __init__(self, *summaries: list[ChatEvent] | BaseException, delay: float = 0.5) -> None:
        super().__init__(["Well."])
        self.delay = delay
        self.asked: list[ChatRequest] = []
        self.stopped = 0
        self._summaries = list(summaries)

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if not request.messages[0].content.startswith("Summarise"):
            async for event in super().reply(request):
                yield event
            return
        self.asked.append(request)
        summary = self._summaries[min(len(self.asked), len(self._summaries)) - 1]
        try:
            await asyncio.sleep(self.delay)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if isinstance(summary, BaseException):
            raise summary
        for event in summary:
            yield event

    @property
    def last(self) -> tuple[Message, ...]:
        """The messages of the last request for a reply."""
        return self.requests[-1].messages


def text(*pieces: str) -> list[ChatEvent]:
    return [*map(TextDelta, pieces), ReplyEnded()]


def of_kind(user: ScriptedUser, kind: type[HistoryCompacted] | type[ProviderNoticed]) -> list[str]:
    return [
        event.summary if isinstance(event, HistoryCompacted) else event.message
        for event in user.events
        if isinstance(event, (HistoryCompacted, ProviderNoticed)) and isinstance(event, kind)
    ]


async def talk(user: ScriptedUser, *lines: str, pause: float = 1.0) -> None:
    for line in lines:
        user.sends(TypedLine(line))
        await user.is_answered()
        await user.waits(pause)


@simulated
async def test_older_turns_become_a_summary_and_the_latest_are_kept_word_for_word() -> None:
    chat = SummarisingChatModel(text("They spoke ", "of words."))
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, f"one {LONG}", f"two {LONG}", f"three {LONG}", "four")
        history = user.conversation.history
    assert of_kind(user, HistoryCompacted) == ["They spoke of words."]
    assert [message.content for message in chat.last] == [
        *("Be brief.", NOTE.content, "They spoke of words."),
        *(f"two {LONG}", "Well.", f"three {LONG}", "Well.", "four"),
    ]
    assert [message.role for message in chat.last] == ["system", *["user", "assistant"] * 3, "user"]
    assert len(history.messages) == 9  # what was said is kept


@simulated
async def test_the_summary_is_asked_for_with_the_older_turns_and_nothing_else() -> None:
    chat = SummarisingChatModel(text("They spoke."))
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, f"one\nAssistant: yes {LONG}", f"two {LONG}", f"three {LONG}")
    (request,) = chat.asked
    system, question = request.messages
    assert (system.role, question.role, request.tools) == ("system", "user", ())
    assert question.content == f"User: one Assistant: yes {LONG}\nAssistant: Well."
    assert (request.ahead, request.conversation) == (True, user.conversation.id)


@simulated
async def test_the_next_summary_includes_the_one_before_it() -> None:
    chat = SummarisingChatModel(text("First."), text("Second."))
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(4)), "last")
    assert of_kind(user, HistoryCompacted) == ["First.", "Second."]
    assert chat.asked[1].messages[1].content.startswith("Summary of what came before: First.\nUser: 1 word")
    assert [message.content[:7] for message in chat.last[1:4]] == [NOTE.content[:7], "Second.", "2 word "[:7]]


@simulated
async def test_without_the_option_nothing_is_summarised() -> None:
    chat = SummarisingChatModel(text("They spoke."))
    settings = SETTINGS.model_copy(update={"history": HistoryOptions()})
    async with converse(chat=chat, settings=settings) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(5)))
    assert not chat.asked


@simulated
async def test_a_chat_model_with_side_effects_is_not_asked_for_a_summary() -> None:
    chat = SummarisingChatModel(text("They spoke."))
    chat.acts = True
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(5)))
    assert not chat.asked


@simulated
async def test_a_reply_goes_on_while_the_summary_is_written() -> None:
    chat = SummarisingChatModel(text("They spoke."), delay=10.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(3)), "four")
        assert chat.last[1].content.startswith("0 word")
        await user.waits(10)
        await talk(user, "five")
    assert len(chat.asked) == 1
    assert chat.last[1:3] == (NOTE, Message("assistant", "They spoke."))
    assert chat.last[3].content.startswith("1 word")


@simulated
async def test_a_prepared_reply_is_used_although_a_summary_came_in_between() -> None:
    chat = SummarisingChatModel(text("They spoke."), delay=1.4)
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(prepare="pause", patience=2.0)})
    async with converse(chat=chat, settings=settings) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(3)), pause=0.0)
        await user.says("four", seconds=0.5)
        await user.is_answered()
    prepared = [request for request in chat.requests if request.messages[-1].content == "four"]
    compacted = next(event.at for event in user.events if isinstance(event, HistoryCompacted))
    answered = [event.at for event in user.events if isinstance(event, BotTurnEnded)]
    assert answered[-2] + 0.5 < compacted < answered[-1]
    assert [request.ahead for request in prepared] == [True]
    assert not any(isinstance(event, ReplyWithdrawn) for event in user.events)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (ProviderError("the server is busy"), "the server is busy"),
        (ValueError("secret"), "it broke: ValueError (-v shows where)"),
        (asyncio.CancelledError(), "the chat model broke: CancelledError (-v shows where)"),
        (text(), "the chat model replied with nothing"),
        (text(" \n"), "the chat model replied with nothing"),
        ([ToolCall("1", "time", "{}"), ReplyEnded("calls")], "the chat model replied with nothing"),
        (
            [TextDelta("They"), ReplyEnded("filtered", withdrawn=4)],
            "the chat model's content filter blocked the summary",
        ),
    ],
)
def test_a_failure_is_a_notice_and_the_model_is_asked_again_after_as_much_new_text(
    failure: list[ChatEvent] | BaseException, reason: str
) -> None:
    @simulated
    async def conversation() -> None:
        chat = SummarisingChatModel(failure, text("They spoke."))
        async with converse(chat=chat, settings=SETTINGS) as user:
            await talk(user, *(f"{number} {LONG}" for number in range(3)), "four")
            assert of_kind(user, ProviderNoticed) == [
                f"older turns were not summarised (`history.compact`): {reason}"
            ]
            await talk(user, f"five {LONG}")
            assert len(chat.asked) == 1
            assert chat.last[1].content.startswith("0 word")
            await talk(user, f"six {LONG}", f"seven {LONG}", "eight")
        assert of_kind(user, HistoryCompacted) == ["They spoke."]
        assert chat.last[2].content == "They spoke."

    conversation()


@simulated
async def test_a_model_that_writes_nothing_is_given_up_after_the_time_limit_of_replies() -> None:
    chat = SummarisingChatModel(text("They spoke."), delay=100.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(3)))
        await user.waits(20)
    assert of_kind(user, ProviderNoticed) == [
        "older turns were not summarised (`history.compact`): the chat model wrote nothing for 15 s "
        "(`reply.chat_timeout`)"
    ]


@simulated
async def test_the_end_of_the_conversation_does_not_wait_for_a_summary() -> None:
    chat = SummarisingChatModel(text("They spoke."), delay=100.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(3)))
        assert len(chat.asked) == 1
        before = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - before < 1
    assert chat.stopped == 1
    assert not of_kind(user, HistoryCompacted)
    assert not of_kind(user, ProviderNoticed)


@simulated
async def test_a_summary_without_end_is_cut_off_and_notices_are_passed_on() -> None:
    chat = SummarisingChatModel([Notice("using the spare model"), *text(*["words and "] * 1000)])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(3)))
    (summary,) = of_kind(user, HistoryCompacted)
    assert 3990 < len(summary) <= 4000
    assert of_kind(user, ProviderNoticed) == ["using the spare model"]


WEATHER = Tool("weather", "Tells the weather.", effect="reads")


@simulated
async def test_calls_and_results_are_summarised_together_and_requests_stay_valid() -> None:
    class Calling(SummarisingChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            if request.messages[-1].role == "user" and request.tools:
                self.requests.append(request)
                yield ToolCall("", "weather", '{"day": "today"}')
                yield ReplyEnded("calls")
                return
            async for event in super().reply(request):
                yield event

    chat = Calling(text("It was sunny."))
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=SETTINGS) as user:
        await talk(user, *(f"{number} {LONG}" for number in range(6)))
    assert chat.asked[0].messages[1].content.splitlines()[1:] == [
        'Assistant called weather: {"day": "today"}',
        "Result: sunny",
        "Assistant: Well.",
    ]
    assert len(chat.asked) > 2
    assert [invalid(request) for request in (*chat.requests, *chat.asked)] == [[]] * (12 + len(chat.asked))


def test_a_call_that_is_still_running_is_not_summarised() -> None:
    made = History("", 10_000)
    step = ToolStep("", [CallRecord(ToolCall("1", "book", "{}"))], heard="Booking.")
    made.add_user_turn("u0", 0)
    made.add_user_turn("u1", 1)
    made.add_tool_step(step)
    made.add_user_turn("u2", 2)
    made.add_bot_turn("a3")
    made.add_user_turn("u4", 4)
    assert contents(made.older(1)) == "u0"
    step.records[0].result = ToolResult("booked")
    assert contents(made.older(1)) == "u0 u1 Booking. booked u2 a3"
    assert made.summarise(made.older(2), "Short.")
    assert contents(made.request()) == f"{NOTE.content} Short. u2 a3 u4"


def history(*roles: str) -> History:
    """Return a history in which turn 2 was cut off: the user said "u1", the bot "a1", and so on."""
    made = History("", 10_000)
    for turn, role in enumerate(roles):
        if role == "user":
            made.add_user_turn(f"u{turn}", turn)
        else:
            made.add_bot_turn(f"a{turn}", cut_off=role == "cut off")
    return made


def contents(messages: tuple[Message, ...]) -> str:
    return " ".join(message.content for message in messages)


def test_the_messages_for_a_summary_end_before_a_turn_of_the_user() -> None:
    made = history("bot", "user", "bot", "user", "user", "bot", "bot")
    assert [contents(made.older(keep)) for keep in (1, 2, 3, 4)] == ["a0 u1 a2 u3", "a0 u1 a2", "a0", ""]


def test_a_turn_in_which_the_user_was_cut_off_is_kept_whole() -> None:
    made = history("user", "bot", "user", "cut off", "user", "bot", "user")
    assert [contents(made.older(keep)) for keep in (1, 2, 3, 4)] == ["u0 a1 u2 a3 u4 a5", "u0 a1", "", ""]


def test_a_summary_of_messages_that_have_changed_is_not_used() -> None:
    made = history("user", "bot", "user", "bot", "user")
    older = made.older(1)
    made.correct_user_turn("corrected", 2)
    assert not made.summarise(older, "Old.")
    assert made.request()[0].content == "u0"
    assert made.summarise(made.older(1), "New.")
    assert contents(made.request()[1:]) == "New. u4"
    assert not made.summarise(older, "Old.")


def test_after_a_summary_the_user_comes_first_even_if_the_next_turn_is_removed() -> None:
    made = history("user", "bot", "user", "bot")
    assert made.summarise(made.older(1), "Short.")
    made.remove_user_turn(2)
    made.add_user_turn("u4", 4)
    assert [message.role for message in made.request()] == ["user", "assistant", "user", "assistant", "user"]
    assert contents(made.request()[1:]) == "Short. ... a3 u4"


def test_a_summary_is_not_made_later_than_turns_are_left_out() -> None:
    with pytest.raises(ValueError, match=r"compact.over \(16000\) must be less than budget \(9000\)"):
        HistoryOptions(budget=9000, compact=CompactOptions())
