"""Fitting `judgement` goes by the languages of the labels, and leaves out what is not known at a point."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path

import numpy
import pytest

from voicebot_turns.completeness import Completeness

RATE = 16_000
WORDS = [("ich suche eine", "de"), ("vielen Dank", "de-DE"), ("I am looking for a", ""), ("thank you", "")]


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parent))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with four recordings of bursts of noise: in each, a pause, an end and silence."""
    noise = numpy.random.default_rng(1)
    labels = []
    for number in range(4):
        sound = numpy.zeros(5 * RATE, "<i2")
        for second in (0, 1, 2):  # louder before a pause
            loudness = 3000 + 2000 * (second % 2)
            burst = noise.integers(-loudness, loudness, RATE * 7 // 10)
            sound[second * RATE : second * RATE + len(burst)] = burst
        file = f"{number}.wav"
        with wave.open(str(tmp_path / file), "wb") as recording:
            recording.setparams((1, 2, RATE, 0, "NONE", ""))
            recording.writeframes(sound.tobytes())
        begun, over = WORDS[:2] if number % 2 else WORDS[2:]
        for kind, at, begins, (words, language) in (
            ("pause", 1.7, 0.0, begun),
            ("end", 2.7, 0.0, over),
            ("end", 4.6, 4.4, over),
        ):
            entry = {"file": file, "kind": kind, "at": at, "turn_begins": begins, "words_so_far": words}
            entry |= {"source": "made up"} | ({"seconds": 0.3} if kind == "pause" else {})
            labels.append(entry | ({"language": language} if language else {}))
    (tmp_path / "labels.json").write_text(json.dumps(labels), "utf-8")
    return tmp_path


def test_words_are_read_in_the_language_of_their_label(folder: Path) -> None:
    from fit_judgement import evidence_at
    from natural_points import read_recordings

    points = [(recording, point) for recording in read_recordings(folder) for point in recording.points]
    evidence = asyncio.run(evidence_at(points, None, "en-US"))

    read = {point.words: found.words for (_, point), found in zip(points, evidence, strict=True)}
    assert read == {
        "ich suche eine": Completeness.INCOMPLETE,
        "vielen Dank": Completeness.COMPLETE,
        "I am looking for a": Completeness.INCOMPLETE,
        "thank you": Completeness.COMPLETE,
    }
    assert [found.melody is None for found in evidence] == [False, False, True] * 4


def test_points_without_speech_are_left_out_where_melody_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from fit_judgement import main

    main([str(folder), "--seeds", "1"])

    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "12 points of 4 recordings"
    table = printed[2 : printed.index("")]
    rows = {row.split()[0]: row.split()[1:] for row in table}
    assert {kinds: row[0] for kinds, row in rows.items()} == {
        "words": "12",
        "melody": "8",
        "words+melody": "8",
    }
    assert rows["words"][1] == "1.000"
    assert rows["words"][4] == "nan"  # there is no other source
