"""How errors and warnings are printed."""

from __future__ import annotations

import asyncio
import errno
import logging

import click
import pytest
from click.testing import CliRunner

from voicebot import ConfigError, DeviceError, Problem, ProviderError
from voicebot.cli.main import LazyGroup, cli
from voicebot.cli.output import logs
from voicebot.cli.output.errors import report, show_python_warning

CONFIG_ERROR = ConfigError(
    [Problem("a.yaml", 2, 3, "no such thing"), Problem("a.yaml", 4, 1, "odd", "warning")]
)


def reported(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int | None, str]:
    status = report(error)
    captured = capsys.readouterr()
    assert captured.out == ""
    return status, captured.err


def test_a_config_error_is_one_line_per_problem_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(CONFIG_ERROR, capsys) == (
        2,
        "a.yaml:2:3: no such thing\na.yaml:4:1: warning: odd\n",
    )


def test_a_command_line_problem_has_no_location(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError([Problem("<command line>", 1, 1, "no such device")])

    assert reported(error, capsys) == (2, "error: no such device\n")


def test_a_command_line_warning_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError([Problem("<command line>", 1, 1, "unwise", "warning")])

    assert reported(error, capsys) == (2, "warning: unwise\n")


def test_a_problem_with_a_setting_names_the_command_line_without_line_and_column(
    capsys: pytest.CaptureFixture[str],
) -> None:
    problems = [Problem("command line", 1, 8, "no"), Problem("command line", 1, 8, "unwise", "warning")]

    assert reported(ConfigError(problems), capsys) == (2, "command line: no\ncommand line: warning: unwise\n")


def test_the_hint_of_a_config_error_follows_the_problems(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError([Problem("a.yaml", 2, 3, "not there")], hint="Buy one:\n  at the shop\n")

    assert reported(error, capsys) == (2, "a.yaml:2:3: not there\n\nBuy one:\n  at the shop\n")


def test_a_provider_error_is_one_line_per_message_and_status_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ProviderError("chat: not there\nsynthesizer: not there either")

    assert reported(error, capsys) == (1, "error: chat: not there\nerror: synthesizer: not there either\n")


def test_groups_are_unwrapped_to_any_depth(capsys: pytest.CaptureFixture[str]) -> None:
    error = ExceptionGroup("", [ProviderError("one"), ExceptionGroup("", [DeviceError("two")])])

    assert reported(error, capsys) == (1, "error: one\nerror: two\n")


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("a bug"),
        ExceptionGroup("", [ProviderError("known"), ZeroDivisionError("a bug")]),
        asyncio.CancelledError(),
        click.exceptions.Exit(0),
    ],
    ids=["alone", "beside what is known", "cancelled", "click's own"],
)
def test_foreign_exceptions_are_not_handled(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(error, capsys) == (None, "")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BaseExceptionGroup("", [KeyboardInterrupt()])])
def test_an_interrupt_is_status_130_without_output(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reported(error, capsys) == (130, "")


def test_a_broken_pipe_within_a_group_is_found_for_click() -> None:
    broken = BrokenPipeError(errno.EPIPE, "broken")

    with pytest.raises(BrokenPipeError) as raised:
        report(ExceptionGroup("", [ProviderError("because of it"), broken]))
    assert raised.value is broken


def test_a_bug_keeps_its_traceback() -> None:
    group = LazyGroup("voicebot")

    @group.command()
    def broken() -> None:
        raise ZeroDivisionError("a bug")

    group.get_command = lambda context, name: broken  # type: ignore[method-assign]
    result = CliRunner().invoke(group, ["check"])

    assert isinstance(result.exception, ZeroDivisionError)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nope"],
        ["nope"],
        ["run", "--nope"],
        ["run", "--input", "nowhere.wav"],
        ["run", "--type", "--output", "a.wav"],
        ["check-plugin"],
        ["init", "--from", "nowhere"],
        ["run", "offline", "--metrics", "no/such/file"],
        ["run", "--set", "rate"],
        ["emulate", "azure", "--port", "-1"],
        ["emulate", "azure", "--script", __file__],
        ["say"],
    ],
    ids=" ".join,
)
def test_usage_errors_look_like_other_errors(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code in (1, 2)
    assert [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert "Error" not in result.stderr
    assert result.stdout == ""


def test_python_warnings_look_like_other_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    show_python_warning("old", DeprecationWarning, "plugin.py", 3)

    assert capsys.readouterr().err == "warning: old (DeprecationWarning, plugin.py:3)\n"


@pytest.mark.parametrize(
    ("verbose", "line"), [((), "warning: it is late\n"), (("-v",), "warning: voicebot.x: it is late\n")]
)
def test_log_records_of_plugins_look_like_other_warnings(verbose: tuple[str, ...], line: str) -> None:
    group = LazyGroup("voicebot", params=[logs.verbose_option()])

    @group.command(params=[logs.verbose_option()])
    def late() -> None:
        logging.getLogger("voicebot.x").warning("it is late")

    group.get_command = lambda context, name: late  # type: ignore[method-assign]
    handlers = logging.root.handlers[:]
    try:
        result = CliRunner().invoke(group, [*verbose, "check"])
    finally:
        logging.root.handlers[:] = handlers

    assert result.stderr == line


def test_an_unknown_command_option_brings_a_hint_about_set() -> None:
    refused = CliRunner().invoke(cli, ["run", "--rate", "120"])
    other = CliRunner().invoke(cli, ["init", "--rate", "120"])

    assert (refused.exit_code, other.exit_code) == (2, 2)
    assert "No such option '--rate'" in refused.stderr
    assert "Set options of the config with --set SECTION.OPTION=VALUE." in refused.stderr
    assert "--set" not in other.stderr
