"""A file of prices: what is accepted, and what is said of mistakes, with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import ConfigError, ProviderUsed, load_config, load_prices

OWN = """currency: EUR
prices:
  - {provider: azure-tts, model: "*HD", date: 2026-11-30, characters: 30}
  - {provider: azure-stt, date: 2026-11-30, hour: 1}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_prices_of_the_user_come_before_those_that_voicebot_knows(tmp_path: Path) -> None:
    prices = load_prices(written(tmp_path, OWN))
    assert prices.currency == "EUR"
    heard = ProviderUsed(1.0, "recognizer", "azure-stt", seconds=3600.0)
    spoken = ProviderUsed(1.0, "synthesizer", "azure-tts", "en-US-NovaMultilingualNeuralHD", characters=1000)
    assert prices.cost([heard, spoken]).money == pytest.approx(1.03)
    assert prices.is_free(ProviderUsed(1.0, "synthesizer", "piper", characters=1000))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("currency: EURO\nprices: []\n", "1:11: currency: 'EURO' is not the code of a currency"),
        (
            "prices:\n  - {provider: x, date: 2026-11-30, imput: 1}\n",
            "2:37: unknown option 'imput' of item 1 of prices",
        ),
        ("prices:\n  - {provider: x, date: 2026-11-30, hour: -1}\n", "2:43: hour must be at least 0"),
        ("prices:\n  - {provider: x, date: 30.11.2026, hour: 1}\n", "2:25: "),
        ("prices:\n  - {provider: x, date: 2026-13-01, hour: 1}\n", "2:25: "),
        ("prices:\n  - {provider: x, date: 2026-11-30}\n", "2:5: "),
        ("prices:\n  - {provider: x, date: 2026-11-30, free: yes, hour: 1}\n", "2:5: "),
        ("prices: [\n", ":"),
        ("", ":"),
    ],
)
def test_mistakes_are_reported_with_their_place(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_prices(path)
    assert str(caught.value).splitlines()[0].startswith(f"{path}:{problem}".replace("::", ":"))


def test_a_config_reports_the_mistakes_in_its_prices(tmp_path: Path) -> None:
    prices = written(tmp_path, "prices:\n  - {provider: x, date: 2026-11-30, hour: a}\n")
    config = tmp_path / "bot.yaml"
    config.write_text("extends: offline.yaml\nprices: prices.yaml\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    assert any(problem.file == str(prices) and problem.line == 2 for problem in caught.value.problems)

    prices.write_text(OWN, encoding="utf-8")
    assert load_config(config).settings.prices == prices


def test_a_file_that_does_not_exist_is_named_where_the_config_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        load_prices(tmp_path / "none.yaml")

    config = tmp_path / "bot.yaml"
    config.write_text("extends: offline.yaml\nprices: offline.yaml\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == (str(config), 2, 9)
    named = tmp_path / "offline.yaml"
    assert problem.message == f"prices: {named}: no such file; its directory contains bot.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("- 1\n", "the file of prices must be a mapping of 'key: value' lines"),
        ("\0", "this is a binary file, not a file of prices in YAML"),
    ],
)
def test_a_file_of_prices_is_not_called_a_config(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_prices(written(tmp_path, text))
    assert [each.message for each in caught.value.problems] == [message]
