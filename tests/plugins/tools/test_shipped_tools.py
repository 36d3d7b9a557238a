"""The functions of the shipped bot: a clock, a calculator, and a shopping list in a file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from voicebot import load_config, shipped_configs


@pytest.fixture(scope="module")
def toolset():
    """Return the started functions of `tools.yaml`."""
    (choice, _) = load_config(shipped_configs()["tools"], environ={}).tools
    made = choice.make()
    asyncio.run(made.start())
    return made


@pytest.fixture
def ask(call, toolset, tmp_path, monkeypatch):
    """Return a function that calls one and returns its result, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda name, **arguments: asyncio.run(call(toolset, name, arguments))[-1]


def test_the_clock_tells_time_and_date(ask):
    assert re.fullmatch(r'\{"time":"\d\d:\d\d","date":"\w+, \w+ \d+"\}', ask("clock").text)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("12 * 7", "84"),
        ("(3 + 4) * -2", "-14"),
        ("twelve times seven", "84"),
        ("twenty one plus ninety nine", "120"),
        ("Ten divided by four", "2.5"),
        ("1 / 3", "0.3333333333"),
    ],
)
def test_sums_are_calculated_in_digits_and_words(ask, expression, result):
    assert ask("calculate", expression=expression).text == result


@pytest.mark.parametrize(
    "expression",
    [
        "1 / 0",
        "9" * 500,
        "2 ** 9",
        "__import__('os')",
        "love",
        "",
        "(" * 9_999,
        "1; 2",
        "True + 1j",
        "1 \0 2",
    ],
)
def test_what_is_no_sum_is_a_failure_with_a_reason(ask, expression):
    result = ask("calculate", expression=expression)

    assert result.failed
    assert result.text in (
        "that is not a sum of numbers with + - * / and parentheses",
        "that has no result",
    )


def test_a_shopping_list_is_kept_in_a_file(ask):
    assert ask("read_list").text == "nothing"
    assert ask("add_to_list", item="two  apples\n").text == "I put two apples on the list."
    assert ask("add_to_list", item="Milk").text == "I put Milk on the list."
    assert ask("add_to_list", item="milk").text == "The list has milk already."

    assert ask("read_list").text == "two apples, Milk"
    assert Path("shopping-list.txt").read_text(encoding="utf-8") == "two apples\nMilk\n"

    assert ask("clear_list").say == "Overboard it went. The list is empty."
    assert ask("read_list").text == "nothing"
    assert not ask("clear_list").failed


def test_throwing_the_list_away_has_to_be_confirmed(toolset):
    asks = {each.name: each.confirm for each in toolset.tools() if each.confirm}

    assert asks == {"clear_list": "Shall I throw the whole list away?"}
