"""What `voicebot serve` says to people who start it wrongly, each in one line."""

from __future__ import annotations

import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from voicebot import ConfigError, load_config
from voicebot.cli.output.logs import verbose_option
from voicebot_serve.command import command
from voicebot_serve.launch import say_what_to_open
from voicebot_serve.store.store import StoreError

KEYS = "serve: {keys: {shop: '${SHOP_KEY:-a long and secret key}'}}\n"


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "robin.yaml"
    path.write_text("extends: offline.yaml\nname: Robin\n")
    return path


def said(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(command, [str(each) for each in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output.strip().splitlines()[-1]


def test_a_port_in_use(bot: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, line = said(bot, "--port", str(taken.getsockname()[1]))
    assert status == 1
    assert "cannot be used: Address already in use" in line
    assert line.endswith("choose another with --host or --port")


def test_an_address_that_is_none(bot: Path) -> None:
    with_keys = bot.with_name("keyed.yaml")
    with_keys.write_text(f"extends: offline.yaml\n{KEYS}")
    for host in ("no.such.host.invalid", "192.0.2.1"):
        status, line = said(with_keys, "--host", host)
        assert status == 1
        assert f"{host} port 8080 cannot be used" in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_row_4_an_open_address_without_a_key_is_refused(bot: Path, host: str) -> None:
    status, line = said(bot, "--host", host)
    assert status == 2
    assert f"others reach --host {host}" in line
    assert "serve: {open: true}" in line


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_row_10_an_address_that_others_reach_without_tls_is_warned_about(
    bot: Path, host: str, warned: bool, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    say_what_to_open([load_config(bot)], host, 8080)
    assert capsys.readouterr().out.startswith("Robin is at http://")
    assert [each.levelname for each in caplog.records if "without TLS" in each.message] == [
        "WARNING"
    ] * warned


def test_row_10_a_proxy_on_another_machine_is_taken_to_have_tls(
    bot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for proxies, warnings in (("127.0.0.0/8, '::1'", 1), ("127.0.0.1, 172.16.0.0/12", 0)):
        caplog.clear()
        bot.write_text(f"extends: offline.yaml\nserve: {{trusted_proxies: [{proxies}]}}\n")
        say_what_to_open([load_config(bot)], "0.0.0.0", 8080)
        assert sum("without TLS" in each for each in caplog.messages) == warnings


def test_row_6_a_key_that_could_be_guessed_is_warned_about(
    bot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot.write_text("extends: offline.yaml\nserve: {keys: {shop: sesame-sesame, other: 0123456789abcdef}}\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said(bot, "--port", str(taken.getsockname()[1]))
    (warning,) = (each for each in caplog.messages if "guessed" in each)
    assert "the key of shop in `serve.keys` has less than 16 characters" in warning
    assert "sesame" not in warning


VALUES = {
    "host": ("192.0.2.1", "192.0.2.1"),
    "port": ("1", 1),
    "workers": ("2", 2),
    "drain": ("7.5", 7.5),
    "most": ("3", 3),
    "store": ("redis://redis", "redis://redis"),
    "no_watch": ("1", True),
    "log_format": ("json", "json"),
}


def test_every_option_is_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {each.name: each for each in command.params if isinstance(each, click.Option)}
    variables = {
        name: f"VOICEBOT_SERVE_{max(each.opts, key=len).lstrip('-').replace('-', '_').upper()}"
        for name, each in options.items()
    }
    assert set(options) - {"verbose"} == set(VALUES)
    for name, (written, _) in VALUES.items():
        monkeypatch.setenv(variables[str(name)], written)
    read = command.make_context("serve", ["offline"]).params
    assert {name: read[name] for name in VALUES} == {name: value for name, (_, value) in VALUES.items()}


@pytest.mark.parametrize(
    ("written", "level"), [("1", 1), ("true", 1), ("2", 2), ("0", 0), ("no", 0), ("", 0)]
)
def test_the_variable_of_a_counted_option_takes_a_number_or_yes(
    written: str, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_SERVE_VERBOSE", written)
    counted: list[int] = []
    option = verbose_option()
    option.callback = lambda _, __, count: counted.append(count)
    serve = click.Command("serve", params=[option], context_settings=command.context_settings)
    serve.make_context("serve", [])
    serve.make_context("serve", ["-vvv"])  # goes before the variable
    assert counted == [level, 3]


@pytest.mark.parametrize("serve", ["{keys: {shop: '${NO_SUCH_KEY:-}'}}", "{origins: ['https://a.example']}"])
def test_row_4_an_empty_key_is_none_and_neither_is_an_origin(bot: Path, serve: str) -> None:
    bot.write_text(f"extends: offline.yaml\nserve: {serve}\n")
    assert said(bot, "--host", "0.0.0.0")[0] == 2


def test_two_bots_of_one_name(bot: Path, tmp_path: Path) -> None:
    other = tmp_path / "more" / bot.name
    other.parent.mkdir()
    other.write_text(bot.read_text())
    with pytest.raises(ConfigError, match="has the same name as"):
        said(bot, other, "--port", "0")


def test_a_name_that_cannot_be_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "my bot?.yaml"
    path.write_text("extends: offline.yaml\n")
    with pytest.raises(ConfigError, match="cannot be part of an address"):
        said(path, "--port", "0")


def test_a_config_with_a_wrong_section(bot: Path) -> None:
    bot.write_text("extends: offline.yaml\nserve: {key: {shop: x}, limits: {length: -1}}\n")
    with pytest.raises(ConfigError) as error:
        said(bot, "--port", "0")
    problems = [str(each) for each in error.value.problems if each.severity == "error"]
    assert any("unknown option 'key' of serve; did you mean 'keys'?" in each for each in problems)
    assert any("length must be more than 0" in each for each in problems)


def test_a_proxy_that_is_no_address(bot: Path) -> None:
    bot.write_text("extends: offline.yaml\nserve: {trusted_proxies: [my-proxy]}\n")
    with pytest.raises(ConfigError, match="my-proxy"):
        said(bot)


def test_workers_whose_store_is_away_say_so_once_and_before_they_start(
    bot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_SERVE_STORE", "")  # is restored; the command sets it for its workers
    with pytest.raises(StoreError, match="is not reached") as error:  # here, and not in a worker
        said(bot, "--port", "0", "--workers", "2", "--store", "redis://:hunter2@127.0.0.1:1/0")
    assert "hunter2" not in str(error.value)


def test_a_key_that_servers_share_without_a_store_is_warned_about(
    bot: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("VOICEBOT_SERVE_KEY", "0123456789abcdef0123456789abcdef")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said(bot, "--port", str(taken.getsockname()[1]))
    (warning,) = caplog.messages
    assert "give all of them the same store" in warning
