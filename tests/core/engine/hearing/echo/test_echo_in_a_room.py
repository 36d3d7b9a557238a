"""Conversations in a room with an echo: the bot must not answer itself."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import numpy
import pytest

from voicebot import Settings
from voicebot.config.schema import TurnOptions
from voicebot.events import (
    BotTurnEnded,
    ConversationEvent,
    EchoIgnored,
    ProviderNoticed,
    UnitSpoken,
    UserPartial,
    UserTurnEnded,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)
from voicebot.testing.scripted import FRAME_SECONDS, SILENT_FRAME, SPEAKER, speech_frames

GREETING = "Good morning and welcome to the long and winding story of a sailor who lost his hat."
STORY = "One night the moon fell into the sea, and we pulled it up with a net."
PER_CHARACTER = 0.06
EventT = TypeVar("EventT", bound=ConversationEvent)


class Room(ScriptedUser):
    """A user with a loudspeaker: what the bot says comes back a moment later."""

    def __init__(self, delay: float, mishears=lambda text: text) -> None:
        super().__init__()
        self._delay = delay
        self._mishears = mishears
        self._echoes: list[tuple[float, list[bytes]]] = []

    async def echoes(self) -> None:
        """Echo the bot's words for as long as the conversation lasts."""
        loop = asyncio.get_running_loop()
        began = loop.time() - self.conversation.clock.now()
        async for event in self.conversation.events():
            if isinstance(event, UnitSpoken):
                text = self._mishears(event.text)
                frames = speech_frames(text, PER_CHARACTER * len(event.text))
                self._echoes.append((began + event.at + self._delay, frames))
            elif isinstance(event, BotTurnEnded):
                self._end_echoes(began + event.at + self._delay)

    async def __aiter__(self):
        loop = asyncio.get_running_loop()
        async for event in super().__aiter__():
            if event == SILENT_FRAME and (echo := self._echo(loop.time())):
                yield echo
            else:
                yield event

    def _end_echoes(self, at: float) -> None:
        self._echoes = [
            (begins, frames[: max(0, round((at - begins) / FRAME_SECONDS))])
            for begins, frames in self._echoes
        ]

    def _echo(self, now: float) -> bytes | None:
        for begins, frames in self._echoes:
            index = int((now - begins) / FRAME_SECONDS)
            if 0 <= index < len(frames):
                return frames[index]
        return None


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


@pytest.mark.parametrize("delay", [0.4, 1.0])
@simulated
async def test_the_bot_ignores_its_own_words_and_goes_on_to_the_end(delay):
    user = Room(delay)
    async with converse(user=user, settings=Settings(greeting=GREETING)), asyncio.TaskGroup() as tasks:
        echoing = tasks.create_task(user.echoes())
        ended = await user.is_answered()
        await user.waits(10)
        echoing.cancel()
    assert (ended.heard, ended.interrupted) == (GREETING, False)
    assert of_kind(user, UserTurnEnded) == []
    assert of_kind(user, UserPartial) == []
    assert any(event.text for event in of_kind(user, EchoIgnored))


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.25])
@simulated
async def test_a_reply_that_its_own_beginning_interrupts_is_not_answered(delay):
    user = Room(delay)
    async with converse(user=user, settings=Settings(greeting=GREETING)), asyncio.TaskGroup() as tasks:
        echoing = tasks.create_task(user.echoes())
        await user.waits(20)
        echoing.cancel()
    assert of_kind(user, UserTurnEnded) == []
    assert len(of_kind(user, BotTurnEnded)) == 1


def notices(user):
    return [event.message for event in of_kind(user, ProviderNoticed)]


@simulated
async def test_a_bot_that_hears_itself_gives_advice_once_in_a_conversation():
    user = Room(0.4)
    async with (
        converse(user=user, chat=ScriptedChatModel([STORY]), settings=Settings(greeting=GREETING)),
        asyncio.TaskGroup() as tasks,
    ):
        echoing = tasks.create_task(user.echoes())
        await user.is_answered()
        for _ in range(3):
            await user.waits(3)
            await user.says("tell me another one please")
            await user.is_answered()
        await user.waits(3)
        echoing.cancel()
    assert len(of_kind(user, EchoIgnored)) > 2
    [advice] = notices(user)
    assert "headphones" in advice
    assert "`echo: cancel`" in advice


@simulated
async def test_a_user_who_speaks_along_with_the_bot_once_leads_to_no_advice():
    async with converse(settings=Settings(greeting=GREETING)) as user:
        await user.waits(2.5)
        await user.says("the long and winding", 0.8)
        await user.waits(5)
        await user.says("go on please")
        await user.is_answered()
        await user.is_answered()
    assert [event.text for event in of_kind(user, EchoIgnored)] == ["the long and winding"]
    assert notices(user) == []


@simulated
async def test_misheard_words_of_the_bot_are_an_echo_too():
    user = Room(0.5, mishears=lambda text: text.replace("sailor", "tailor").replace("hat", "cat"))
    async with converse(user=user, settings=Settings(greeting=GREETING)), asyncio.TaskGroup() as tasks:
        echoing = tasks.create_task(user.echoes())
        await user.is_answered()
        await user.waits(5)
        echoing.cancel()
    assert of_kind(user, UserTurnEnded) == []


@simulated
async def test_a_user_who_says_the_bots_words_in_another_voice_is_answered():
    random = numpy.random.default_rng(1)
    noise = random.normal(scale=3000, size=SPEAKER.rate // 50).astype("<i2").tobytes()
    voice = ScriptedSynthesizer(chunk=noise)
    async with converse(synthesizer=voice, settings=Settings(greeting=GREETING)) as user:
        await user.waits(2.5)
        await user.says("the long and winding", 0.8)
        ended = await user.is_answered()
        await user.is_answered()
    assert ended.interrupted
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["the long and winding"]


@simulated
async def test_a_user_is_answered_in_a_room_with_an_echo_and_history_holds_no_echo():
    user = Room(0.4)
    chat = ScriptedChatModel([STORY, "Yes."])
    async with converse(user=user, chat=chat), asyncio.TaskGroup() as tasks:
        echoing = tasks.create_task(user.echoes())
        await user.says("tell me a story please")
        await user.is_answered()
        await user.waits(3)
        await user.says("is that true")
        await user.is_answered()
        echoing.cancel()
        history = [(message.role, message.content) for message in user.conversation.history.request()]
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["tell me a story please", "is that true"]
    assert [content for role, content in history if role == "user"] == [
        "tell me a story please",
        "is that true",
    ]


@simulated
async def test_a_user_who_says_something_else_interrupts_the_bot():
    user = Room(0.4)
    async with (
        converse(user=user, chat=ScriptedChatModel(["Aye."]), settings=Settings(greeting=GREETING)),
        asyncio.TaskGroup() as tasks,
    ):
        echoing = tasks.create_task(user.echoes())
        await user.waits(1.0)
        await user.says("stop please", 0.6)
        ended = await user.is_answered()
        await user.waits(10)
        echoing.cancel()
    assert ended.interrupted
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["Good stop please"]


@simulated
async def test_an_answer_in_the_bots_words_is_heard_though_an_unheard_reply_has_just_ended():
    chat = ScriptedChatModel(
        ["Would you like tea or coffee?", "Aye aye, take all the time you need.", "Here."]
    )
    settings = Settings(turns=TurnOptions(patience=0.3))
    async with converse(chat=chat, settings=settings) as user:
        await user.says("hello")
        await user.is_answered()
        await user.waits(1.5)
        await user.says("I would like")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.says("coffee", 0.5)
        unheard = await user.is_answered()
        answer = await user.is_answered()
    assert (unheard.heard, answer.heard) == ("", "Here.")
    assert of_kind(user, EchoIgnored) == []
    turns = [turn.text for turn in of_kind(user, UserTurnEnded)]
    assert turns == ["hello", "I would like", "I would like coffee"]


@simulated
async def test_a_muted_microphone_captures_nothing_while_the_bot_speaks_and_everything_after_it():
    user = Room(0.1)
    settings = Settings(greeting=GREETING, echo="mute")
    recognizer = ScriptedRecognizer()
    async with (
        converse(user=user, recognizer=recognizer, settings=settings),
        asyncio.TaskGroup() as tasks,
    ):
        echoing = tasks.create_task(user.echoes())
        ended = await user.is_answered()
        assert recognizer.sessions[0].written == 0
        await user.waits(0.4)
        await user.says("hello there")
        await user.is_answered()
        echoing.cancel()
    assert (ended.heard, ended.interrupted) == (GREETING, False)
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["hello there"]


@simulated
async def test_a_typed_line_interrupts_the_bot_while_the_microphone_is_muted():
    from voicebot import TypedLine

    user = Room(0.1)
    async with converse(user=user, settings=Settings(greeting=GREETING, echo="mute")):
        await user.waits(1)
        user.sends(TypedLine("enough"))
        ended = await user.is_answered()
    assert ended.interrupted
