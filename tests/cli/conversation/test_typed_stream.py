"""Lines typed during a spoken conversation, with any device."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from voicebot import DeviceError, DeviceLost, Options
from voicebot.cli.conversation.typed_lines import readers
from voicebot.cli.conversation.typed_lines.slash_commands import SlashCommands
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.events import BotTurnEnded, ConversationEnded, DeviceChanged, UserTurnEnded
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import Message, TypedLine
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    simulated,
)

TALE = "Once upon a time there was a ship. " * 20
NOTHING = object()  # no command changes a config here


class Device(AudioDevice[Options]):
    """A device that is never opened: the stream is given."""

    def open(self):
        raise NotImplementedError


@asynccontextmanager
async def talk(replies, user=None):
    """Run a conversation of a user who has a microphone and a keyboard."""
    bot = Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(replies),
        synthesizer=ScriptedSynthesizer(),
        device=Device(Options()),
        voice_activity=ScriptedVoiceActivity(),
    )
    async with bot, asyncio.TaskGroup() as tasks:
        user = user or ScriptedUser()
        stream = TypedStream(user)
        commands = SlashCommands(
            has_microphone=True, show=str, show_error=str, hang_up=user.hangs_up, config=NOTHING
        )
        stream.use(commands)
        conversation = Conversation(bot, stream)
        user.joins(conversation)
        tasks.create_task(watch(conversation.events(), user.events))
        async with stream.merging():
            running = tasks.create_task(conversation.run())
            await asyncio.sleep(0.1)
            yield user, stream
            user.hangs_up()
            await asyncio.wait([running])


async def watch(events, seen):
    async for event in events:
        seen.append(event)


def of(kind, user):
    return [event for event in user.events if isinstance(event, kind)]


@simulated
async def test_a_typed_line_interrupts_the_bot_and_is_a_user_turn():
    async with talk([TALE, "Under the oak."]) as (user, stream):
        await user.says("tell me a story")
        await user.waits(6.0)
        assert user.hears_the_bot
        stream.take("where is the treasure")
        await user.waits(4.0)

    first, second = of(BotTurnEnded, user)
    assert first.interrupted
    assert TALE.startswith(first.heard)
    assert not second.interrupted
    assert [turn.text for turn in of(UserTurnEnded, user)] == ["tell me a story", "where is the treasure"]
    assert user.conversation.history.messages[-4:] == (
        Message("user", "tell me a story"),
        Message("assistant", first.heard),
        Message("user", "where is the treasure"),
        Message("assistant", "Under the oak."),
    )


@simulated
async def test_while_the_microphone_is_muted_only_typed_lines_are_answered():
    async with talk(["Fine."] * 3) as (user, stream):
        stream.take("/mute")
        await user.says("a secret for somebody else")
        await user.waits(3.0)
        stream.take("how are you")
        await user.waits(3.0)
        stream.take("/mute")
        await user.says("good morning")
        await user.waits(3.0)

    assert [turn.text for turn in of(UserTurnEnded, user)] == ["how are you", "good morning"]


@simulated
async def test_muting_the_microphone_during_speech_ends_the_turn():
    async with talk(["Fine."]) as (user, stream):
        speaking = asyncio.ensure_future(user.says("hello there my friend", 4.0))
        await user.waits(2.0)
        stream.take("/mute")
        await speaking
        await user.waits(3.0)

    (turn,) = of(UserTurnEnded, user)
    assert turn.text
    assert "friend" not in turn.text


class Silent(ScriptedUser):
    """A user whose device gives only the notice that it is gone."""

    def __init__(self):
        super().__init__()
        self.hung_up = asyncio.Event()

    def hangs_up(self):
        self.hung_up.set()

    async def __aiter__(self):
        yield DeviceLost("the headset is gone")
        await self.hung_up.wait()


@simulated
async def test_a_typed_line_is_read_while_the_device_is_gone():
    user = Silent()
    async with talk(["Fine."], user) as (_, stream):
        stream.take("are you there")
        await asyncio.sleep(3.0)

    assert [change.present for change in of(DeviceChanged, user)] == [False]
    assert [turn.text for turn in of(UserTurnEnded, user)] == ["are you there"]


class Broken(ScriptedUser):
    """A user whose device breaks."""

    async def __aiter__(self):
        yield bytes(640)
        raise DeviceError("the cable is cut")


@simulated
async def test_a_device_that_breaks_ends_the_conversation_with_its_own_reason():
    user = Broken()
    with pytest.raises(BaseExceptionGroup) as raised:
        async with talk(["Fine."], user):
            pass

    assert raised.group_contains(DeviceError, match="the cable is cut")
    assert "the cable is cut" in of(ConversationEnded, user)[-1].failure


class Piped(AudioStream):
    """Lines from a pipe, each of which is read on request."""

    live = False

    def __init__(self, lines):
        self.lines = lines
        self.asked_for = 0

    async def __aiter__(self):
        for line in self.lines:
            self.asked_for += 1
            yield TypedLine(line)


class Slow:
    """A config whose changes take a second."""

    def __init__(self, seen):
        self.seen, self.asked = seen, []

    def set(self, setting):
        self.asked.append(setting)

    async def settled(self):
        await asyncio.sleep(1.0)
        self.seen += self.asked
        self.asked = []


@simulated
async def test_lines_of_the_keyboard_device_are_read_one_by_one_and_commands_executed_in_order():
    piped = Piped(["hello", "/help", "//x", "/set name=Zed", "more"])
    stream, seen = TypedStream(piped), []
    stream.use(
        SlashCommands(
            has_microphone=False,
            show=lambda line: seen.append("help"),
            show_error=str,
            hang_up=str,
            config=Slow(seen),
        )
    )

    async for event in stream:
        seen += [(event.text, piped.asked_for)]

    assert list(dict.fromkeys(seen)) == [("hello", 1), "help", ("/x", 3), "name=Zed", ("more", 5)]


class Call:
    """A conversation with a maximum length and a time that it takes to wind down, in seconds."""

    def __init__(self, stream, seconds, winding_down):
        self.stream, self.seconds, self.winding_down = stream, seconds, winding_down

    async def run(self):
        try:
            async with asyncio.timeout(self.seconds), asyncio.TaskGroup() as tasks:
                tasks.create_task(self.listen())
        except TimeoutError:
            pass
        finally:
            if self.winding_down:
                await asyncio.sleep(self.winding_down)

    async def listen(self):
        async for _ in self.stream:
            pass


class Microphone(ScriptedUser):
    """A device that hears endless silence; if `stubborn`, its library swallows cancellations."""

    def __init__(self, *, stubborn=False):
        super().__init__()
        self.swallows = asyncio.CancelledError if stubborn else ()

    async def __aiter__(self):
        while True:
            with suppress(self.swallows):
                await asyncio.sleep(0.02)
            yield bytes(640)


def unexpected(line):
    raise AssertionError(line)


async def held(stream, *, seconds=60.0, winding_down=0.0, typed=()):
    """Run a conversation with lines typed at given times; return whether it ended."""
    loop = asyncio.get_running_loop()
    crashes = []
    loop.set_exception_handler(lambda _, context: crashes.append(context.get("exception")))
    for when, do in typed:
        loop.call_later(when, do)
    call = Call(stream, seconds, winding_down)
    reader = object()  # only whether there is one matters
    talking = asyncio.create_task(
        readers.converse(call, stream, reader, show=unexpected, show_error=unexpected, config=NOTHING)
    )
    ended, _ = await asyncio.wait([talking], timeout=30)
    await asyncio.sleep(10)
    if ended:
        await talking
    else:
        talking.cancel()
    assert crashes == []
    return bool(ended)


@pytest.mark.parametrize("seconds", [60.0, 1.0], ids=["hung up", "ended by itself"])
@simulated
async def test_hanging_up_again_during_or_after_the_end_changes_nothing(seconds):
    stream = TypedStream(Microphone())
    quits = [(when, lambda: stream.take("/quit")) for when in (1.0, 1.1, 1.2, 5.0)]

    assert await held(
        stream, seconds=seconds, winding_down=0.5, typed=[*quits, (1.3, stream.end), (6.0, stream.end)]
    )


@simulated
async def test_a_device_that_swallows_a_cancellation_is_still_stopped():
    stream = TypedStream(Microphone(stubborn=True))

    assert await held(stream, typed=[(1.0, lambda: stream.take("/quit"))])
