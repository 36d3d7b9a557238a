"""Text that cannot be spoken closes the connection, and faults happen where they are set."""

from __future__ import annotations

import asyncio

import pytest

from voicebot_emulator.account import Account
from voicebot_emulator.server import Emulator

from .client import HD, TEXT, client, context, exchange, ssml


@pytest.mark.parametrize(
    ("document", "format", "region", "reason"),
    [
        (ssml("a & b"), "raw-24khz-16bit-mono-pcm", "swedencentral", "SSML is invalid"),
        (ssml("x", HD), "raw-24khz-16bit-mono-pcm", "westeurope", f"Unsupported voice {HD}."),
        (ssml("x"), "audio-24khz-48kbitrate-mono-mp3", "swedencentral", "Unsupported output format"),
        (ssml("é" * 40_000), "raw-24khz-16bit-mono-pcm", "swedencentral", "longer than 64 KB"),
    ],
)
def test_text_that_cannot_be_spoken_closes_the_connection(
    document: str, format: str, region: str, reason: str
) -> None:
    messages, code, emulator = exchange(document, context(format), account=Account(region=region))
    assert [message.path for message in messages] == ["turn.start"]
    assert code == 1007
    (closed,) = emulator.journal.find(what="websocket close")
    assert reason in closed.body


@pytest.mark.parametrize(
    ("fault", "code"),
    [("voice-not-here", 1007), ("bad-ssml", 1007), ("close=1011@end", 1011), ("tts:close=4429", 4429)],
)
def test_faults_close_the_connection_with_their_code(fault: str, code: int) -> None:
    assert exchange(ssml(TEXT), None, fault)[1] == code


def test_an_invalid_frame_closes_the_connection() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send("ssml\r\nnonsense", ssml("x"))
            await someone.turn()
            assert someone.closed == 1007

    asyncio.run(scenario())


def test_in_a_burst_sound_comes_in_large_chunks() -> None:
    sizes = [
        len(message.body)
        for message in exchange(ssml(TEXT), None, "burst")[0]
        if isinstance(message.body, bytes) and message.body
    ]
    assert len(sizes) == 2
    assert sizes[0] == 48_000
