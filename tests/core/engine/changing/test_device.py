"""A conversation moves to another microphone and speaker while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import ProviderError
from voicebot.events import ConfigChanged, ConversationEvent, DeviceChanged, UserTurnEnded
from voicebot.messages import DeviceLost
from voicebot.testing import simulated

from .editing import CARDS, OPEN, SPOKEN, Editing

CARD = "{provider: card}"


class Talk:
    """A conversation over the card of a config."""

    def __init__(self, editing: Editing, live: LiveBot, conversation: Conversation) -> None:
        self.editing, self.live, self.conversation = editing, live, conversation
        self.events: list[ConversationEvent] = []

    @property
    def turns(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, UserTurnEnded)]

    async def edit(self, card: str, *others: tuple[str, str]) -> tuple[str, ...]:
        return await self.live.apply(self.editing.config((CARD, card), *others))


@asynccontextmanager
async def talk(folder: Path) -> AsyncGenerator[Talk, None]:
    """Hold a conversation; whoever is at its card hangs up at the end."""
    OPEN.clear()
    SPOKEN.clear()
    editing = Editing(folder)
    async with (
        LiveBot(Bot.from_config(editing.config())) as live,
        live.open() as stream,
        asyncio.TaskGroup() as tasks,
    ):
        conversation = Conversation(live.bot, stream)
        it = Talk(editing, live, conversation)

        async def run() -> None:
            with live.following(conversation, stream=stream):
                await conversation.run()

        async def observe() -> None:
            async for event in conversation.events():
                it.events.append(event)

        tasks.create_task(observe(), name="observer")
        tasks.create_task(run(), name="conversation")
        await asyncio.sleep(0)
        for user in CARDS.values():
            user.joins(conversation)
        yield it
        CARDS[live.bot.device.options.name].hangs_up()  # type: ignore[attr-defined]
    assert not OPEN


@simulated
async def test_what_was_said_to_one_device_is_answered_over_the_other(tmp_path: Path) -> None:
    async with talk(tmp_path) as it, asyncio.TaskGroup() as tasks:
        first = CARDS["first"]
        saying = tasks.create_task(first.says("one two three four", 2.0))
        await asyncio.sleep(1.0)
        changes = await it.edit("{provider: card, name: second}")
        assert changes == ("device.name first -> second",)
        assert saying.done()
        second = CARDS["second"]
        second.joins(it.conversation)
        await second.is_answered()
        assert first.played == 0
        assert second.played > 0.5
        await asyncio.sleep(0.5)
        assert first not in OPEN
        await second.says("five six", 0.5)
        await second.is_answered()
    assert it.turns == ["one two three four", "five six"]
    assert [text for _, text in SPOKEN] == ["All right.", "All right."]


@simulated
async def test_speech_is_whole_that_begins_at_one_device_and_ends_at_the_other(tmp_path: Path) -> None:
    """Both microphones are in the room of the user, who begins to speak at the moment of the change."""
    async with talk(tmp_path) as it, asyncio.TaskGroup() as tasks:
        first = CARDS["first"]
        editing = tasks.create_task(it.edit("{provider: card, name: second}"))
        CARDS.pop("second", None)
        while "second" not in CARDS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        second = CARDS["second"]
        second.joins(it.conversation)
        for user in (first, second):
            tasks.create_task(user.says("one two three four five six seven eight", 2.0))
        await editing
        await second.is_answered()
    assert it.turns == ["one two three four five six seven eight"]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("{provider: card, name: usb, is_there: false}", "device: no microphone is called 'usb'"),
        ("{provider: card, name: usb, is_silent: true}", "device: it gave no sound within 30 s"),
        ("{provider: card, name: usb, live: false}", "device: a conversation can change only from one live"),
    ],
)
def test_a_device_that_cannot_be_used_rolls_the_whole_edit_back(
    card: str, message: str, tmp_path: Path
) -> None:
    @simulated
    async def run() -> None:
        async with talk(tmp_path) as it:
            count = len(OPEN)
            with pytest.raises(ProviderError, match=message):
                await it.edit(card, ("{provider: mouth}", "{provider: mouth, voice: onyx}"))
            await CARDS["first"].says("hello there")
            await CARDS["first"].is_answered()
            assert len(OPEN) == count
        assert [voice for voice, text in SPOKEN if text] == ["nova"]
        assert not [event for event in it.events if isinstance(event, ConfigChanged)]

    run()


@simulated
async def test_another_device_takes_the_place_of_one_that_was_lost(tmp_path: Path) -> None:
    async with talk(tmp_path) as it:
        CARDS["first"].sends(DeviceLost("lost the headset"))
        await asyncio.sleep(0.5)
        await it.edit("{provider: card, name: second}")
        second = CARDS["second"]
        second.joins(it.conversation)
        await second.says("can you hear me")
        await second.is_answered()
        assert second.played > 0.5
    assert [event.present for event in it.events if isinstance(event, DeviceChanged)] == [False, True]


@simulated
async def test_what_closing_a_device_raises_is_raised_unless_something_else_was(tmp_path: Path) -> None:
    card = "{provider: card, closes: false}"
    async with LiveBot(Bot.from_config(Editing(tmp_path).config((CARD, card)))) as live:
        with pytest.raises(OSError, match="disk"):
            async with live.open():
                pass
        with pytest.raises(ValueError, match="other"):
            async with live.open():
                raise ValueError("other")


@simulated
async def test_a_device_that_opens_when_the_conversation_is_over_is_closed_again(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    OPEN.clear()
    async with LiveBot(Bot.from_config(editing.config())) as live, asyncio.TaskGroup() as tasks:
        async with live.open() as stream:
            conversation = Conversation(live.bot, stream)
            with live.following(conversation, stream=stream):
                edit = (CARD, "{provider: card, name: slow, opens_after: 2}")
                applying = tasks.create_task(live.apply(editing.config(edit)))
                await asyncio.sleep(1)
        assert "device.name first -> slow" in await applying
        assert CARDS["slow"] not in OPEN
    assert not OPEN
