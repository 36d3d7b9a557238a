"""`voicebot cost`: the turns add up to the whole, for each recording and for all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot import ConfigError
from voicebot.testing import simulated
from voicebot_recording.cost import command
from voicebot_recording.show import command as show

from .talks import only, talk

PRICES = """currency: EUR
prices:
  - {provider: ScriptedRecognizer, date: 2026-11-30, hour: 36}
  - {provider: ScriptedSynthesizer, date: 2026-11-30, characters: 1000}
"""


@simulated
async def test_the_turns_of_a_recording_add_up(tmp_path: Path) -> None:
    await talk(tmp_path / "talks")
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES, encoding="utf-8")
    folder = str(only(tmp_path / "talks").folder)

    shown = CliRunner().invoke(command, [folder, "--prices", str(prices), "--json"])
    found = json.loads(shown.stdout)
    assert [turn["turn"] for turn in found["turns"]][:2] == [1, 2]
    for name in ("seconds", "characters", "money"):
        assert found[name] == pytest.approx(sum(turn[name] for turn in found["turns"]), abs=1e-5)
        assert found[name] > 0
    assert found["money"] == pytest.approx(found["seconds"] / 100 + found["characters"] / 1000, abs=1e-5)
    assert (found["currency"], found["unpriced"]) == ("EUR", [])

    table = CliRunner().invoke(command, [folder, folder, "--prices", str(prices)]).stdout
    assert max(map(len, table.splitlines())) <= 80
    assert f"€{found['money']:.4f}" in table
    assert "All 2 conversations" in table
    assert f"{2 * found['characters']:,}" in table.split("All 2 conversations")[1]


@simulated
async def test_a_narrow_terminal_has_a_paragraph_for_each_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(tmp_path)
    folder = str(only(tmp_path).folder)
    found = json.loads(CliRunner().invoke(command, [folder, "--json"]).stdout)
    monkeypatch.setenv("COLUMNS", "40")
    lines = CliRunner().invoke(command, [folder, folder]).stdout.splitlines()
    assert max(map(len, lines)) <= 40
    shown = " ".join(line.strip() for line in lines)
    first = found["turns"][0]
    assert f"turn 1: heard s {first['seconds']:.1f}, spoken {first['characters']}, " in shown
    assert f"all: heard s {found['seconds']:.1f}, spoken {found['characters']}, " in shown
    assert "no price is known for ScriptedRecognizer, ScriptedSynthesizer" in shown


@simulated
async def test_the_prices_of_the_recorded_config_are_used_if_they_are_there(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES, encoding="utf-8")
    for name, config in (
        ("priced", f"prices: {prices}"),
        ("gone", f"prices: {prices}.old"),
        ("none", "a: b"),
    ):
        await talk(tmp_path / name)
        (only(tmp_path / name).folder / "config.yaml").write_text(config, encoding="utf-8")
    priced, gone, none = (str(only(tmp_path / name).folder) for name in ("priced", "gone", "none"))

    assert "€" in CliRunner().invoke(command, [priced]).stdout
    assert "€" in CliRunner().invoke(show, [priced]).stdout
    without = CliRunner().invoke(command, [gone])
    said = f"the prices of its config, {prices}.old, are not there; --prices names others"
    assert f"{gone}: {said}" in without.stderr
    assert "no price is known" in without.stdout
    different = CliRunner().invoke(command, [priced, none])
    assert "no sum: the configs of these recordings name different prices" in different.stderr
    assert "All 2 conversations" not in different.stdout


@simulated
async def test_what_was_discarded_last_is_in_the_sum_of_all(tmp_path: Path) -> None:
    await talk(tmp_path)
    folder = only(tmp_path).folder
    with (folder / "events.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"type":"ReplyWithdrawn","at":99.0,"wasted_tokens":4321}\n')
    wasted = [json.loads(CliRunner().invoke(command, [str(folder), "--json"]).stdout)["wasted_tokens"]] * 2
    table = CliRunner().invoke(command, [str(folder), str(folder)]).stdout
    assert f" {sum(wasted):,} " in table.split("All 2 conversations")[1]
    assert wasted[0] >= 4321


@simulated
async def test_without_prices_there_are_amounts_and_a_question_mark(tmp_path: Path) -> None:
    await talk(tmp_path)
    shown = CliRunner().invoke(command, [str(only(tmp_path).folder)])
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[2].endswith(" ?")
    assert "no price is known for ScriptedRecognizer, ScriptedSynthesizer" in shown.stdout


def test_what_is_no_recording_is_refused_in_one_line_and_each_wrong_price_has_its_own(tmp_path: Path) -> None:
    refused = CliRunner().invoke(command, [str(tmp_path)])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"Error: {tmp_path}: no recording: there is no events.jsonl in it\n"

    prices = tmp_path / "prices.yaml"
    prices.write_text("currency: X\nprices:\n  - {provider: x, date: today, hour: 1}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:  # which the program shows like those of a config
        CliRunner().invoke(command, [str(tmp_path), "--prices", str(prices)], catch_exceptions=False)
    assert [(each.line, each.column) for each in caught.value.problems] == [(1, 11), (3, 25)]
