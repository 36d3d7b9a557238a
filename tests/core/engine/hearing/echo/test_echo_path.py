"""The echo path from the microphone."""

from __future__ import annotations

from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.testing import ScriptedUser, simulated


class Recording(ScriptedUser):
    live = False


@simulated
async def test_a_recording_has_no_echo():
    for mode in ("none", "mute"):
        echo = EchoPath(mode, Recording())
        assert echo.process(b"\x01" * 640) == b"\x01" * 640
        assert echo.reference is None


@simulated
async def test_frames_of_any_size_come_out_whole():
    echo = EchoPath("none", ScriptedUser())
    heard = b"".join(echo.process(bytes([size % 256]) * size * 2) for size in (1, 333, 159, 160, 7, 300))
    assert (
        heard == b"".join(bytes([size % 256]) * size * 2 for size in (1, 333, 159, 160, 7, 300))[: len(heard)]
    )
    assert len(heard) == 960 * 2
