"""A user who is cut off by the bot and goes on: the chat model gets the whole turn in one message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot import ChatModel, Options, Settings, TypedLine
from voicebot.config.schema import TurnOptions
from voicebot.engine.turns.actions import Interrupt
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.events import BotTurnEnded, UserCorrected, UserTurnEnded
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedUser, converse, simulated

from .scenario import PATIENCE, Step, play

SETTINGS = Settings(turns=TurnOptions(patience=0.4))
REPLY = "The forecast for the whole of this week is that it will rain."
NOTE = '\n[Here you began to answer, perhaps too early. The user heard: "{}"]\n'
RULES = TurnRules(PATIENCE, prepare="off")


def interruption(*, spoken_at: float, words: str, rules: TurnRules = RULES) -> Interrupt:
    """Return how an answer that is audible from 2 s on is interrupted."""
    steps: tuple[Step, ...] = (
        ("start", 0, 0),
        ("partial", 0.9, "what is the weather"),
        ("stop", 1, 0),
        ("final", 1, "what is the weather"),
        ("audible", 2, 0),
        ("start", 2 + spoken_at, 0),
        ("partial", 2.2 + spoken_at, words),
    )
    actions = [action for _, action in play(TurnTaking(rules), *steps)]
    return next(action for action in actions if isinstance(action, Interrupt))


@pytest.mark.parametrize(
    ("spoken_at", "words", "goes_on"),
    [
        (0.2, "in paris", False),  # nothing counts as heard: it is one turn anyway
        (0.31, "in paris", True),
        (1.4, "in paris", True),
        (1.6, "in paris", False),
        (0.6, "no not today", False),
        (0.6, "stop", False),
        (0.6, "warte mal", False),
        (0.6, "northern france", True),
    ],
)
def test_a_user_who_goes_on_soon_without_an_answer_or_command_was_cut_off(
    spoken_at: float, words: str, goes_on: bool
) -> None:
    assert interruption(spoken_at=spoken_at, words=words).goes_on is goes_on


def test_a_question_to_a_chat_model_that_acts_is_never_asked_again() -> None:
    rules = replace(RULES, answer_once=True)
    assert not interruption(spoken_at=0.6, words="in paris", rules=rules).goes_on


def test_a_sound_that_stops_the_bot_at_once_goes_on_with_the_turn() -> None:
    rules = replace(RULES, interruption=0.0)
    assert interruption(spoken_at=0.6, words="in paris", rules=rules).goes_on


def asked(chat: ScriptedChatModel) -> list[tuple[str, str]]:
    """Return the messages of the last request."""
    return [(message.role, message.content) for message in chat.requests[-1].messages]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages]


async def ask_and_go_on(user: ScriptedUser, *, after: float, words: str = "in paris") -> BotTurnEnded:
    """Ask, go on when the bot has been audible for `after` seconds, and return what was heard of it."""
    await user.says("what is the weather")
    while not user.hears_the_bot:
        await user.waits(0.02)
    await user.waits(after)
    await user.says(words)
    return await user.is_answered()


@simulated
async def test_the_chat_model_gets_the_whole_turn_with_a_note_and_observers_what_was_heard() -> None:
    chat = ScriptedChatModel([REPLY, "It rains in Paris.", "Bye."], first_token=0.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        cut_off = await ask_and_go_on(user, after=0.8)
        await user.is_answered()
        whole = f"what is the weather{NOTE.format(cut_off.heard)}in paris"
        assert asked(chat) == [("user", whole)]
        await user.says("thank you")
        await user.is_answered()
    assert cut_off.interrupted
    assert REPLY.startswith(cut_off.heard)
    assert cut_off.heard
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)] == [
        "what is the weather",
        "in paris",
        "thank you",
    ]
    assert said(user)[:4] == [
        ("user", "what is the weather"),
        ("assistant", cut_off.heard),
        ("user", "in paris"),
        ("assistant", "It rains in Paris."),
    ]
    # later requests say the same, so that a server can reuse what it has read
    assert asked(chat) == [("user", whole), ("assistant", "It rains in Paris."), ("user", "thank you")]


@simulated
async def test_the_reply_that_is_prepared_to_the_continuation_knows_the_whole_turn() -> None:
    chat = ScriptedChatModel([REPLY, "It rains in Paris."], first_token=0.1)
    settings = Settings(turns=TurnOptions(patience=1.2))
    async with converse(chat=chat, settings=settings) as user:
        await ask_and_go_on(user, after=0.8)
        await user.is_answered()
    prepared = [request for request in chat.requests if request.ahead]
    assert prepared[-1] is chat.requests[-1]
    whole = prepared[-1].messages[-1].content
    assert whole.startswith("what is the weather\n[")
    assert whole.endswith("]\nin paris")


@pytest.mark.parametrize(
    ("reply", "after", "words"),
    [
        (REPLY, 2.5, "in paris"),
        ("It rains. " + REPLY, 1.2, "in paris"),
        (REPLY, 0.8, "no I mean tomorrow"),
    ],
    ids=["later", "after a sentence", "a refusal"],
)
@simulated
async def test_an_ordinary_interruption_is_another_question(reply: str, after: float, words: str) -> None:
    chat = ScriptedChatModel([reply, "It rains in Paris."], first_token=0.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        heard = (await ask_and_go_on(user, after=after, words=words)).heard
        await user.is_answered()
    assert asked(chat) == [("user", "what is the weather"), ("assistant", heard), ("user", words)]


@simulated
async def test_a_typed_line_is_a_turn_of_its_own() -> None:
    chat = ScriptedChatModel([REPLY, "It rains in Paris."], first_token=0.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("what is the weather")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.8)
        user.sends(TypedLine("in paris"))
        heard = (await user.is_answered()).heard
        await user.is_answered()
    assert asked(chat) == [("user", "what is the weather"), ("assistant", heard), ("user", "in paris")]


@simulated
async def test_a_user_who_is_cut_off_twice_is_asked_as_one() -> None:
    chat = ScriptedChatModel([REPLY, REPLY, "It rains in Paris."], first_token=0.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        heard = [(await ask_and_go_on(user, after=0.8)).heard]
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.8)
        await user.says("on monday")
        heard.append((await user.is_answered()).heard)
        await user.is_answered()
    first, second = (NOTE.format(each) for each in heard)
    whole = f"what is the weather{first}in paris{second}on monday"
    assert asked(chat) == [("user", whole)]


@simulated
async def test_a_late_final_corrects_the_first_part_of_the_turn() -> None:
    recognizer = ScriptedRecognizer(final_delay=1.5, mishears=lambda text: text.replace("whether", "weather"))
    chat = ScriptedChatModel([REPLY, "It rains in Paris.", "Bye."], first_token=0.0)
    async with converse(chat=chat, recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("what is the whether")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(0.8)
        await user.says("in paris")
        heard = (await user.is_answered()).heard
        await user.is_answered()
        await user.says("thank you")
        await user.is_answered()
    assert [e.text for e in user.events if isinstance(e, UserCorrected)] == ["what is the weather"]
    assert said(user)[:3] == [("user", "what is the weather"), ("assistant", heard), ("user", "in paris")]
    assert asked(chat)[0] == ("user", f"what is the weather{NOTE.format(heard)}in paris")


class Acting(ScriptedChatModel):
    acts = True


@simulated
async def test_a_chat_model_that_acts_gets_two_questions() -> None:
    chat: ChatModel[Options] = (acting := Acting([REPLY, "It rains in Paris."], first_token=0.0))
    async with converse(chat=chat, settings=SETTINGS) as user:
        heard = (await ask_and_go_on(user, after=0.8)).heard
        await user.is_answered()
    assert asked(acting) == [("user", "what is the weather"), ("assistant", heard), ("user", "in paris")]
