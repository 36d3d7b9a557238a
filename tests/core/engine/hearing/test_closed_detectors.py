"""A voice activity detection is closed when its conversation does not need it any more, however that ends."""

from __future__ import annotations

import pytest

from voicebot import Bot, Settings, VoiceActivity
from voicebot.testing import ScriptedVoiceActivity, converse, simulated

SETTINGS = Settings(on_error="")


class Counting(ScriptedVoiceActivity):
    """Counts the detections that were closed, and those that are in use."""

    def __init__(self, *, breaks: bool = False) -> None:
        super().__init__()
        self.breaks = breaks
        self.open = self.closed = 0

    def detect(self) -> VoiceActivity:
        self.open += 1
        return Counted(self, super().detect())


class Counted(VoiceActivity):
    def __init__(self, counting: Counting, inner: VoiceActivity) -> None:
        self._counting = counting
        self._inner = inner

    def probability(self, frame: bytes) -> float:
        return self._inner.probability(frame)

    def close(self) -> None:
        self._counting.open -= 1
        self._counting.closed += 1
        if self._counting.breaks:
            raise ValueError("wss://x?key=SECRET")


@pytest.mark.parametrize("breaks", [False, True])
@simulated
async def test_it_is_closed_when_the_user_hangs_up(breaks: bool) -> None:
    detector = Counting(breaks=breaks)
    async with converse(voice_activity=detector, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        assert (detector.open, detector.closed) == (1, 0)
        user.hangs_up()
        await user.waits(1)
        assert (detector.open, detector.closed) == (0, 1)


@simulated
async def test_it_is_closed_when_the_conversation_is_stopped_in_the_middle_of_speech() -> None:
    detector = Counting()
    async with converse(voice_activity=detector, settings=SETTINGS) as user:
        await user.says("hello")
        user.conversation.stop()
    assert (detector.open, detector.closed) == (0, 1)


@simulated
async def test_it_is_closed_when_the_conversation_ends_before_anything_is_heard() -> None:
    detector = Counting()
    async with converse(voice_activity=detector, settings=SETTINGS) as user:
        user.conversation.end()
        await user.waits(1)
        assert (detector.open, detector.closed) == (0, 1)


@simulated
async def test_it_is_closed_when_another_detector_takes_its_place() -> None:
    before, after = Counting(), Counting()
    async with converse(voice_activity=before, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        bot = user.conversation.bot
        others = {
            kind: getattr(bot, kind) for kind in ("recognizer", "chat", "synthesizer", "device", "settings")
        }
        async with Bot(**others, voice_activity=after) as other:
            await user.conversation.apply(other)
            await user.says("hello again")
            await user.is_answered()
            assert (before.open, before.closed, after.open) == (0, 1, 1)
            user.hangs_up()
            await user.waits(1)
    assert (after.open, after.closed) == (0, 2)  # it was tried before
