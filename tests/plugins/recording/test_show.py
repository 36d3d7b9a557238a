"""`voicebot show` fits into 80 columns, and the parts of each turn follow one another."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from voicebot import TurnTimed, load_prices, turn_parts
from voicebot.testing import simulated
from voicebot_recording.show import command
from voicebot_recording.waterfall import waterfall

from .talks import only, talk


@simulated
async def test_each_turn_has_bars_whose_sum_is_the_time_until_the_answer(tmp_path: Path) -> None:
    await talk(tmp_path)
    recording = only(tmp_path)
    lines = [click.unstyle("".join(parts)) for parts in waterfall(recording, load_prices())]

    assert max(map(len, lines)) <= 80
    assert any(line.endswith("You: what is the time") for line in lines)
    assert any("look: done after 0.20 s" in line for line in lines)
    timed = [each for each in recording.events() if isinstance(each, TurnTimed)]
    assert [line.strip() for line in lines if "answered after" in line] == [
        f"answered after {each.first_sound - each.speech_stopped:.2f} s"  # type: ignore[operator]
        for each in timed
    ]
    first = lines[lines.index(next(line for line in lines if "answered after" in line)) :]
    bars = {
        line[2:27].strip(): line[34:64] for line in first[1 : 1 + len(turn_parts(timed[0]))] if "█" in line
    }
    ends = [len(bar.rstrip()) for bar in bars.values()]
    begins = [len(bar) - len(bar.lstrip()) for bar in bars.values()]
    assert all(begin in {end, end - 1} for begin, end in zip(begins[1:], ends, strict=False))


@simulated
async def test_a_narrow_terminal_has_words_instead_of_bars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    lines = CliRunner().invoke(command, [str(only(tmp_path).folder)]).stdout.splitlines()
    assert max(map(len, lines)) <= 40
    shown = " ".join(line.strip() for line in lines)
    assert re.search(r"waiting for you to finish \d\.\d\d turns", shown)
    assert "█" not in shown


@simulated
async def test_what_is_no_recording_is_said_in_one_line(tmp_path: Path) -> None:
    await talk(tmp_path, sound=False)
    shown = CliRunner().invoke(command, [str(only(tmp_path).folder)])
    assert (shown.exit_code, shown.stderr) == (
        0,
        f"warning: {only(tmp_path).folder}: recorded without sound\n",
    )

    refused = CliRunner().invoke(command, [str(tmp_path)])
    assert (refused.exit_code, refused.stdout) == (1, "")
    absent = "no recording: there is no events.jsonl in it"
    assert refused.stderr == f"Error: {tmp_path}: {absent}, but recordings: {tmp_path}/*\n"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert CliRunner().invoke(command, [str(empty)]).stderr == f"Error: {empty}: {absent}\n"
