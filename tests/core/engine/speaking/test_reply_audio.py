"""What the user hears of a reply during a cough, an interruption, or the loss of the device."""

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


class NumberedSynthesizer(ScriptedSynthesizer):
    """Gives samples that show the number of their text, and whether they were ducked."""

    def __init__(self, piece: float = 0.1) -> None:
        super().__init__()
        self.made: dict[str, int] = {}
        """How many samples each text has."""
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
class Segment:
    """Consecutive samples of one text, either all ducked or none."""

    text: str
    ducked: bool
    samples: int


class Listener(ScriptedUser):
    """Hears what a loudspeaker plays in real time; `write` waits before or after it queues."""

    def __init__(self, synthesizer: NumberedSynthesizer, *, queues_first: bool = False) -> None:
        super().__init__()
        self._synthesizer = synthesizer
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

    def loses_device(self) -> None:
        self.clear()
        self._lost = True
        self.sends(DeviceLost("gone"))

    def reopens_device(self) -> None:
        self._lost = False
        self.sends(DeviceReopened("back"))

    async def hears(self, seconds: float) -> None:
        """Wait until the bot speaks, and then for some seconds."""
        async with asyncio.timeout(60):
            while not self.hears_the_bot:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await asyncio.sleep(seconds)

    @property
    def heard(self) -> list[Segment]:
        self._play()
        segments, texts = [], list(self._synthesizer.made)
        for value, samples in groupby(array("h", bytes(self._heard))):
            ducked = value < 500
            number = value - 100 if ducked else (value - 500) // 5
            segments.append(Segment(texts[number], ducked, len(list(samples))))
        return segments

    def samples_of(self, text: str) -> int:
        return sum(heard.samples for heard in self.heard if heard.text == text)

    @property
    def texts(self) -> list[str]:
        """The texts heard, in order; one that was heard again later is there twice."""
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
    listener = Listener(synthesizer := NumberedSynthesizer(piece), queues_first=queues_first)
    chat = ScriptedChatModel([f"{LONG} {OTHER}"])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(1.2)
        await user.says("", 0.2)
        await user.is_answered()
    assert [listener.samples_of(text) for text in (LONG, OTHER)] == [
        synthesizer.made[LONG],
        synthesizer.made[OTHER],
    ]
    assert [heard.text for heard in listener.heard] == [LONG, LONG, LONG, OTHER]
    assert [heard.ducked for heard in listener.heard] == [False, True, False, False]
    assert len(of_kind(user, BotDucked)) == len(of_kind(user, BotResumed)) == 1


@DEVICES
@PIECES
@simulated
async def test_a_cough_after_an_interruption_repeats_nothing(queues_first: bool, piece: float) -> None:
    listener = Listener(synthesizer := NumberedSynthesizer(piece), queues_first=queues_first)
    chat = ScriptedChatModel([LONG, OTHER])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(1.5)
        await user.says("wait tell me something else", 0.8)
        assert (await user.is_answered()).interrupted
        await listener.hears(2)
        await user.says("", 0.2)
        await user.is_answered()
    assert listener.samples_of(LONG) < synthesizer.made[LONG] - SPEAKER.rate
    assert listener.samples_of(OTHER) == synthesizer.made[OTHER]
    assert listener.texts == [LONG, OTHER]


@simulated
async def test_a_reply_after_one_that_ended_ducked_is_played_at_full_volume() -> None:
    listener = Listener(synthesizer := NumberedSynthesizer())
    chat = ScriptedChatModel([SHORT, OTHER])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(0)
        await user.waits(synthesizer.made[SHORT] / SPEAKER.rate - 0.3)
        await user.says("", 0.5)
        await user.says("what about tomorrow", 0.8)
        await user.is_answered()
        await user.is_answered()
    assert not any(heard.ducked for heard in listener.heard if heard.text == OTHER)
    kinds = [type(event) for event in user.events if isinstance(event, BotDucked | BotResumed | BotTurnEnded)]
    assert kinds == [BotDucked, BotResumed, BotTurnEnded, BotTurnEnded]


@simulated
async def test_history_keeps_only_what_was_heard_of_a_reply_whose_device_was_lost() -> None:
    listener = Listener(synthesizer := NumberedSynthesizer())
    chat = ScriptedChatModel(
        ["Alpha is one sentence of it. Beta is a second one. Gamma is the last of all.", OTHER]
    )
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(1.0)
        listener.loses_device()
        turn = await user.is_answered()
        await user.waits(3)
        listener.reopens_device()
        await user.waits(4)
        await user.says("and what else", 0.8)
        await listener.hears(1.5)
        await user.says("", 0.2)  # a cough
        await user.is_answered()
    assert turn.heard.startswith("Alpha is")
    assert "sentence" not in turn.heard
    assert turn.interrupted
    said = [(message.role, message.content) for message in user.conversation.history.messages]
    assert said[:2] == [("user", "hello there"), ("assistant", turn.heard)]
    assert said[-1] == ("assistant", OTHER)
    assert listener.texts == ["Alpha is one sentence of it.", OTHER]
    assert listener.samples_of("Alpha is one sentence of it.") == pytest.approx(SPEAKER.rate, rel=0.01)
    assert listener.samples_of(OTHER) == synthesizer.made[OTHER]


@simulated
async def test_audio_written_before_the_device_reports_its_loss_was_not_heard() -> None:
    class NeverReports(Listener):
        def sends(self, event: DeviceEvent) -> None:
            pass

    listener = NeverReports(synthesizer := NumberedSynthesizer())
    chat = ScriptedChatModel(["Alpha is one sentence of it. Beta is a second one."])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(1.0)
        listener.loses_device()
        turn = await user.is_answered()
    assert turn.heard.startswith("Alpha is")
    assert "Beta" not in turn.heard


@simulated
async def test_a_reply_of_which_nothing_was_heard_waits_for_the_device() -> None:
    listener = Listener(synthesizer := NumberedSynthesizer())
    async with converse(chat=ScriptedChatModel([OTHER]), synthesizer=synthesizer, user=listener) as user:
        await user.waits(1)
        listener.loses_device()
        user.sends(TypedLine("hello there"))
        await user.waits(30)
        assert of_kind(user, BotTurnEnded) == []
        listener.reopens_device()
        assert (await user.is_answered()).heard == OTHER
    assert sum(heard.samples for heard in listener.heard) == sum(
        synthesizer.made[text] for text in listener.texts
    )


@simulated
async def test_a_user_who_hangs_up_does_not_wait_for_a_lost_device() -> None:
    listener = Listener(synthesizer := NumberedSynthesizer())
    async with converse(chat=ScriptedChatModel([OTHER]), synthesizer=synthesizer, user=listener) as user:
        await user.waits(1)
        listener.loses_device()
        user.sends(TypedLine("hello there"))
        await user.waits(5)
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == [""]


class BreaksOnce(Listener):
    """Its device fails once, in one of its methods."""

    def __init__(self, synthesizer: NumberedSynthesizer, call: str, error: BaseException) -> None:
        super().__init__(synthesizer)
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
    listener = BreaksOnce(synthesizer := NumberedSynthesizer(), call, error)
    chat = ScriptedChatModel([LONG, "Yes."])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        turn = await user.is_answered()
        await user.says("are you there", 0.6)
        assert (await user.is_answered()).heard == "Yes."
    assert [(failed.kind, failed.message.split(":")[0]) for failed in of_kind(user, ProviderFailed)] == [
        ("device", "the device broke")
    ]
    assert turn.heard.endswith(SETTINGS.on_error)
    assert of_kind(user, ConversationEnded)[0].failure is None


class RaisesWhenCancelled(Listener):
    """Its device raises an error, or nothing, when it is cancelled."""

    def __init__(self, synthesizer: NumberedSynthesizer, answer: Exception | None) -> None:
        super().__init__(synthesizer)
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
async def test_a_device_that_raises_because_it_is_cancelled_has_not_failed(
    answer: Exception | None, at: float
) -> None:
    listener = RaisesWhenCancelled(synthesizer := NumberedSynthesizer(), answer)
    chat = ScriptedChatModel([LONG, "Yes."])
    async with converse(chat=chat, synthesizer=synthesizer, user=listener, settings=SETTINGS) as user:
        await user.says("hello there", 0.6)
        await listener.hears(at)
        await user.says("are you there", 0.6)
        assert (await user.is_answered()).interrupted
        assert (await user.is_answered()).heard == "Yes."
    assert listener.texts == [LONG, "Yes."]
    assert of_kind(user, ProviderFailed) == []


class AudioTurnDetector(TurnDetector[Options]):
    """Wants audio at a rate that the microphone does not have."""

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

    detector = AudioTurnDetector(Options())
    async with converse(user=Fragments(), turn_detector=detector) as user:
        await user.says("hello there my friend")
        await user.is_answered()
    assert user.conversation.history.messages[0].content == "hello there my friend"
