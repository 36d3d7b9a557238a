"""Observers see every event, and nothing that they do affects the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.typewriter import Typewriter, Typist

from voicebot import (
    BotTurnEnded,
    Conversation,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ListeningStarted,
    Observer,
    Options,
    ProviderError,
    Settings,
    UserTurnEnded,
)
from voicebot.engine.bot import Bot
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SETTINGS = Settings(name="Polly", language="en-GB")


class Diary(Observer[Options]):
    """Records all events; takes `pace` seconds for each, and `farewell` seconds at the end."""

    def __init__(
        self, *, pace: float = 0.0, farewell: float = 0.0, fails_at: type[ConversationEvent] | None = None
    ) -> None:
        super().__init__(Options())
        self.events: list[ConversationEvent] = []
        self.conversations: list[ConversationInfo] = []
        self.log: list[str] = []
        self._pace, self._farewell, self._fails_at = pace, farewell, fails_at

    async def start(self) -> None:
        self.log.append("started")

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        self.conversations.append(conversation)
        try:
            async for event in events:
                await asyncio.sleep(self._pace)
                self.events.append(event)
                if self._fails_at is not None and isinstance(event, self._fails_at):
                    raise ValueError("https://secret")
            await asyncio.sleep(self._farewell)
            self.log.append("finished")
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise

    async def aclose(self) -> None:
        self.log.append("closed")


class Hasty(Observer[Options]):
    """Stops observing after the first event."""

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        async for _ in events:
            return


class Unstartable(Diary):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def start(self) -> None:
        raise self._error


async def a_dialogue(*observers: Observer[Any]) -> ScriptedUser:
    async with converse(observers=observers, settings=SETTINGS) as user:
        await user.says("hello there")
        await user.is_answered()
    return user


def timeline(user: ScriptedUser) -> list[tuple[type[ConversationEvent], float]]:
    return [(type(event), round(event.at, 6)) for event in user.events]


@simulated
async def test_an_observer_sees_every_event_and_the_details_of_the_conversation() -> None:
    diary = Diary()

    user = await a_dialogue(diary)

    assert diary.events == user.events
    assert isinstance(diary.events[-1], ConversationEnded)
    assert diary.log == ["started", "finished", "closed"]
    (info,) = diary.conversations
    assert (info.id, info.name, info.language) == (user.conversation.id, "Polly", "en-GB")
    assert info.started.tzinfo is not None
    assert info.providers["chat"] == "ScriptedChatModel"


@simulated
async def test_each_conversation_has_an_id_of_its_own() -> None:
    diary = Diary()
    for _ in range(2):
        await a_dialogue(diary)
    first, second = diary.conversations
    assert first.id != second.id


@simulated
async def test_a_slow_observer_loses_the_oldest_events_and_delays_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = Diary(pace=0.001)
    alone = await a_dialogue()

    async with converse(observers=[slow], settings=SETTINGS) as user:
        await user.says("hello there")
        await user.is_answered()
        for number in range(5_000):
            user.conversation.publish(ListeningStarted(float(number)))
            await asyncio.sleep(0)

    assert timeline(user)[: len(alone.events) - 1] == timeline(alone)[:-1]
    assert len(user.events) == len(alone.events) + 5_000
    assert slow.events[-1] == user.events[-1]
    missed = len(user.events) - len(slow.events)
    assert 3_900 < missed < 4_100
    assert f"the observer 'Diary' was too slow and missed {missed} events" in caplog.text


@simulated
async def test_an_observer_that_raises_is_dropped_with_one_warning_and_affects_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing, other = Diary(fails_at=UserTurnEnded), Diary()

    user = await a_dialogue(failing, other)

    assert isinstance(failing.events[-1], UserTurnEnded)
    assert other.events == user.events
    assert [event.heard for event in user.events if isinstance(event, BotTurnEnded)] == ["All right."]
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        (
            "WARNING",
            "the observer 'Diary' failed and sees no more of this conversation: "
            "it broke: ValueError (-v shows where)",
        )
    ]
    assert failing.log == ["started", "closed"]


@simulated
async def test_an_observer_may_stop_early(caplog: pytest.LogCaptureFixture) -> None:
    await a_dialogue(Hasty(Options()))
    assert caplog.text == ""


@simulated
async def test_an_observer_has_a_few_seconds_to_finish_after_the_conversation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thorough, hanging = Diary(farewell=4), Diary(farewell=float(10**9))

    user = await a_dialogue(thorough, hanging)

    assert thorough.log == ["started", "finished", "closed"]
    assert hanging.events == user.events
    assert hanging.log == ["started", "cancelled", "closed"]
    assert [record.getMessage() for record in caplog.records] == [
        "the observer 'Diary' did not finish within 5 s and was stopped"
    ]


@pytest.mark.parametrize(("farewell", "end"), [(0.5, "finished"), (100.0, "cancelled")])
def test_a_cancelled_conversation_lets_its_observers_see_the_end(farewell: float, end: str) -> None:
    @simulated
    async def run() -> None:
        diary = Diary(farewell=farewell)
        async with Bot(
            recognizer=ScriptedRecognizer(),
            chat=ScriptedChatModel(["All right."]),
            synthesizer=ScriptedSynthesizer(),
            device=Typewriter(),
            observers=[diary],
        ) as bot:
            user = ScriptedUser()
            conversation = Conversation(bot, user)
            user.joins(conversation)
            task = asyncio.create_task(conversation.run())
            await user.says("hello there")
            await asyncio.sleep(0.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert isinstance(diary.events[-1], ConversationEnded)
        assert diary.log == ["started", end, "closed"]

    run()


@simulated
async def test_a_conversation_that_breaks_lets_its_observers_see_why() -> None:
    recognizer, diary = ScriptedRecognizer(), Diary()
    recognizer.refusals = [ProviderError("no key")]

    with pytest.raises(ExceptionGroup):
        async with converse(recognizer=recognizer, observers=[diary]) as user:
            await user.waits(60)

    assert isinstance(diary.events[-1], ConversationEnded)
    assert diary.events[-1].failure == "no key"
    assert "finished" in diary.log


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProviderError("cannot write there"), "cannot write there"),
        (KeyError("secret"), "could not start: KeyError (-v shows where)"),
    ],
)
def test_an_observer_that_does_not_start_is_skipped_and_the_bot_starts(
    error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    @simulated
    async def run() -> None:
        broken, other = Unstartable(error), Diary()
        user = await a_dialogue(broken, other)
        assert (broken.events, broken.log) == ([], ["closed"])
        assert other.events == user.events

    run()
    assert [record.getMessage() for record in caplog.records] == [
        f"the observer 'Unstartable' is left out: {reason}"
    ]


@simulated
async def test_an_observer_sees_a_typed_conversation() -> None:
    diary = Diary()
    bot = Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel([["Well, ", Pause(1), "hello."]]),
        synthesizer=ScriptedSynthesizer(),
        device=Typewriter(Typist("hello", every=0.0)),
        observers=[diary],
    )
    async with bot, bot.device.open() as stream:
        await Conversation(bot, stream).run()

    said = [e.text if isinstance(e, UserTurnEnded) else e.heard for e in diary.events
            if isinstance(e, UserTurnEnded | BotTurnEnded)]  # fmt: skip
    assert said == ["hello", "Well, hello."]
    assert diary.conversations[0].providers == {"chat": "ScriptedChatModel", "device": "Typewriter"}
