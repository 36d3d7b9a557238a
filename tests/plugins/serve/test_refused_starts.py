"""What the command says when it cannot serve: one line, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot.cli.main import cli

_MINIMAL = "extends: offline.yaml\n"


def refusal_of(*arguments: str) -> tuple[int, str]:
    """Return the exit code, and the only line of the error."""
    result = CliRunner().invoke(cli, ["serve", *arguments])
    error = result.output.strip().splitlines()
    return result.exit_code, error[-1]


@pytest.mark.parametrize(
    "keys", ["", "serve: {keys: {shop: ''}}\n", "serve: {origins: ['https://a.example']}\n"]
)
def test_row_4_an_open_address_needs_a_key_a_login_or_a_clear_word(keys: str, tmp_path: Path) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text(_MINIMAL + keys)
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        code, error = refusal_of(str(config), "--host", host, "--port", "0")
        assert code == 2
        assert "does not say who may come in" in error


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text(_MINIMAL)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, error = refusal_of(str(config), "--port", str(port))
    assert code == 1
    assert f"127.0.0.1 port {port} cannot be used" in error
    assert "choose another with --host or --port" in error


def test_an_address_of_another_machine_and_one_that_is_none_are_named(tmp_path: Path) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text(f"{_MINIMAL}serve: {{open: true}}\n")
    for host in ("192.0.2.1", "no such host", ""):
        code, error = refusal_of(str(config), "--host", host, "--port", "0")
        assert code in (1, 2)
        assert "cannot be used" in error or "who may come in" in error


def test_configs_that_cannot_be_served_are_named_by_their_file(tmp_path: Path) -> None:
    for folder, name in (("a", "bot.yaml"), ("b", "bot.yaml"), ("a", "my bot.yaml"), ("a", "wrong.yaml")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(_MINIMAL)
    (tmp_path / "a" / "wrong.yaml").write_text(f"{_MINIMAL}serve: {{limits: {{junk: many}}}}\n")
    a, b = tmp_path / "a", tmp_path / "b"
    for arguments, says in (
        ([str(a / "none.yaml")], "none.yaml"),
        ([str(a / "bot.yaml"), str(b / "bot.yaml")], "the same name"),
        ([str(a / "my bot.yaml")], "cannot be part of an address"),
        ([str(a / "wrong.yaml")], "junk"),
    ):
        code, error = refusal_of(*arguments, "--port", "0")
        assert code in (1, 2), arguments
        assert says in error
        assert "Traceback" not in error
