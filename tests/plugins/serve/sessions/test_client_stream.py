"""The stream between a client and its conversation, in virtual time."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest

from voicebot import (
    AnswerNow,
    AudioFormat,
    DeviceEvent,
    ManualSpeechStopped,
    StopReply,
    TurnTakingChanged,
    TypedLine,
)
from voicebot.testing import simulated
from voicebot_serve.sessions.client_stream import ClientStream, InputOverflow
from voicebot_serve.sessions.output import Cleared, Output, Sound

FORMAT = AudioFormat(24_000)
SECOND = bytes(FORMAT.bytes_per_second)


def stream_to(sent: list[Output], **options: Any) -> ClientStream:
    return ClientStream(FORMAT, FORMAT, sent.append, **{"delay": 0.0} | options)


async def events_of(stream: ClientStream) -> list[DeviceEvent]:
    stream.hang_up()
    return [event async for event in stream]


@simulated
async def test_sound_in_pieces_of_any_size_becomes_frames_of_20_ms() -> None:
    stream = stream_to([])
    for size in (1, 958, 1921, 960):
        stream.receive(b"x" * size)
    assert [len(event) for event in await events_of(stream) if isinstance(event, bytes)] == [960] * 4


@simulated
async def test_lines_and_marks_keep_their_place_in_the_sound() -> None:
    stream = stream_to([])
    stream.mark_turns(by_user=True)
    stream.receive(b"x" * 960)
    stream.receive_text("hello")
    stream.stop_bot()
    assert await events_of(stream) == [
        TurnTakingChanged(answers=False, interruptible=False),
        b"x" * 960,
        TypedLine("hello"),
        StopReply(),
    ]


@simulated
async def test_a_turn_that_the_client_ends_is_followed_by_silence_so_that_its_last_word_is_recognised() -> (
    None
):
    stream = stream_to([])
    stream.receive(b"x" * 1000)
    stream.finish_turn()
    *sound, stopped, last = await events_of(stream)
    assert (stopped, last) == (ManualSpeechStopped(), AnswerNow(only_if_said=True))
    heard = b"".join(frame for frame in sound if isinstance(frame, bytes))
    assert heard.rstrip(b"\0") == b"x" * 1000
    assert FORMAT.seconds_in(len(heard)) == pytest.approx(0.52, abs=0.021)


def loud_samples(events: list[DeviceEvent]) -> int:
    heard = b"".join(each for each in events if isinstance(each, bytes))
    return sum(abs(sample) > 100 for (sample,) in struct.iter_unpack("<h", heard))


@simulated
async def test_sound_is_resampled_here_and_all_of_a_turn_that_the_client_ends_is_heard() -> None:
    stream = stream_to([], heard=AudioFormat(48_000))
    stream.receive(b"\0\1" * 24_000)
    stream.finish_turn()
    events = await events_of(stream)
    assert {len(each) for each in events if isinstance(each, bytes)} == {1920}
    assert stream.microphone.seconds_in(2 * loud_samples(events)) == pytest.approx(1.0, abs=0.005)


@simulated
async def test_nothing_of_sound_that_is_taken_back_waits_in_the_resampler() -> None:
    stream = stream_to([], heard=AudioFormat(48_000))
    stream.receive(b"\0\1" * 480)
    stream.discard_turn()
    stream.receive(bytes(24_000))
    assert loud_samples(await events_of(stream)) == 0


@simulated
async def test_sound_that_is_taken_back_is_not_heard_at_all() -> None:
    stream = stream_to([])
    stream.receive(b"x" * 5000)
    stream.receive_text("hello")
    stream.discard_turn()
    stream.receive(b"y" * 960)
    assert await events_of(stream) == [TypedLine("hello"), ManualSpeechStopped(discard=True), b"y" * 960]


@simulated
async def test_more_sound_than_can_wait_is_refused() -> None:
    stream = stream_to([], most_input=2.0)
    stream.receive(SECOND * 2)
    with pytest.raises(InputOverflow):
        stream.receive(bytes(960))
    assert len(await events_of(stream)) == 100


@simulated
async def test_sound_that_was_heard_makes_room() -> None:
    stream = stream_to([], most_input=2.0)
    for _ in range(5):
        stream.receive(SECOND * 2)
        stream.receive_text("end")
        async for event in stream:
            if isinstance(event, TypedLine):
                break


@simulated
async def test_at_most_a_second_is_sent_ahead_of_real_time() -> None:
    sent: list[Output] = []
    stream, now = stream_to(sent), asyncio.get_running_loop().time
    times = []
    for _ in range(20):
        await stream.write(SECOND[: len(SECOND) // 5])
        times.append(now())
    assert times[:6] == pytest.approx([0] * 6)
    assert times[6:] == pytest.approx([0.2 * n for n in range(1, 15)])
    assert [each.start for each in sent if isinstance(each, Sound)] == pytest.approx(
        [0.2 * n for n in range(20)]
    )
    await stream.drain()
    assert now() == pytest.approx(4.0)
    assert stream.played == pytest.approx(4.0)


@simulated
async def test_clearing_tells_the_client_where_and_ends_the_wait() -> None:
    sent: list[Output] = []
    stream, now = stream_to(sent), asyncio.get_running_loop().time
    await stream.write(SECOND)
    draining = asyncio.ensure_future(stream.drain())
    await asyncio.sleep(0.25)
    stream.clear()
    await draining
    assert now() == pytest.approx(0.25)
    assert sent[1:] == [Cleared(pytest.approx(0.25))]
    assert stream.played == pytest.approx(0.25)


@simulated
async def test_a_stream_that_is_clear_is_not_cleared_again() -> None:
    sent: list[Output] = []
    stream = stream_to(sent)
    stream.clear()
    await stream.write(SECOND)
    stream.clear()
    stream.clear()
    assert [type(each) for each in sent] == [Sound, Cleared]


@simulated
async def test_a_client_that_is_late_is_waited_for() -> None:
    stream, now = stream_to([]), asyncio.get_running_loop().time
    await stream.write(SECOND)
    await asyncio.sleep(0.5)
    stream.is_playing(0.2)
    await stream.drain()
    assert now() == pytest.approx(1.3)
    assert stream.played == pytest.approx(1.0)


@simulated
async def test_a_cancelled_write_sends_nothing() -> None:
    sent: list[Output] = []
    stream = stream_to(sent)
    await stream.write(SECOND * 2)
    writing = asyncio.ensure_future(stream.write(SECOND))
    await asyncio.sleep(0.1)
    writing.cancel()
    await asyncio.sleep(5)
    assert len(sent) == 1
