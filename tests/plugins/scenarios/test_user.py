"""The user's sound is where it belongs, to the sample; words come at their times."""

from __future__ import annotations

import asyncio

import pytest

from voicebot.testing import simulated
from voicebot_scenarios.scenario import Pause
from voicebot_scenarios.user.speech import MICROPHONE, from_words
from voicebot_scenarios.user.stream import UserStream


@simulated
async def test_sound_begins_at_the_sample_at_which_the_user_does() -> None:
    stream = UserStream()
    heard = bytearray()

    async def listen() -> None:
        async for event in stream:
            assert isinstance(event, bytes)
            assert len(event) == MICROPHONE.bytes_in(0.02)
            heard.extend(event)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.1234)
    stream.play(b"\x01\x01" * 1000)
    await asyncio.sleep(0.05)
    stream.play(b"\x02\x02" * 1000)  # speaks on before the first sound is over
    await asyncio.sleep(0.2)
    stream.hang_up()
    await listening

    first, second = round(0.1234 * 16_000), round(0.1734 * 16_000)
    assert heard.find(b"\x01") == first * 2
    assert heard.find(b"\x02") == second * 2
    assert heard.rfind(b"\x02") == (second + 1000) * 2 - 1
    assert not any(heard[: first * 2])
    assert not any(heard[(second + 1000) * 2 :])


def test_words_share_the_time_and_pauses_are_exact() -> None:
    spoken = from_words(["to be", Pause(pause=0.815), "or not"], words_per_second=2.0)
    assert spoken.seconds == pytest.approx(2.815)
    assert spoken.pauses == (pytest.approx((1.0, 1.815)),)
    assert [word.text for word in spoken.words] == ["to", "be", "or", "not"]
    assert [word.at for word in spoken.words] == pytest.approx([0.5, 1.0, 1.815 + 3 / 7, 2.815])
