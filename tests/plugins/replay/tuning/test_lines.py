"""What tuning found, as lines of a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot_replay.tuning import Figures, Recommendation, Tuned, TurnSettings
from voicebot_replay.tuning.lines import tuned_lines

from ..talks import config


def test_the_table_fits_into_80_columns_with_many_turns(tmp_path: Path) -> None:
    patience = {"earliest": 0.5, "latest": 2.0}
    present = TurnSettings("smart-turn", patience, config(tmp_path), is_present=True)
    found = Figures(1000, 123, (0.1, 0.15), 0.81, 10.5, 0.123, 1.0)
    recommendation = Recommendation("as good", None, ((present, found),), found)
    tuned = Tuned(recommendation, present, (), 2000, (1000, 1000), (1000, 1000), (7, 7), 5.0)

    lines = [click.unstyle(line) for line in tuned_lines(tuned, "bot.yaml")]
    assert max(map(len, lines)) <= 80
    (row, _) = [line for line in lines if line.startswith("smart-turn, ")]
    assert " (now) " in row
    assert "123 of 1000   12.3 [10.0, 15.0]" in row
