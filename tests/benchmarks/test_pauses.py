"""The benchmark of turns with pauses counts correctly, with synthesized speech and pauses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import wave
from array import array
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

BENCHMARK = Path(__file__).with_name("pauses.py")
RATE = 16_000
AUDIBLE = 300
PAUSE = 1.0

pytestmark = [
    pytest.mark.skipif(find_spec("pocketsphinx") is None, reason="needs the extra offline"),
    pytest.mark.slow,
]


def speech(text: str, folder: Path) -> array[int]:
    """Synthesize a text with flite, without silence around it."""
    path = folder / "flite.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True)
    with wave.open(str(path)) as said:
        samples = array("h", said.readframes(said.getnframes()))
    loud = [at for at, sample in enumerate(samples) if abs(sample) > AUDIBLE]
    return samples[loud[0] : loud[-1]]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder with a question, once without and once with a pause in mid-phrase."""
    if shutil.which("flite") is None:
        pytest.skip("flite makes the test speech: apt-get install flite")
    folder = tmp_path_factory.mktemp("clips")
    silence = array("h", bytes(RATE))
    labels = []
    for name, parts in {
        "plain.wav": ["where is the nearest station"],
        "paused.wav": ["where is the", "nearest station"],
    }.items():
        sound, pauses = array("h", silence), []
        for part in parts:
            if len(sound) > len(silence):
                pauses.append({"start": len(sound) / RATE, "end": len(sound) / RATE + PAUSE})
                sound += array("h", bytes(round(2 * PAUSE * RATE)))
            sound += speech(part, folder)
        with wave.open(str(folder / name), "wb") as clip:
            clip.setparams((1, 2, RATE, 0, "NONE", ""))
            clip.writeframes((sound + silence).tobytes())
        end = len(sound) / RATE
        labels.append(
            {"file": name, "text": " ".join(parts), "source": "flite", "speech_end": end, "pauses": pauses}
        )
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARK), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.fixture(scope="module")
def measured(clips: Path) -> dict[str, dict[str, Any]]:
    """Measure three policies; return their figures by patience."""
    done = run(
        clips, "--detector", "silence", "--patience", "0.5", "--patience", "2", "--patience", "normal",
        "--recordings", clips / "heard.json", "--json", clips / "figures.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {policy["patience"]: policy for policy in json.loads((clips / "figures.json").read_text())}


def test_half_a_second_of_silence_cuts_off_a_pause_of_one_second(measured: dict[str, dict[str, Any]]) -> None:
    hasty = measured["0.5"]
    assert (hasty["detector"], hasty["clips"], hasty["paused_clips"]) == ("silence", 2, 1)
    assert (hasty["cut_offs"], hasty["paused_cut_offs"], hasty["delays"]) == (1, 1, 1)
    assert 0.4 < hasty["delay_mean"] == hasty["delay_p50"] == hasty["delay_p95"] < 0.9


def test_two_seconds_of_silence_cut_nobody_off_and_delay_the_answer(
    measured: dict[str, dict[str, Any]],
) -> None:
    patient = measured["2.0"]
    assert (patient["cut_offs"], patient["delays"], patient["unanswered"]) == (0, 2, 0)
    assert 1.9 < patient["delay_p50"] <= patient["delay_p95"] < 2.4
    assert patient["sources"]["flite"]["clips"] == 2


def test_no_word_is_lost_if_the_bot_cuts_in(measured: dict[str, dict[str, Any]]) -> None:
    assert {policy["lost_words"] for policy in measured.values()} == {0}


def test_the_curve_is_drawn(clips: Path, measured: dict[str, dict[str, Any]]) -> None:
    if find_spec("matplotlib") is None:
        pytest.skip("needs the extra bench")
    done = run(
        clips, "--detector", "silence", "--recordings", clips / "heard.json", "--sweep", clips / "curve.png"
    )
    assert done.returncode == 0, done.stderr
    assert (clips / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--detector", "telepathy"], "there is no turn detector 'telepathy'; there are: judgement"),
        (["--patience", "endless"], "give quick, normal, relaxed, seconds, or bounds"),
        (["--source", "real"], "has no source real; it has flite"),
    ],
)
def test_invalid_arguments_are_reported(clips: Path, arguments: list[str], complaint: str) -> None:
    done = run(clips, *arguments)
    assert done.returncode == 1
    assert complaint in done.stderr


def test_a_folder_without_labels_is_reported(tmp_path: Path) -> None:
    assert "it must list the clips of this folder" in run(tmp_path).stderr
