"""A call from its first message to its end, in virtual time, with a telephone that plays in real time."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import (
    AudioDevice,
    AudioStream,
    Bot,
    BotTurnEnded,
    KeyPressed,
    Options,
    SecretStr,
    Settings,
    UserTurnEnded,
    VoiceActivityOptions,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedUser,
    simulated,
)
from voicebot_serve.g711 import FORMAT
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.telephony.call import Call
from voicebot_serve.telephony.carrier import CallProtocol
from voicebot_serve.telephony.twilio import Twilio, TwilioOptions
from voicebot_serve.transport import Client, ClientGone, Payload

from .audible import HummingSynthesizer, LoudnessDetector, OneSentenceRecognizer, loudness, tone
from .simulated_phone import Phone, SimulatedPhone

STORY = "Once upon a time there was a parrot who wanted to know what the sea was made of, so it asked a fish."
QUESTION = "what is the sea made of"
_STEP = 0.02


class Caller(Client):
    """Somebody with a telephone, beside the clock of the event loop."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.junk = 0
        self.seconds = 0.0
        self._inbox = deque[Payload]()
        self._came = asyncio.Event()
        self._gone = False

    async def receive(self) -> Payload:
        while not self._inbox:
            if self._gone:
                raise ClientGone
            self._came.clear()
            await self._came.wait()
        return self._inbox.popleft()

    async def send(self, payload: Payload) -> None:
        if self._gone:
            raise ClientGone
        self.says(*self.phone.receive(payload))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._gone = True
        self._came.set()

    def audio_received(self, seconds: float) -> None:
        self.seconds += seconds

    def junk_received(self) -> None:
        self.junk += 1
        if self.junk > 3:
            self._gone = True
            raise ClientGone

    def says(self, *messages: Payload) -> None:
        self._inbox.extend(messages)
        self._came.set()

    async def lets_pass(self, seconds: float, sound: bytes = b"\0\0" * 160) -> None:
        """Send sound for a while, and play what comes."""
        for _ in range(round(seconds / _STEP)):
            self.says(self.phone.speak(sound))
            await asyncio.sleep(_STEP)
            self.says(*self.phone.play(_STEP))

    def heard_speech(self) -> float:
        """Return the seconds of sound so far in which the bot spoke."""
        heard, frame = self.phone.heard, FORMAT.bytes_in(_STEP)
        frames = (heard[start : start + frame] for start in range(0, len(heard), frame))
        return sum(loudness(each) > 1000 for each in frames) * _STEP


class NoDevice(AudioDevice[Options]):
    """Stands where a bot needs a device."""

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield ScriptedUser()


@asynccontextmanager
async def called(
    phone: Phone | None = None, protocol: CallProtocol | None = None, **settings: object
) -> AsyncGenerator[tuple[Caller, Session, asyncio.Task[None]], None]:
    bot = Bot(
        recognizer=OneSentenceRecognizer(QUESTION),
        chat=ScriptedChatModel([STORY, STORY]),
        synthesizer=HummingSynthesizer(Options()),
        device=NoDevice(Options()),
        voice_activity=LoudnessDetector(VoiceActivityOptions()),
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
    caller, twilio = Caller(phone or SimulatedPhone()), Twilio(TwilioOptions(auth_token=SecretStr("12345")))
    owner = Owner("carrier", "twilio", "127.0.0.1")
    async with bot, Session("bot", bot, owner) as session, asyncio.TaskGroup() as tasks:
        call = tasks.create_task(Call(caller, protocol or twilio.call(), session).run())
        caller.says(*caller.phone.start({"from": "+1"}))
        await asyncio.sleep(0.1)
        yield caller, session, call
        await caller.close()
    assert caller.phone.problems == []


@simulated
async def test_keys_are_a_line_and_an_event_each_and_the_answer_is_heard() -> None:
    async with called() as (caller, session, _):
        events = session.conversation.events()
        for key in "471":
            caller.says(caller.phone.press(key))
            await caller.lets_pass(1.0)
        caller.says(caller.phone.press("1"))
        await caller.lets_pass(12.0)
        happened = events.take()
    assert [each.key for each in happened if isinstance(each, KeyPressed)] == ["4", "7", "1", "1"]
    assert [each.text for each in happened if isinstance(each, UserTurnEnded)] == ["4711"]
    ended = [each for each in happened if isinstance(each, BotTurnEnded)]
    assert [each.heard for each in ended] == [STORY]
    assert caller.heard_speech() > 4
    assert caller.seconds > 14


@simulated
async def test_an_interruption_falls_silent_at_once_and_marks_that_come_back_do_not_count_as_played() -> None:
    async with called() as (caller, session, _):
        caller.says(caller.phone.press("1"), caller.phone.press("#"))
        await caller.lets_pass(3.0)
        before = caller.heard_speech()
        assert before > 1
        caller.says(caller.phone.press("2"), caller.phone.press("#"))
        await asyncio.sleep(0.01)
        assert caller.phone.is_silent
        played = session.stream.played
    assert abs(played - before) < 0.1


@simulated
async def test_a_spoken_question_is_answered_and_speech_interrupts_the_answer() -> None:
    async with called() as (caller, session, _):
        events = session.conversation.events()
        await caller.lets_pass(0.8, tone(_STEP, 8000))
        await caller.lets_pass(3.0)
        assert caller.heard_speech() > 1
        await caller.lets_pass(1.5, tone(_STEP, 8000))
        assert caller.phone.is_silent
        happened = events.take()
        heard = caller.heard_speech()
        played = session.stream.played
    assert [each.text for each in happened if isinstance(each, UserTurnEnded)] == [QUESTION]
    assert [each.interrupted for each in happened if isinstance(each, BotTurnEnded)] == [True]
    assert abs(played - heard) < 0.1


@simulated
async def test_the_call_ends_when_the_bot_has_said_goodbye_and_the_caller_has_heard_it() -> None:
    async with called(goodbye={"phrases": ["bye"], "line": "Farewell, my friend."}) as (
        caller,
        session,
        call,
    ):
        session.stream.receive_text("bye")
        await caller.lets_pass(6.0)
        assert call.done()
        assert caller.phone.is_silent
        assert caller.heard_speech() > 1


@simulated
async def test_hanging_up_ends_the_call() -> None:
    async with called() as (caller, _, call):
        caller.says(json.dumps({"event": "stop", "streamSid": "MZ0"}))
        await asyncio.sleep(0.1)
        assert call.done()


@simulated
async def test_messages_without_meaning_are_counted_and_the_call_goes_on_until_there_are_too_many() -> None:
    async with called() as (caller, _, call):
        caller.says("{", "[]", '{"event": "media", "media": 5}')
        await caller.lets_pass(0.5)
        assert not call.done()
        caller.says("nonsense")
        await asyncio.sleep(0.1)
        assert call.done()
