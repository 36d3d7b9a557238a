"""A malformed message ends the connection, as at the service."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot_emulator.server import Emulator

from .client import CONTEXT, HEADER, connected, run, silence

REFUSED: list[tuple[str, list[tuple[str, Any]]]] = [
    ("a message without headers", [("raw", "hello")]),
    ("a message without a path", [("raw", "X-RequestId: 1\r\n\r\n{}")]),
    ("a binary message that is too short", [("bytes", b"\xff\xffPath: audio\r\n")]),
    ("a config that is no JSON", [("raw", "Path: speech.config\r\n\r\nhello")]),
    ("a context that is no object", [("speech.context", [])]),
    ("an unknown language", [("speech.context", {"phraseDetection": {"language": "tlh-KX"}})]),
    ("a language without a region", [("speech.context", {"phraseDetection": {"language": "en"}})]),
    ("no language at all", [("speech.context", {})]),
    ("an unknown mode", [("speech.context", {"phraseDetection": {"mode": "SONG", "language": "en-US"}})]),
    (
        "too long a silence",
        [
            (
                "speech.context",
                {
                    "phraseDetection": {
                        "language": "en-US",
                        "CONVERSATION": {"segmentation": {"segmentationSilenceTimeoutMs": 9_000}},
                    }
                },
            )
        ],
    ),
    (
        "too many phrases",
        [("speech.context", {**CONTEXT, "dgi": {"Groups": [{"Items": [{"Text": "x"}] * 501}]}})],
    ),
    ("sound before its config", [("speech.context", CONTEXT), ("sound", HEADER)]),
    (
        "sound without a header",
        [("speech.config", {}), ("speech.context", CONTEXT), ("sound", silence(0.1))],
    ),
    (
        "sound in stereo",
        [
            ("speech.config", {}),
            ("speech.context", CONTEXT),
            ("sound", HEADER[:22] + b"\x02\x00" + HEADER[24:]),
        ],
    ),
    (
        "a commit without a token",
        [("speech.config", {}), ("speech.context", CONTEXT), ("audio.commit", None)],
    ),
]


@pytest.mark.parametrize("messages", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_malformed_message_closes_the_connection_with_1007(messages: list[tuple[str, Any]]) -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, connected(emulator) as client:
            for path, content in messages:
                if path == "raw":
                    await client.socket.send_str(content)
                elif path == "bytes":
                    await client.socket.send_bytes(content)
                elif path == "sound":
                    await client.sound(content)
                else:
                    await client.say(path, content)
            assert (await client.hear("closed"))[-1] == ("closed", 1007)
            assert emulator.journal.find(what="refusal")

    run(scenario())
