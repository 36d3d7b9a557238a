"""A stranger's carrier, whose messages have to be of one length, as in Vonage's documentation."""

from __future__ import annotations

import asyncio
import json

import numpy
import pytest

from voicebot import BotTurnEnded, SecretStr
from voicebot.testing import simulated
from voicebot_serve.g711 import ALAW, G711, MULAW
from voicebot_serve.telephony.carrier import CallStarted, CarrierRequest, KeyPress, MarkPlayed
from voicebot_serve.telephony.frames import Frames

from .simulated_phone import Phone
from .test_call import STORY, called
from .vonage import Vonage, VonageOptions

VONAGE = Vonage(VonageOptions(signature_secret=SecretStr("secret")))
FRAME = 640


def loud_seconds(audio: bytes) -> float:
    """Return how long there was sound (s16le at 16 kHz), from frame to frame."""
    frames = numpy.frombuffer(audio, "<i2").reshape(-1, FRAME // 2)
    return float((abs(frames.astype(int)).max(axis=1) > 0).sum()) * 0.02


def test_the_answer_asks_for_a_signed_websocket() -> None:
    query = {"from": "447700900000", "uuid": "aaaa-bbbb"}
    request = CarrierRequest("https://bot.example/telephony/vonage", {}, query=query)
    kind, text = VONAGE.answer(request, "wss://bot.example/telephony/vonage")
    (connect,) = json.loads(text)
    (endpoint,) = connect.pop("endpoint")
    assert (kind, connect) == ("application/json", {"action": "connect"})
    assert endpoint["uri"] == "wss://bot.example/telephony/vonage"
    assert endpoint["authorization"] == {"type": "vonage"}
    assert endpoint["headers"] == {"call": "aaaa-bbbb"}


@pytest.mark.parametrize(
    ("message", "events"),
    [
        (
            {"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call": "aaaa-bbbb"},
            [CallStarted("aaaa-bbbb")],
        ),
        ({"event": "websocket:dtmf", "digit": "5", "duration": 260}, [KeyPress("5")]),
        ({"event": "websocket:notify", "payload": {"mark": "0.200"}}, [MarkPlayed("0.200")]),
        ({"event": "websocket:cleared"}, []),
    ],
)
def test_what_a_message_says(message: dict[str, object], events: list[object]) -> None:
    assert list(VONAGE.call().receive(json.dumps(message))) == events


class VonagePhone(Phone):
    """A call by Vonage at 16 kHz, which plays messages of 20 ms only.

    `marks` are those that came, with the seconds of sound that had come before them. `beginnings` are the
    first messages after those that cleared the sound.
    """

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[tuple[str, float]] = []
        self.beginnings: list[bytes] = []
        self._came = 0
        self._is_cleared = False

    def start(self, parameters: dict[str, str]) -> list[str]:
        connected = {"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call": "aaaa"}
        return [json.dumps(connected)]

    def speak(self, audio: bytes) -> bytes:
        return bytes(FRAME)

    def press(self, digit: str) -> str:
        return json.dumps({"event": "websocket:dtmf", "digit": digit, "duration": 260})

    def receive(self, message: str | bytes) -> list[str]:
        if isinstance(message, bytes):
            self._queue.append(message)
            self._came += len(message)
            if self._is_cleared:
                self.beginnings.append(message)
            self._is_cleared = False
            if len(message) != FRAME:
                self.problems.append(f"a message of {len(message)} bytes")
            return []
        parsed = json.loads(message)
        match parsed.pop("action"):
            case "notify":
                self._queue.append(parsed["payload"]["mark"])
                self.marks.append((parsed["payload"]["mark"], VONAGE.call().format.seconds_in(self._came)))
            case "clear":
                self._queue.clear()
                self._is_cleared = True
                return [json.dumps({"event": "websocket:cleared"})]
            case other:
                self.problems.append(f"an action {other!r} that Vonage does not know")
        return self._reached()

    def play(self, seconds: float) -> list[str]:
        answers = []
        for _ in range(round(seconds / 0.02)):
            answers += self._reached()
            piece = self._queue.popleft() if self._queue else bytes(FRAME)
            assert isinstance(piece, bytes)
            self._heard += piece
        return answers + self._reached()

    def _marked(self, name: str) -> str:
        return json.dumps({"event": "websocket:notify", "payload": {"mark": name}})


@simulated
async def test_a_reply_is_heard_to_its_end_in_messages_of_20_ms() -> None:
    phone = VonagePhone()
    async with called(phone, VONAGE.call()) as (caller, session, _):
        events = session.conversation.events()
        caller.says(caller.phone.press("1"), caller.phone.press("#"))
        await caller.lets_pass(12.0)
        ended = [each.heard for each in events.take() if isinstance(each, BotTurnEnded)]
        heard = loud_seconds(caller.phone.heard)
        played = session.stream.played
    assert ended == [STORY]
    assert 0 <= heard - played < 0.02  # the last message is filled with silence
    assert len(phone.marks) > 10
    assert [float(name) for name, _ in phone.marks] == pytest.approx([came for _, came in phone.marks])


@simulated
async def test_an_interruption_clears_what_was_not_played() -> None:
    phone = VonagePhone()
    async with called(phone, VONAGE.call()) as (caller, session, _):
        caller.says(caller.phone.press("1"), caller.phone.press("#"))
        await caller.lets_pass(3.0)
        caller.says(caller.phone.press("2"), caller.phone.press("#"))
        await asyncio.sleep(0.01)
        assert caller.phone.is_silent
        assert abs(session.stream.played - loud_seconds(caller.phone.heard)) < 0.1
        await caller.lets_pass(2.0)
    (beginning,) = phone.beginnings
    assert beginning[:2] == bytes(2)  # where each tone begins: nothing of the other answer is left


@simulated
async def test_a_last_word_that_is_shorter_than_the_wait_for_more_is_heard_to_its_end() -> None:
    bye = {"phrases": ["bye"], "line": "Ok"}
    async with called(VonagePhone(), VONAGE.call(), goodbye=bye) as (caller, session, call):
        session.stream.receive_text("bye")
        await caller.lets_pass(2.0)
        assert call.done()
        heard, played = loud_seconds(caller.phone.heard), session.stream.played
    assert played > 0.1
    assert 0 <= heard - played < 0.02


def test_sound_is_cut_and_the_last_frame_is_filled_with_silence() -> None:
    frames = Frames(4)
    assert frames.cut(b"abc") == []
    assert frames.cut(b"defghi") == [b"abcd", b"efgh"]
    assert frames.waiting == 1
    assert frames.last() == [b"i\0\0\0"]
    assert frames.last() == []
    frames.cut(b"abc")
    frames.clear()
    assert frames.last() == []
    assert Frames(0).cut(b"abc") == [b"abc"]


@pytest.mark.parametrize(("law", "silence"), [(MULAW, b"\xff"), (ALAW, b"\xd5")])
def test_a_frame_is_filled_with_the_silence_of_the_codec(law: G711, silence: bytes) -> None:
    frames = Frames(8)
    frames.cut(b"\x00\x10")
    (last,) = frames.last()
    assert law.encode(last)[1:] == silence * 3
