"""The page of a recording: complete, safe, and the same as what the terminal shows."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import shutil
import sys
from pathlib import Path
from types import FrameType

import numpy
import pytest
import soundfile

from voicebot import TurnTimed, answered_after, load_prices, use_line
from voicebot.testing import VirtualClockLoop
from voicebot_recording.reading import open_recording
from voicebot_recording.report.page import page
from voicebot_recording.report.sound import page_sound

from ..talks import only, talk
from .parsed import Parsed

EVIL = "</script><img src=x onerror=alert(1)>\u202e"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that is complete; do not change it."""
    folder = tmp_path_factory.mktemp("whole")
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(talk(folder))
    return only(folder).folder


@pytest.fixture(scope="module")
def written(whole: Path) -> str:
    """The page about it; encoding sound takes a while."""
    return page([open_recording(whole)], lambda _: load_prices())


@pytest.fixture
def silent(whole: Path, tmp_path: Path) -> Path:
    """A copy of it without the sound."""
    return Path(shutil.copytree(whole, tmp_path / "talk", ignore=shutil.ignore_patterns("*.flac")))


def rewritten(recording: Path, old: str, new: str) -> Path:
    log = recording / "events.jsonl"
    text = log.read_text()
    assert old in text
    log.write_text(text.replace(old, new))
    return recording


def test_a_page_says_what_was_used(whole: Path, written: str) -> None:
    used = use_line(list(open_recording(whole).events()), load_prices())
    assert "characters spoken" in used
    assert used in Parsed(written).texts("p", "used")


def test_each_turn_has_its_words_its_waveform_and_the_parts_of_its_time(whole: Path, written: str) -> None:
    opened = open_recording(whole)
    parsed = Parsed(written)
    assert parsed.texts("h3") == ["Turn 1", "Turn 2"]
    words = " ".join(parsed.texts("span"))
    assert "what is the time" in words
    assert "It is noon, captain." in words
    assert any("look: done after 0.20 s" in text for text in parsed.texts("p", "tool"))

    timed = [each for each in opened.events() if isinstance(each, TurnTimed)]
    assert parsed.texts("p", "answered") == [f"answered after {answered_after(each):.2f} s" for each in timed]
    seconds = [float(text.removesuffix(" s")) for text in parsed.texts("span", "seconds")]
    total = sum(answered_after(each) or 0.0 for each in timed)
    assert sum(seconds) == pytest.approx(total, abs=0.005 * (1 + len(seconds)))
    settings = parsed.texts("code")
    assert len(settings) == len(seconds)
    assert set(settings) <= {"turns.patience", "recognizer", "chat", "tools", "synthesizer"}
    assert "turns.patience" in settings
    waveforms = parsed.all("svg", "waveform")
    assert len(waveforms) == 1 + len(timed)
    assert waveforms[0]["data-to"] == f"{opened.sound.seconds:g}" if opened.sound else False


def test_both_sides_can_be_heard_at_their_times(whole: Path, written: str) -> None:
    sound = open_recording(whole).sound
    assert sound is not None
    (audio,) = Parsed(written).all("audio")
    kind, _, data = (audio["src"] or "").partition(";base64,")
    assert kind == "data:audio/ogg"
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    assert rate == 16_000
    assert len(samples) / rate == pytest.approx(sound.seconds, abs=0.05)
    bot = numpy.frombuffer(b"".join(sound.bot()), "<i2") / 32_768
    loud = numpy.abs(bot).max() / 2
    begins = numpy.flatnonzero(numpy.abs(bot) > loud)[0] / sound.rate
    quiet = round((begins - 0.5) * rate)  # before, a little of the user is in this channel
    heard = (quiet + numpy.flatnonzero(numpy.abs(samples[quiet:, 1]) > loud)[0]) / rate
    assert heard == pytest.approx(begins, abs=0.03)


def test_no_python_runs_within_the_encoder_where_a_ctrl_c_would_be_lost(whole: Path) -> None:
    within: list[str] = []

    def record(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name.startswith(
            "vio_"
        ):  # of soundfile, which libsndfile calls
            within.append(frame.f_code.co_name)

    sound = open_recording(whole).sound
    assert sound is not None
    before = sys.getprofile()
    sys.setprofile(record)
    try:
        encoded = page_sound(sound)
    finally:
        sys.setprofile(before)
    assert within == []
    assert encoded.seconds == sound.seconds


def test_no_text_of_a_recording_becomes_markup(silent: Path) -> None:
    rewritten(silent, "what is the time", json.dumps(EVIL)[1:-1])
    rewritten(silent, '"Polly"', json.dumps(EVIL))
    rewritten(silent, '"name":"look"', f'"name":{json.dumps(EVIL)}')
    folder = Path(shutil.move(silent, silent.with_name("<img src=x>")))
    with (folder / "events.jsonl").open("a") as log:
        log.write("{")
    parsed = Parsed(page([open_recording(folder)], lambda _: load_prices()))
    assert parsed.all("img") == []
    assert len(parsed.all("script")) == 1
    assert not [name for _, attributes, _ in parsed.elements for name in attributes if name.startswith("on")]
    assert "".join(parsed.texts("span")).count("onerror=alert(1)>") == 1
    assert any("</script><img" in text for text in parsed.texts("p", "tool"))
    assert "\u202e" not in page([open_recording(folder)], lambda _: load_prices())


def test_nothing_is_loaded_from_elsewhere(written: str) -> None:
    parsed = Parsed(written)
    (policy,) = [each["content"] for each in parsed.all("meta") if "http-equiv" in each]
    rules = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    assert rules["default-src"] == "'none'"
    for rule, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = [text for name, _, text in parsed.elements if name == tag]
        digest = base64.b64encode(hashlib.sha256("".join(content).encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    loaded = [
        value or ""
        for _, attributes, _ in parsed.elements
        for name, value in attributes.items()
        if name in ("src", "href", "style", "action", "data", "srcset")
    ]
    assert [each.partition(";")[0] for each in loaded] == ["data:audio/ogg"]
    assert not re.search(r"url\(|@import|//", "".join(parsed.texts("style")))


def test_several_recordings_are_on_one_page_with_links_to_each(silent: Path) -> None:
    parsed = Parsed(page([open_recording(silent)] * 2, lambda _: load_prices()))
    assert [each["href"] for each in parsed.all("a")] == ["#call-1", "#call-2"]
    assert [each["id"] for each in parsed.all("article")] == ["call-1", "call-2"]
    assert parsed.texts("h3") == ["Turn 1", "Turn 2"] * 2


@pytest.mark.parametrize(
    ("left_out", "shown", "missing"),
    [
        ("sound", "what is the time", "<audio"),
        ("text", "words left out", "what is the time"),
        ("tools", "look: done", "Tortuga"),
    ],
)
def test_what_was_left_out_is_not_there(tmp_path: Path, left_out: str, shown: str, missing: str) -> None:
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(talk(tmp_path, **{left_out: False}))
    recording = only(tmp_path)
    (recording.folder / "sound.flac").unlink(missing_ok=True)
    text = page([open_recording(recording.folder)], lambda _: load_prices())
    plain = re.sub(r"<[^>]*>", "", text)
    assert " ".join(shown.split()) in " ".join(plain.split())
    assert missing not in text
    assert f"recorded without {left_out}" in plain
    assert "Play from" not in text, "there is nothing to play"


def test_one_that_was_cut_off_in_mid_line_is_shown_up_to_there(silent: Path) -> None:
    log = silent / "events.jsonl"
    log.write_bytes(log.read_bytes()[: int(log.stat().st_size * 0.6)])
    parsed = Parsed(page([open_recording(silent)], lambda _: load_prices()))
    assert parsed.texts("h3") == ["Turn 1"]
    assert any("last line is incomplete" in text for text in parsed.texts("p", "warning"))
