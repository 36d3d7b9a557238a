"""Silence and goodbye: what the bot says when nobody speaks, and how a conversation ends."""

from __future__ import annotations

from typing import TypeVar

import pytest

from voicebot import ReplyEnded, Settings, TextDelta
from voicebot.config.schema import GoodbyeOptions, IdleOptions, TurnOptions
from voicebot.engine.turns.actions import Prompt, SayGoodbye, TellResults
from voicebot.engine.turns.idle import IdleRules, IdleTimer, quiet_after
from voicebot.events import BotTurnEnded, ConversationEnded, ReplyPrepared, UserTurnEnded
from voicebot.messages import ChatEvent, ChatRequest
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedUser, converse, simulated

EventT = TypeVar("EventT")
LONG = "It is a long goodbye, matey, so long that you can still say something before I am gone for good."


def settings(**sections: object) -> Settings:
    return Settings.model_validate({"turns": TurnOptions(patience=0.3), "on_error": "", **sections})


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def heard(user: ScriptedUser) -> list[str]:
    return [turn.heard for turn in of_kind(user, BotTurnEnded)]


def ended_by(user: ScriptedUser) -> str:
    return of_kind(user, ConversationEnded)[0].by


def run(rules: IdleRules, *steps: tuple[float, str]) -> list[tuple[float, object]]:
    """Report what happens and when; each prompt takes the bot a second to say."""
    machine, done = IdleTimer(rules), list[tuple[float, object]]()
    for at, what in steps:
        while machine.deadline is not None and machine.deadline <= at:
            now = machine.deadline
            for action in machine.tick(now):
                done.append((now, action))
                machine.update(now, is_idle=False)
                machine.update(now + 1, is_idle=isinstance(action, Prompt))
        if what == "answered":
            machine.reset()
        else:
            machine.update(at, is_idle=what == "idle")
    return done


HELLO = Prompt("Hello?")


@pytest.mark.parametrize(
    ("said", "idle_at", "due_at", "told_at"),
    [
        pytest.param("Good.", 0, 0, 1, id="when nobody has spoken for a second"),
        pytest.param("Good.", 0, 5, 5, id="at once if nobody has spoken for longer"),
        pytest.param("How many?", 0, 0.5, 3, id="later after a question, which the user may answer"),
        pytest.param("How many?", 0, 9, 9, id="at once if the question was not answered for long"),
        pytest.param("Good.", 2, 1, 3, id="never while somebody speaks"),
    ],
)
def test_results_that_come_late_are_told_when_it_is_quiet(
    said: str, idle_at: float, due_at: float, told_at: float
) -> None:
    machine = IdleTimer(IdleRules(20, ("Hello?",), 1, end_after=10))
    for at in sorted((idle_at, due_at)):
        machine.update(at, is_idle=at >= idle_at, quiet=quiet_after(said) if at >= due_at else None)
    assert machine.deadline is not None
    assert max(machine.deadline, idle_at, due_at) == told_at
    assert machine.tick(told_at) == [TellResults()]


def test_a_result_that_is_told_is_told_before_goodbye_and_only_once() -> None:
    machine = IdleTimer(IdleRules(end_after=10))
    machine.update(0, is_idle=True)
    machine.update(10, is_idle=True, quiet=quiet_after(""))
    assert machine.tick(10) == [TellResults()]
    machine.update(10, is_idle=False)
    machine.update(12, is_idle=True)
    assert machine.tick(12) == [SayGoodbye()]


@pytest.mark.parametrize(
    ("rules", "steps", "expected"),
    [
        pytest.param(IdleRules(), [(0, "idle"), (900, "idle")], [], id="the bot stays silent by default"),
        pytest.param(
            IdleRules(5, ("Hello?",), 2),
            [(0, "idle"), (900, "idle")],
            [(5, HELLO), (11, HELLO)],
            id="as many prompts as wanted, each after the same silence",
        ),
        pytest.param(
            IdleRules(5, ("Hello?", "Anybody?"), 3),
            [(0, "idle"), (900, "idle")],
            [(5, HELLO), (11, Prompt("Anybody?")), (17, Prompt("Anybody?"))],
            id="the last prompt is repeated",
        ),
        pytest.param(
            IdleRules(5, ("Hello?",), 1),
            [(0, "idle"), (7, "busy"), (7.1, "answered"), (9, "idle"), (90, "idle")],
            [(5, HELLO), (14, HELLO)],
            id="a turn of the user starts the prompts over",
        ),
        pytest.param(
            IdleRules(5, ("Hello?",), 1),
            [(0, "idle"), (4, "busy"), (4.5, "idle"), (9.4, "idle"), (9.6, "idle")],
            [(9.5, HELLO)],
            id="noise restarts the silence",
        ),
        pytest.param(
            IdleRules(5, ("Hello?",), 9, end_after=12),
            [(0, "idle"), (900, "idle")],
            [(5, HELLO), (11, HELLO), (12, SayGoodbye())],
            id="the end is counted from the user's last turn, prompts or not",
        ),
        pytest.param(
            IdleRules(end_after=12),
            [(0, "idle"), (11, "busy"), (11.2, "idle"), (12.5, "idle")],
            [(12, SayGoodbye())],
            id="noise does not put the end off",
        ),
        pytest.param(
            IdleRules(end_after=12),
            [(0, "idle"), (11, "busy"), (11.1, "answered"), (14, "idle"), (25, "idle"), (27, "idle")],
            [(26, SayGoodbye())],
            id="a turn puts the end off",
        ),
    ],
)
def test_prompts_and_goodbye_in_silence(
    rules: IdleRules, steps: list[tuple[float, str]], expected: list[tuple[float, object]]
) -> None:
    assert run(rules, *steps) == expected


@simulated
async def test_a_silent_user_is_prompted_twice_and_then_left_alone() -> None:
    async with converse(settings=settings(idle=IdleOptions(after=5))) as user:
        await user.says("hello")
        await user.is_answered()
        await user.waits(60)
    assert heard(user) == ["All right.", "Are you still there?", "Are you still there?"]
    first, second, third = (turn.at for turn in of_kind(user, BotTurnEnded))
    assert 5 < second - first < 8
    assert 5 < third - second < 8
    assert user.conversation.history.messages[-1].content == "Are you still there?"


@simulated
async def test_a_user_who_answers_a_prompt_is_answered() -> None:
    async with converse(settings=settings(idle=IdleOptions(after=5))) as user:
        await user.waits(8)
        await user.says("yes")
        await user.is_answered()
        await user.is_answered()
        await user.waits(1)
    assert [(m.role, m.content) for m in user.conversation.history.messages] == [
        ("assistant", "Are you still there?"),
        ("user", "yes"),
        ("assistant", "All right."),
    ]


@simulated
async def test_silence_ends_the_conversation_with_a_goodbye() -> None:
    goodbye = GoodbyeOptions(after=20, line="Fair winds.")
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("hello")
        await user.is_answered()
        await user.is_answered()
        await user.waits(1)
        assert ended_by(user) == "silence"
    assert heard(user) == ["All right.", "Fair winds."]


@simulated
async def test_silence_ends_the_conversation_silently_without_a_goodbye_line() -> None:
    async with converse(settings=settings(goodbye=GoodbyeOptions(after=20, line=""))) as user:
        await user.waits(21)
        assert ended_by(user) == "silence"
    assert heard(user) == []


@simulated
async def test_a_phrase_ends_the_conversation_without_asking_the_model() -> None:
    chat = ScriptedChatModel()
    goodbye = GoodbyeOptions(phrases=("goodbye",), line="Fair winds.")
    async with converse(chat=chat, settings=settings(goodbye=goodbye)) as user:
        await user.says("okay, goodbye then")
        await user.is_answered()
        await user.waits(1)
        assert ended_by(user) == "phrase"
    assert heard(user) == ["Fair winds."]
    assert not chat.requests
    assert not of_kind(user, ReplyPrepared)
    assert [m.content for m in user.conversation.history.messages] == ["okay, goodbye then", "Fair winds."]


@simulated
async def test_the_model_answers_a_goodbye_where_no_line_is_set() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line="")
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        await user.is_answered()
        await user.waits(1)
        assert ended_by(user) == "phrase"
    assert heard(user) == ["All right."]


@simulated
async def test_a_goodbye_that_the_final_corrects_keeps_the_conversation_going() -> None:
    said = "goodbye is what I wanted to say in French"
    recognizer = ScriptedRecognizer(final_delay=3.0, mishears=lambda _: said)
    goodbye = GoodbyeOptions(phrases=("goodbye",), line=LONG)
    async with converse(recognizer=recognizer, settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        assert (await user.is_answered()).heard == LONG
        await user.waits(1)
        assert not of_kind(user, ConversationEnded)
    assert user.conversation.history.messages[0].content == said


@simulated
async def test_speaking_over_the_goodbye_keeps_the_conversation_going() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line=LONG)
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        await user.waits(3)
        await user.says("wait what about the treasure")
        await user.is_answered()
        answer = await user.is_answered()
        await user.waits(30)
        assert not of_kind(user, ConversationEnded)
    assert answer.heard == "All right."
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["goodbye", "wait what about the treasure"]
    assert ended_by(user) == "input"


@simulated
async def test_a_user_who_goes_on_before_the_goodbye_is_heard_has_one_turn() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line=LONG)
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        await user.waits(0.6)
        await user.says("is what he said to me")
        await user.is_answered()
        answer = await user.is_answered()
    assert answer.heard == "All right."
    assert user.conversation.history.messages[0].content == "goodbye is what he said to me"


@simulated
async def test_a_user_who_speaks_as_the_goodbye_ends_is_answered() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line="Fair winds, matey.")
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.95)  # the line takes 1.08 s
        await user.says("wait a moment", 0.6)
        await user.is_answered()
        answer = await user.is_answered()
        await user.waits(1)
        assert not of_kind(user, ConversationEnded)
    assert answer.heard == "All right."


@simulated
async def test_noise_as_the_goodbye_ends_does_not_keep_the_conversation_going() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line="Fair winds, matey.")
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.says("goodbye")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.95)
        await user.says("", 0.4)
        await user.waits(2)
        assert ended_by(user) == "phrase"


@simulated
async def test_a_user_who_cannot_interrupt_is_answered_after_the_goodbye() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line=LONG)
    turns = TurnOptions(patience=0.3, interruptible=False)
    async with converse(settings=settings(goodbye=goodbye, turns=turns)) as user:
        await user.says("goodbye")
        await user.waits(2)
        await user.says("wait a moment")
        await user.is_answered()
        answer = await user.is_answered()
    assert answer.heard == "All right."


@simulated
async def test_noise_over_the_goodbye_after_silence_puts_nothing_off() -> None:
    goodbye = GoodbyeOptions(after=20, line=LONG)
    async with converse(settings=settings(goodbye=goodbye)) as user:
        await user.waits(20.17)  # the voice is about to begin
        await user.says("", 0.3)
        await user.waits(12)
        assert ended_by(user) == "silence"


@simulated
async def test_a_prompt_keeps_the_patience_that_the_question_before_it_asked_for() -> None:
    chat = Patient()
    async with converse(chat=chat, settings=settings(idle=IdleOptions(after=4, most=1))) as user:
        await user.says("my insurance")
        await user.is_answered()
        await user.is_answered()
        await user.says("one two")
        await user.waits(2.0)
        await user.says("three four")
        await user.is_answered()
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["my insurance", "one two three four"]


@simulated
async def test_a_farewell_may_name_the_bot() -> None:
    goodbye = GoodbyeOptions(phrases=("goodbye",), line="Fair winds.")
    async with converse(settings=settings(name="Captain Flint", goodbye=goodbye)) as user:
        await user.says("Good-bye, Captain Flint.")
        await user.is_answered()
        await user.waits(1)
        assert ended_by(user) == "phrase"


class Patient(ScriptedChatModel):
    """Asks for more patience with the next turn."""

    async def reply(self, request: ChatRequest):  # type: ignore[no-untyped-def]
        """Ask for a number."""
        self.requests.append(request)
        yield TextDelta("And the number?")
        event: ChatEvent = ReplyEnded(patience=(2.5, 2.5))
        yield event


@simulated
async def test_a_chat_model_sets_the_patience_for_the_next_turn() -> None:
    async with converse(chat=Patient(), settings=settings()) as user:
        await user.says("my insurance")
        first = await user.is_answered()
        await user.says("one two")
        await user.waits(2.0)
        await user.says("three four")
        await user.is_answered()
    assert first.heard == "And the number?"
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["my insurance", "one two three four"]
