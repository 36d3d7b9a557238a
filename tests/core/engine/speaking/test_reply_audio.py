"""What a user hears of replies that are coughed at, interrupted, or lost with the device."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from itertools import groupby

import pytest

from voicebot import (
    AudioChunk,
    AudioFormat,
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ConversationEnded,
    DeviceError,
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    Options,
    ProviderFailed,
    Settings,
    SynthesisEvent,
    TurnDetector,
    TurnSoFar,
    TypedLine,
    Utterance,
)
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse, simulated
from voicebot.testing.scripted import SPEAKER

SETTINGS = Settings(reply={"first_unit": "sentence"})  # type: ignore[arg-type]
SHORT = "This is the first answer of mine."
LONG = "This is an answer that is long enough to be interrupted by somebody in the middle of it."
OTHER = "And this is another one, so long that somebody can well cough at it for a moment."


class NumberedVoice(ScriptedSynthesizer):
    """Makes samples of which each tells the number of its text, and whether it was lowered."""

    def __init__(self, piece: float = 0.1) -> None:
        super().__init__()
        self.made: dict[str, int] = {}
        """Samples for each text."""
        self._piece = SPEAKER.bytes_in(piece)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        size = SPEAKER.bytes_in(0.06 * len(utterance.text))
        self.made[utterance.text] = size // 2
        number = list(self.made).index(utterance.text)
        sound = array("h", [500 + 5 * number]).tobytes() * (size // 2)
        for start in range(0, size, self._piece):
            await asyncio.sleep(0.02)
            yield AudioChunk(sound[start : start + self._piece])


@dataclass(frozen=True)
class Heard:
    """A stretch of sound: of which text it was, and whether it was lowered."""

    text: str
    lowered: bool
    samples: int


class Room(ScriptedUser):
    """Hears what a loudspeaker plays in time; its `write` waits before or after it queues."""

    def __init__(self, voice: NumberedVoice, *, queues_first: bool = False) -> None:
        super().__init__()
        self._voice = voice
        self._queues_first = queues_first
        self._queue = bytearray()
        self._since = 0.0
        self._taken = 0
        self._heard = bytearray()
        self._lost = False

    async def write(self, audio: bytes) -> None:
        if self._queues_first:
            self._put(audio)
        while not self._lost and (ahead := self._ahead() - 1.0) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(ahead, 0.05))
        if not self._queues_first:
            self._put(audio)
        await asyncio.sleep(0)

    def clear(self) -> None:
        self._play()
        self._queue.clear()

    @property
    def played(self) -> float:
        self._play()
        return SPEAKER.seconds_in(len(self._heard))

    @property
    def hears_the_bot(self) -> bool:
        return self._ahead() > 0

    async def drain(self) -> None:
        while (ahead := self._ahead()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(ahead, 0.05))

    def loses_the_device(self) -> None:
        self.clear()
        self._lost = True
        self.sends(DeviceLost("gone"))

    def has_the_device_back(self) -> None:
        self._lost = False
        self.sends(DeviceReopened("back"))

    async def hears(self, seconds: float) -> None:
        """Wait until the bot speaks, and for some seconds of that."""
        async with asyncio.timeout(60):
            while not self.hears_the_bot:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await asyncio.sleep(seconds)

    @property
    def heard(self) -> list[Heard]:
        self._play()
        stretches, texts = [], list(self._voice.made)
        for value, samples in groupby(array("h", bytes(self._heard))):
            lowered = value < 500
            number = value - 100 if lowered else (value - 500) // 5
            stretches.append(Heard(texts[number], lowered, len(list(samples))))
        return stretches

    def samples_of(self, text: str) -> int:
        return sum(heard.samples for heard in self.heard if heard.text == text)

    @property
    def texts(self) -> list[str]:
        """Whose sound was heard, in order; twice, if it came again."""
        return [text for text, _ in groupby(heard.text for heard in self.heard)]

    def _ahead(self) -> float:
        self._play()
        return SPEAKER.seconds_in(len(self._queue))

    def _put(self, audio: bytes) -> None:
        if self._lost:
            return
        self._play()
        if not self._queue:
            self._since, self._taken = self._loop.time(), 0
        self._queue += audio

    def _play(self) -> None:
        if self._queue:
            due = SPEAKER.bytes_in(self._loop.time() - self._since) - self._taken
            self._heard += self._queue[:due]
            self._taken += min(due, len(self._queue))
            del self._queue[:due]


def of_kind(user: ScriptedUser, kind: type) -> list:
    return [event for event in user.events if isinstance(event, kind)]


DEVICES = pytest.mark.parametrize("queues_first", [False, True], ids=["waits first", "queues first"])
PIECES = pytest.mark.parametrize("piece", [0.02, 10.0])


@DEVICES
@PIECES
@simulated
async def test_a_cough_repeats_nothing_and_loses_nothing(queues_first: bool, piece: float) -> None:
    room = Room(voice := NumberedVoice(piece), queues_first=queues_first)
    chat = ScriptedChatModel([f"{LONG} {OTHER}"])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(1.2)
        await user.says("", 0.2)
        await user.is_answered()
    assert [room.samples_of(text) for text in (LONG, OTHER)] == [voice.made[LONG], voice.made[OTHER]]
    assert [heard.text for heard in room.heard] == [LONG, LONG, LONG, OTHER]
    assert [heard.lowered for heard in room.heard] == [False, True, False, False]
    assert len(of_kind(user, BotDucked)) == len(of_kind(user, BotResumed)) == 1


@DEVICES
@PIECES
@simulated
async def test_after_an_interruption_a_cough_repeats_nothing_either(queues_first: bool, piece: float) -> None:
    room = Room(voice := NumberedVoice(piece), queues_first=queues_first)
    chat = ScriptedChatModel([LONG, OTHER])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(1.5)
        await user.says("wait tell me something else", 0.8)
        assert (await user.is_answered()).interrupted
        await room.hears(2)
        await user.says("", 0.2)
        await user.is_answered()
    assert room.samples_of(LONG) < voice.made[LONG] - SPEAKER.rate
    assert room.samples_of(OTHER) == voice.made[OTHER]
    assert room.texts == [LONG, OTHER]


@simulated
async def test_a_reply_that_ends_while_it_is_lowered_leaves_the_next_in_full_voice() -> None:
    room = Room(voice := NumberedVoice())
    chat = ScriptedChatModel([SHORT, OTHER])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(0)
        await user.waits(voice.made[SHORT] / SPEAKER.rate - 0.3)
        await user.says("", 0.5)
        await user.says("what about tomorrow", 0.8)
        await user.is_answered()
        await user.is_answered()
    assert not any(heard.lowered for heard in room.heard if heard.text == OTHER)
    kinds = [type(event) for event in user.events if isinstance(event, BotDucked | BotResumed | BotTurnEnded)]
    assert kinds == [BotDucked, BotResumed, BotTurnEnded, BotTurnEnded]


@simulated
async def test_of_a_reply_whose_device_is_lost_only_what_was_heard_is_remembered() -> None:
    room = Room(voice := NumberedVoice())
    chat = ScriptedChatModel(
        ["Alpha is one sentence of it. Beta is a second one. Gamma is the last of all.", OTHER]
    )
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(1.0)
        room.loses_the_device()
        turn = await user.is_answered()
        await user.waits(3)
        room.has_the_device_back()
        await user.waits(4)
        await user.says("and what else", 0.8)
        await room.hears(1.5)
        await user.says("", 0.2)  # a cough
        await user.is_answered()
    assert turn.heard.startswith("Alpha is")
    assert "sentence" not in turn.heard
    assert turn.interrupted
    said = [(message.role, message.content) for message in user.conversation.history.messages]
    assert said[:2] == [("user", "hello there"), ("assistant", turn.heard)]
    assert said[-1] == ("assistant", OTHER)
    assert room.texts == ["Alpha is one sentence of it.", OTHER]
    assert room.samples_of("Alpha is one sentence of it.") == pytest.approx(SPEAKER.rate, rel=0.01)
    assert room.samples_of(OTHER) == voice.made[OTHER]


@simulated
async def test_what_is_written_before_the_device_says_that_it_is_lost_was_not_heard() -> None:
    class Secretive(Room):
        def sends(self, event: DeviceEvent) -> None:
            pass

    room = Secretive(voice := NumberedVoice())
    chat = ScriptedChatModel(["Alpha is one sentence of it. Beta is a second one."])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(1.0)
        room.loses_the_device()
        turn = await user.is_answered()
    assert turn.heard.startswith("Alpha is")
    assert "Beta" not in turn.heard


@simulated
async def test_a_reply_that_nobody_has_heard_yet_waits_for_the_device() -> None:
    room = Room(voice := NumberedVoice())
    async with converse(chat=ScriptedChatModel([OTHER]), synthesizer=voice, user=room) as user:
        await user.waits(1)
        room.loses_the_device()
        user.sends(TypedLine("hello there"))
        await user.waits(30)
        assert of_kind(user, BotTurnEnded) == []
        room.has_the_device_back()
        assert (await user.is_answered()).heard == OTHER
    assert sum(heard.samples for heard in room.heard) == sum(voice.made[text] for text in room.texts)


@simulated
async def test_a_user_who_hangs_up_does_not_wait_for_a_lost_device() -> None:
    room = Room(voice := NumberedVoice())
    async with converse(chat=ScriptedChatModel([OTHER]), synthesizer=voice, user=room) as user:
        await user.waits(1)
        room.loses_the_device()
        user.sends(TypedLine("hello there"))
        await user.waits(5)
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == [""]


class BreaksOnce(Room):
    """Its device fails once, in one of its calls."""

    def __init__(self, voice: NumberedVoice, call: str, error: BaseException) -> None:
        super().__init__(voice)
        self._errors = {call: error}

    async def write(self, audio: bytes) -> None:
        if self.played > 0.5 and (error := self._errors.pop("write", None)):
            raise error
        await super().write(audio)

    async def drain(self) -> None:
        if error := self._errors.pop("drain", None):
            raise error
        await super().drain()


@pytest.mark.parametrize("call", ["write", "drain"])
@pytest.mark.parametrize("error", [RuntimeError("no"), asyncio.CancelledError()])
@simulated
async def test_a_device_that_breaks_once_costs_the_rest_of_the_reply(call: str, error: BaseException) -> None:
    room = BreaksOnce(voice := NumberedVoice(), call, error)
    chat = ScriptedChatModel([LONG, "Yes."])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        turn = await user.is_answered()
        await user.says("are you there", 0.6)
        assert (await user.is_answered()).heard == "Yes."
    assert [(failed.kind, failed.message.split(":")[0]) for failed in of_kind(user, ProviderFailed)] == [
        ("device", "the device broke")
    ]
    assert turn.heard.endswith(SETTINGS.on_error)
    assert of_kind(user, ConversationEnded)[0].failure is None


class BreaksWhenCancelled(Room):
    """Its device does not like to be cancelled."""

    def __init__(self, voice: NumberedVoice, answer: Exception | None) -> None:
        super().__init__(voice)
        self._answer = answer

    async def write(self, audio: bytes) -> None:
        try:
            await super().write(audio)
        except asyncio.CancelledError:
            if self._answer is not None:
                raise self._answer from None

    async def drain(self) -> None:
        try:
            await super().drain()
        except asyncio.CancelledError:
            if self._answer is not None:
                raise self._answer from None


@pytest.mark.parametrize("answer", [RuntimeError("no"), DeviceError("gone"), None])
@pytest.mark.parametrize("at", [0.5, 4.5], ids=["in mid-reply", "at its end"])
@simulated
async def test_a_device_that_breaks_because_it_is_cancelled_has_not_failed(
    answer: Exception | None, at: float
) -> None:
    room = BreaksWhenCancelled(voice := NumberedVoice(), answer)
    chat = ScriptedChatModel([LONG, "Yes."])
    async with converse(chat=chat, synthesizer=voice, user=room, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await room.hears(at)
        await user.says("are you there", 0.6)
        assert (await user.is_answered()).interrupted
        assert (await user.is_answered()).heard == "Yes."
    assert room.texts == [LONG, "Yes."]
    assert of_kind(user, ProviderFailed) == []


class Listens(TurnDetector[Options]):
    """Wants sound at a rate that the microphone does not have."""

    input_format = AudioFormat(8_000)
    audio_seconds = 1.0

    async def wait(self, turn: TurnSoFar) -> float:
        return 0.5


@simulated
async def test_a_microphone_may_give_frames_of_any_size() -> None:
    class Fragments(ScriptedUser):
        async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
            size, heard = 641, b""
            async for item in super().__aiter__():
                assert isinstance(item, bytes)
                heard += item
                while len(heard) >= size:
                    yield heard[:size]
                    heard, size = heard[size:], 1280 - size

    detector = Listens(Options())
    async with converse(user=Fragments(), turn_detector=detector) as user:
        await user.says("hello there my friend")
        await user.is_answered()
    assert user.conversation.history.messages[0].content == "hello there my friend"
