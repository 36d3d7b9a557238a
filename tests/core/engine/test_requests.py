"""Requests alternate between user and assistant, whatever the conversation was like."""

from __future__ import annotations

import random

import pytest

from voicebot import Message, Settings
from voicebot.config.schema import IdleOptions, TurnOptions
from voicebot.engine.history.history import History
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, converse, simulated

SETTINGS = Settings(system="Be brief.", on_error="Oh dear.", turns=TurnOptions(prepare="off"))


def history_of(*said: str, system: str = "", budget: int = 1000) -> History:
    """Return a history made from texts; those of the bot begin with `>`."""
    history = History(system, budget)
    for turn, text in enumerate(said):
        if text.startswith(">"):
            history.add_bot_turn(text[1:])
        else:
            history.add_user_turn(text, turn)
    return history


def as_texts(messages: tuple[Message, ...]) -> list[str]:
    marks = {"system": "#", "user": "", "assistant": ">"}
    return [f"{marks[message.role]}{message.content}" for message in messages]


def refused(messages: tuple[Message, ...]) -> bool:
    """Return whether a chat template such as Mistral's refuses messages."""
    roles = [message.role for message in messages]
    if roles[:1] == ["system"]:
        roles = roles[1:]
    expected = ["user" if number % 2 == 0 else "assistant" for number in range(len(roles))]
    return roles != expected or len(roles) % 2 == 0 or not all(message.content for message in messages)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (("Hi",), ["Hi"]),
        ((">Welcome!", "Hi"), ["...", ">Welcome!", "Hi"]),
        (("One?", ">1.", "Two?"), ["One?", ">1.", "Two?"]),
        (("One?", "Two?"), ["One?\nTwo?"]),
        (("One?", ">1.", ">Still there?", "Two?"), ["One?", ">1.\nStill there?", "Two?"]),
        ((">Welcome!", ">Still there?", "Hi"), ["...", ">Welcome!\nStill there?", "Hi"]),
    ],
)
def test_roles_alternate_and_the_user_is_first(said: tuple[str, ...], sent: list[str]) -> None:
    history = history_of(*said, system="Be brief.")
    assert as_texts(history.request()) == ["#Be brief.", *sent]
    assert as_texts(history.messages) == ["#Be brief.", *said]


@pytest.mark.parametrize(
    ("budget", "sent"),
    [
        (0, ["q3"]),
        (9, ["q3"]),
        (10, ["q2", ">a2 a2 a2", "q3"]),
        (14, ["q2", ">a2 a2 a2", "q3"]),
        (15, ["q1", ">a1\n?", "q2", ">a2 a2 a2", "q3"]),
        (22, ["q1", ">a1\n?", "q2", ">a2 a2 a2", "q3"]),
        (23, ["...", ">Welcome!", "q1", ">a1\n?", "q2", ">a2 a2 a2", "q3"]),
    ],
)
def test_the_budget_keeps_a_question_and_its_answer_together_or_neither(budget: int, sent: list[str]) -> None:
    history = history_of(">Welcome!", "q1", ">a1", ">?", "q2", ">a2 a2 a2", "q3", budget=budget)
    assert as_texts(history.request()) == sent


def test_questions_without_an_answer_count_towards_the_budget() -> None:
    history = history_of(*("a question" for _ in range(100)), budget=45)
    assert as_texts(history.request()) == ["\n".join(["a question"] * 5)]


@pytest.mark.parametrize("seed", range(20))
def test_a_strict_template_accepts_every_request(seed: int) -> None:
    draw = random.Random(seed)
    said = [draw.choice(["q", ">a"]) + str(number) for number in range(draw.randint(0, 12))]
    history = history_of(*said, budget=draw.randint(0, 40), system=draw.choice(["", "Be brief."]))
    assert not refused(history.request(Message("user", "And now?")))
    history.add_user_turn("And now?", len(said))
    assert not refused(history.request())


@simulated
async def test_a_greeting_is_preceded_by_a_silent_user() -> None:
    chat = ScriptedChatModel()
    settings = SETTINGS.model_copy(update={"greeting": "Ahoy!"})
    async with converse(chat=chat, settings=settings) as user:
        await user.is_answered()
        await user.says("hello")
        await user.is_answered()
    assert as_texts(chat.requests[0].messages) == ["#Be brief.", "...", ">Ahoy!", "hello"]
    assert as_texts(user.conversation.history.messages)[:3] == ["#Be brief.", ">Ahoy!", "hello"]


@simulated
async def test_roles_alternate_after_idle_prompts_and_empty_replies() -> None:
    chat = ScriptedChatModel(["All right.", "", "Here I am."])
    settings = SETTINGS.model_copy(update={"on_error": "", "idle": IdleOptions(after=5, prompts=("Hm?",))})
    async with converse(chat=chat, settings=settings) as user:
        await user.says("hello")
        await user.is_answered()
        assert (await user.is_answered()).heard == "Hm?"
        await user.says("are you there")
        await user.waits(3)
        await user.says("hello again")
        await user.waits(3)
    assert as_texts(chat.requests[-1].messages) == [
        "#Be brief.",
        "hello",
        ">All right.\nHm?",
        "are you there\nhello again",
    ]
    assert not any(refused(request.messages) for request in chat.requests)


@simulated
async def test_an_interruption_before_the_first_word_leaves_one_question() -> None:
    chat = ScriptedChatModel(["A long and winding answer.", "Yes."], first_token=3.0)
    voice = ScriptedSynthesizer()
    settings = SETTINGS.model_copy(update={"greeting": "Ahoy!"})
    async with converse(chat=chat, synthesizer=voice, settings=settings) as user:
        await user.is_answered()
        await user.says("tell me a story")
        await user.waits(1.5)
        await user.says("a short one")
        await user.is_answered()
    assert as_texts(chat.requests[-1].messages) == [
        "#Be brief.",
        "...",
        ">Ahoy!",
        "tell me a story a short one",
    ]


@simulated
async def test_a_reply_prepared_before_a_second_question_in_a_row_is_released() -> None:
    chat = ScriptedChatModel(["", "", "Here I am."])  # a prepared reply that fails is requested again
    settings = SETTINGS.model_copy(update={"on_error": "", "turns": TurnOptions()})
    async with converse(chat=chat, settings=settings) as user:
        await user.says("are you there")
        await user.waits(4)
        asked = len(chat.requests)
        await user.says("hello again")
        turn = await user.is_answered()
        while not turn.heard:
            turn = await user.is_answered()
    assert turn.heard == "Here I am."
    assert len(chat.requests) == asked + 1
    assert as_texts(chat.requests[-1].messages) == ["#Be brief.", "are you there\nhello again"]
