"""The program itself: fast help, suggestions, and help texts that agree."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from voicebot import __version__
from voicebot.cli.main import cli
from voicebot.plugin.commands import Commands

HEAVY = ("asyncio", "aiohttp", "numpy", "openai", "pydantic", "rich", "yaml")
PLUGINS = ("pluggy", "voicebot_audio")


def modules_after(*arguments: str) -> set[str]:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('MODULES', *sys.modules))\n"
        f"sys.argv = ['voicebot', *{list(arguments)!r}]\n"
        "from voicebot.cli.entry import main\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert "MODULES" in ran.stdout, ran.stderr
    return set(ran.stdout.partition("MODULES")[2].split())


COMMANDS = [entry.name for entry in Commands()]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)], ids=" ".join
)
def test_help_imports_no_slow_modules(arguments: list[str]) -> None:
    loaded = modules_after(*arguments)

    assert "voicebot.cli.main" in loaded
    assert not loaded.intersection(HEAVY)
    if arguments != ["--help"]:  # because it lists the commands of plugins too
        assert not loaded.intersection(PLUGINS)


def test_the_list_of_commands_agrees_with_their_own_help() -> None:
    context = click.Context(cli)

    for entry in Commands():
        command = cli.get_command(context, entry.name)
        assert command is not None
        assert command.get_short_help_str(100) == entry.help.removesuffix(".") + "."


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_lists_every_command(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 0
    assert all(f"  {name} " in result.output for name in COMMANDS)


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output == f"voicebot {__version__}\n"


def test_python_m_voicebot_runs_the_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "voicebot", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout == f"voicebot {__version__}\n"


def test_a_misspelt_command_gets_a_suggestion() -> None:
    result = CliRunner().invoke(cli, ["transscribe"])

    assert result.exit_code == 2
    assert "no such command 'transscribe'; did you mean 'transcribe'?" in result.output


def test_all_commands_are_listed_if_none_is_similar() -> None:
    assert "the commands are run, init, check," in CliRunner().invoke(cli, ["xyzzy"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_accepts_v(name: str) -> None:
    assert "-v, --verbose" in CliRunner().invoke(cli, [name, "--help"]).output
