"""`voicebot tools`: lists what the chat model may have run, and runs one by hand."""

from __future__ import annotations

import json
import os

import pytest

DESK = "tools: [{provider: desk, allow: [weather, book, 'no'], overrides: {weather: {timeout: 3}}}]"


@pytest.fixture
def bot(voicebot):
    voicebot.write("bot.yaml", DESK)
    return voicebot


def messages(ran):
    return [line for line in ran.stderr.splitlines() if not line.startswith(("<", "Starting "))]


def test_tools_are_listed_with_effect_origin_and_schema(bot):
    ran = bot("tools", "bot.yaml", "--schema")

    table, _, schemas = ran.stdout.partition("\n\n")
    assert (ran.returncode, messages(ran)) == (0, [])
    assert table.splitlines() == [
        "TOOL     EFFECT  CONFIRM                FROM  DESCRIPTION",
        "weather  reads                          desk  The weather in a city.",
        "book     writes  A table for {people}?  desk  Books a table.",
        "no       writes                         desk  Refuses␛[2J.",
    ]
    assert schemas.startswith('weather\n{\n  "type": "object",')


def test_a_toolset_that_fails_does_not_hide_the_others(voicebot):
    voicebot.write(
        "bot.yaml",
        "tools: [{provider: desk, start: raises, allow: [weather]}, {provider: desk, allow: [book]}]",
    )

    ran = voicebot("tools", "bot.yaml", "--json")

    assert ran.returncode == 1
    assert messages(ran) == ["error: bot.yaml: desk 1: nobody is at the desk"]
    (tool,) = json.loads(ran.stdout)
    assert (tool["name"], tool["from"], tool["confirm"]) == ("book", "desk 2", "A table for {people}?")


def test_a_failed_tool_fails(bot):
    ran = bot("tools", "bot.yaml", "call", "no")

    assert (ran.returncode, ran.stdout, messages(ran)) == (1, "", ["error: no: No."])


def test_a_tool_that_cancels_its_own_task_fails(voicebot):
    voicebot.write("bot.yaml", "tools: [{provider: desk, allow: [leave]}]")

    ran = voicebot("tools", "bot.yaml", "call", "leave")

    reason = "The tool was broken off. Whether it was done is not known."
    assert (ran.returncode, ran.stdout, messages(ran)) == (1, "", [f"error: leave: {reason}"])


def test_a_tool_that_has_to_be_confirmed_is_not_run_without_a_terminal(bot):
    ran = bot("tools", "bot.yaml", "call", "book", "people=2", stdin="y\n")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert messages(ran) == [
        "error: not run, since it has to be confirmed: A table for 2? (--yes confirms it)"
    ]


def test_a_confirmed_tool_is_run_and_its_progress_and_effects_are_printed(bot):
    ran = bot("tools", "bot.yaml", "call", "book", "--arguments", '{"people": 2}', "--yes")

    assert (ran.returncode, ran.stdout) == (0, 'Booked {"people": 2}\n')
    assert messages(ran) == [
        "Asking the␛[2J captain",
        "(the bot would remember: a table is booked)",
        "(the conversation would end when its answer was heard)",
        "(the bot would say: It is booked.)",
    ]


def test_on_a_terminal_the_user_is_asked(bot):
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
    user, program = pty.openpty()
    os.write(user, b"y\n")
    try:
        with bot.started(
            "tools", "bot.yaml", "call", "book", "people=2", stdin=program, stderr=program
        ) as process:
            output, _ = process.communicate(timeout=60)
        asked = os.read(user, 65536).decode()
    finally:
        os.close(program)
        os.close(user)

    assert (process.returncode, output) == (0, 'Booked {"people": 2}\n')
    assert "A table for 2? [y/N] " in asked


def test_a_mistake_is_one_line(bot):
    ran = bot("tools", "bot.yaml", "call", "weather", "citty=Bonn")

    assert ran.returncode == 2
    assert messages(ran)[-1] == "error: weather: there is no argument 'citty'; did you mean 'city'?"
