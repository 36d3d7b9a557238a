"""What tuning found, as lines of a terminal."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from voicebot_replay.tuning import Figures, Recommendation, Tuned, TurnSettings
from voicebot_replay.tuning.lines import tuned_lines

from ..talks import config


def found(tmp_path: Path) -> list[str]:
    """Return the lines about a setting with many turns."""
    patience = {"earliest": 0.5, "latest": 2.0}
    present = TurnSettings("smart-turn", patience, config(tmp_path), is_present=True)
    figures = Figures(1000, 123, (0.1, 0.15), 0.81, 10.5, 0.123, 1.0)
    recommendation = Recommendation("as good", None, ((present, figures),), figures)
    tuned = Tuned(recommendation, present, (), 2000, (1000, 1000), (1000, 1000), (7, 7), 5.0)

    return [click.unstyle(line) for line in tuned_lines(tuned, "bot.yaml")]


def test_the_table_fits_into_80_columns_with_many_turns(tmp_path: Path) -> None:
    lines = found(tmp_path)
    assert max(map(len, lines)) <= 80
    (row, _) = [line for line in lines if line.startswith("smart-turn, ")]
    assert " (now) " in row
    assert "123 of 1000   12.3 [10.0, 15.0]" in row


def test_a_narrow_terminal_has_a_paragraph_for_each_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = found(tmp_path)
    assert max(map(len, lines)) <= 40
    assert "(now): cut off 123 of 1000, 12.3 % [10.0, 15.0]; median " in " ".join(map(str.strip, lines))
