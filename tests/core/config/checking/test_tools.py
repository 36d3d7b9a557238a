"""The section `tools`: what it allows and changes is checked as far as that needs no start."""

from __future__ import annotations

import pytest

from voicebot import Tool
from voicebot.config.checking.tools import offer_problems


def test_toolsets_are_selected_in_order_with_their_sections(load):
    config = load(
        """\
        WHOLE
        tools:
          - {provider: desk, allow: [clock, weather]}
          - provider: far
            allow: [get_time]
            overrides:
              get_time: {effect: reads, confirm: ""}
        """
    )

    assert [choice.name for choice in config.tools] == ["desk", "far"]
    assert config.tools[1].options.overrides["get_time"].effect == "reads"
    assert [place.line for toolset in config.toolsets for _, place in toolset.allowed()] == [5, 5, 7]


def test_a_toolset_must_say_what_is_allowed(problems):
    assert problems("WHOLE\ntools: [{provider: far}]") == ["bot.yaml:4:20: far needs the option 'allow'"]


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (
            "tools: [{provider: far, allow: [get time]}]",
            ["4:33: far: 'get time' must consist of 1 to 64 letters (a to z), digits, '_' and '-'"],
        ),
        (
            "tools: [{provider: far, allow: [now], overrides: {nwo: {effect: reads}}}]",
            ["4:51: far: 'nwo' is not in `allow`; did you mean 'now'?"],
        ),
        (
            "tools: [{provider: desk, allow: [clock, wether]}]",
            ["4:41: desk: there is no tool 'wether'; did you mean 'weather'?"],
        ),
        (
            "tools: [{provider: desk, allow: [swim]}]",
            ["4:34: desk: there is no tool 'swim'; its tools are weather, tides, book, clock"],
        ),
        (
            "tools: [{provider: desk, allow: [weather], overrides: {weather: {confirm: 'In {town} {?'}}}]",
            [
                "4:75: desk: confirm of weather: there is a lone '{' or '}'",
                "4:75: desk: confirm of weather: {town} is not an argument; its arguments are city, day",
            ],
        ),
    ],
)
def test_a_problem_has_its_place(problems, section, found):
    assert problems(f"WHOLE\n{section}") == [f"bot.yaml:{problem}" for problem in found]


def test_what_is_wrong_with_a_tool_itself_is_a_warning(load, tmp_path):
    config = load("WHOLE\ntools: [{provider: desk, allow: [book, tides]}]")

    assert [str(problem).replace(f"{tmp_path}/", "") for problem in config.warnings] == [
        "bot.yaml:4:34: warning: desk: book: its confirm: {people} is not an argument; "
        "its arguments are city, day",
        "bot.yaml:4:40: warning: desk: tides: the description has 1,025 characters; 1,024 are allowed; "
        "write a shorter one in `overrides`",
        "bot.yaml:4:40: warning: desk: tides: the schema has no 'properties'",
        "bot.yaml:4:40: warning: desk: tides: the schema is an array without 'items'",
        "bot.yaml:4:40: warning: desk: tides: the schema must have the type 'object', not 'array'",
    ]


@pytest.mark.parametrize(
    ("whole", "own", "warns"), [(30, 60, True), (30, 30, True), (30, 10, False), (90, 60, False)]
)
def test_a_toolset_that_may_start_longer_than_the_bot_is_a_warning(load, whole, own, warns):
    config = load(
        f"WHOLE\nstart_timeout: {whole}\ntools: [{{provider: far, allow: [now], start_timeout: {own}}}]"
    )

    found = [(each.severity, each.line, each.column) for each in config.warnings]
    assert found == [("warning", 5, 54)] * warns
    reason = f"far: may take {own} s to start, but after {whole} s"
    assert all(reason in str(each) for each in config.warnings)


def test_what_the_config_replaces_is_no_problem(load):
    config = load(
        "WHOLE\n"
        "tools: [{provider: desk, allow: [book], overrides: {book: {confirm: 'For {city}?'}}},"
        " {provider: far, allow: [anything], overrides: {anything: {confirm: 'With {anything}?'}}}]"
    )

    assert config.warnings == ()


def test_a_tool_of_a_name_that_is_taken_gets_a_number_and_a_warning(load, tmp_path):
    config = load(
        "WHOLE\ntools: [{provider: far, allow: [clock, now, now]}, {provider: desk, allow: [weather, clock]}]"
    )

    assert [str(problem).replace(f"{tmp_path}/", "") for problem in config.warnings] == [
        "bot.yaml:4:86: warning: desk: 'clock' is offered as 'clock_2', since far has a tool of that name"
    ]


def test_at_most_128_tools_are_allowed(load, problems):
    names = [f"tool_{number}" for number in range(129)]
    load(f"WHOLE\ntools: [{{provider: far, allow: [{', '.join(names[:128])}]}}]")

    (problem,) = problems(f"WHOLE\ntools: [{{provider: far, allow: [{', '.join(names)}]}}]")

    assert problem.endswith(": far: chat models take at most 128 tools; allow fewer")


def test_what_a_started_toolset_offers_is_compared_with_the_config(load, tmp_path):
    config = load("WHOLE\ntools: [{provider: far, allow: [now, then]}]")

    found = offer_problems(config.toolsets[0], {"now": Tool("now", "Tells the time.", {"type": "object"})})

    assert [str(problem).replace(f"{tmp_path}/", "") for problem in found] == [
        "bot.yaml:4:33: warning: far: now: the schema has no 'properties'",
        "bot.yaml:4:38: far: there is no tool 'then'; its tools are now",
    ]
