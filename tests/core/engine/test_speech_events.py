"""Observers learn when the user starts and stops speaking."""

from __future__ import annotations

import pytest

from voicebot import UserSpeechStarted, UserSpeechStopped
from voicebot.testing import ScriptedChatModel, converse, simulated


@simulated
async def test_the_start_and_the_end_of_speech_are_reported_with_their_times() -> None:
    async with converse(chat=ScriptedChatModel(["It rains."])) as user:
        await user.waits(0.5)
        await user.says("how is the weather", 1.0)
        await user.is_answered()

    started, stopped = [e for e in user.events if isinstance(e, UserSpeechStarted | UserSpeechStopped)]
    assert isinstance(started, UserSpeechStarted)
    assert isinstance(stopped, UserSpeechStopped)
    assert stopped.silent_since - started.at == pytest.approx(1.0, abs=0.05)
    assert 0.1 < stopped.at - stopped.silent_since < 0.5, "it takes the hang-over to be certain"
