"""The bot of a replay sounds as it did then, for what listens for its echo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile

from voicebot import AudioChunk, AudioFormat, ProviderAnswered, ProviderAsked, UnitSpoken, Utterance
from voicebot_recording.format import EVENTS, HEADER, SOUND, VERSION
from voicebot_recording.reading import Recording, open_recording
from voicebot_replay.engine.voice import spoken

RATE = 16_000
EVENTS_THEN = (
    ProviderAsked(1.0, "synthesizer", 1, Utterance("Aye aye.")),
    ProviderAnswered(1.1, "synthesizer", 1, AudioChunk(bytes(3200))),
    ProviderAnswered(1.1, "synthesizer", 1, AudioChunk(bytes(1600))),
    UnitSpoken(1.2, "Aye aye."),
    ProviderAsked(1.3, "synthesizer", 2, Utterance("Never heard.")),
    ProviderAnswered(1.4, "synthesizer", 2, AudioChunk(bytes(3200))),
)


def recording(folder: Path, **header: Any) -> Recording:
    """Return a recording whose bot is a rising tone; its events are given apart."""
    bot = numpy.arange(2 * RATE, dtype="int16") % 1000
    soundfile.write(folder / SOUND, numpy.stack([bot * 0, bot], axis=1), RATE)
    first = {"type": HEADER, "version": VERSION, "id": "1", "name": "Bot", "started": "2026-11-29T10:15:00"}
    made = {"sound": {"rate": RATE}, "microphone": RATE, "speaker": RATE, "live": True}
    (folder / EVENTS).write_text(json.dumps(first | made | header) + "\n")
    return open_recording(folder)


def sounds(found: Recording) -> list[bytes]:
    return [
        b"".join(each.answer.audio for each in request.answers if isinstance(each.answer, AudioChunk))
        for request in spoken(found, EVENTS_THEN, AudioFormat(RATE))
    ]


def test_what_was_played_has_its_sound_and_the_rest_is_silent(tmp_path: Path) -> None:
    tone = numpy.arange(round(1.2 * RATE), round(1.2 * RATE) + 2400, dtype="int16") % 1000
    assert sounds(recording(tmp_path)) == [tone.astype("<i2").tobytes(), bytes(3200)]


@pytest.mark.parametrize("header", [{"live": False}, {"microphone": None}, {"sound": None}])
def test_where_nothing_could_hear_it_it_is_silent(tmp_path: Path, header: dict[str, Any]) -> None:
    assert sounds(recording(tmp_path, **header)) == [bytes(4800), bytes(3200)]


def test_where_its_sound_is_damaged_it_is_silent(tmp_path: Path) -> None:
    found = recording(tmp_path)
    content = bytearray((tmp_path / SOUND).read_bytes())
    middle = slice(len(content) // 4, -len(content) // 4)
    content[middle] = bytes(len(content[middle]))
    (tmp_path / SOUND).write_bytes(content)
    assert sounds(found)[0] == bytes(4800)
