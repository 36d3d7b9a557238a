"""The config that commands use if none is given: the user's own, or the best that can be used."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot import Registry
from voicebot.cli.main import cli
from voicebot.cli.resources.default_config import (
    BEST_FIRST,
    PROVIDERS,
    better_default,
    default_config,
    short_name,
)
from voicebot.config.reading.extends import read_merged
from voicebot.config.reading.tree import to_data
from voicebot.config.shipped import shipped_configs
from voicebot.plugin.registry import SELECTED_ONCE

SERVICES = ("azure-stt", "azure-tts", "azure-openai", "openai-stt", "openai-tts", "wyoming")
REGISTERED = {
    "whisper": ("recognizer", "extra[local]"),
    "piper": ("synthesizer", "extra[local]"),
    "pocketsphinx": ("recognizer", "extra[offline]"),
    "espeak": ("synthesizer", "extra[offline]"),
    "fallback": ("chat", ""),
    "script": ("chat", ""),
}


def installed(lacking: Collection[str] = (), absent: Collection[str] = ()) -> Registry:
    """Return a registry of providers, some of which lack packages, and some of which are absent."""
    registry = Registry()
    for name, (kind, package) in REGISTERED.items():
        requires = {"no_such_module": package} if name in lacking else {}
        if name not in absent:
            registry.add(name, "nowhere:Provider", "nowhere:Options", kind=kind, requires=requires)
    return registry


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        (installed(), "local"),
        (installed(lacking=["pocketsphinx", "espeak"]), "local"),
        (installed(lacking=["piper"]), "offline"),
        (installed(absent=["whisper"]), "offline"),
        (installed(absent=["fallback"]), "offline"),
        (installed(lacking=["whisper", "espeak"]), "local"),
    ],
)
def test_the_best_config_for_which_everything_is_installed_is_used(
    here: Path, registry: Registry, name: str
) -> None:
    assert default_config(registry) == shipped_configs()[name]


@pytest.mark.parametrize("name", BEST_FIRST)
def test_the_providers_of_a_default_are_those_in_its_file(name: str) -> None:
    config = read_merged(shipped_configs()[name], {}, [])

    assert config is not None
    data = to_data(config.root, {})
    assert {kind: data[kind]["provider"] for kind in SELECTED_ONCE if kind in data} == PROVIDERS[name]


@pytest.mark.parametrize("text", ["extends: offline\n", "chat:\n  provider: [\n", '{"recognizer": {}}'])
@pytest.mark.parametrize("own", ["local.yaml", "offline.yaml", "offline.yml"])
def test_the_users_own_config_of_such_a_name_takes_precedence(here: Path, own: str, text: str) -> None:
    (here / own).write_text(text)

    for registry in (installed(), installed(lacking=["whisper"])):
        assert default_config(registry) == Path(own)


@pytest.mark.parametrize(
    "content", [b"services:\n  web: {extends: base}\n", b"", b"name: Mine\n", b"\xff\xfe\x00", None]
)
def test_a_file_of_another_program_is_not_used(here: Path, content: bytes | None) -> None:
    for name in ("local.yaml", "offline.yml"):
        if content is None:
            (here / name).mkdir()
            (here / name / "values.yaml").write_text("a: 1\n")
        else:
            (here / name).write_bytes(content)

    used = default_config(installed())

    assert used == shipped_configs()["local"]
    assert short_name(used) == used  # the short name means the file of the other program


def test_a_config_that_init_wrote_is_used_like_the_shipped_one(here: Path) -> None:
    assert CliRunner().invoke(cli, ["init", "--from", "wyoming"]).exit_code == 0

    assert default_config(installed()) == Path("local.yaml")
    assert default_config(installed(lacking=["whisper"])) == Path("offline.yaml")
    with Path("local.yaml").open("a") as file:
        file.write("name: Mine\n")
    assert default_config(installed(lacking=["whisper"])) == Path("local.yaml")


def test_no_default_uses_a_service(here: Path) -> None:
    for name in BEST_FIRST:
        text = shipped_configs()[name].read_text(encoding="utf-8")
        assert [service for service in SERVICES if f"provider: {service}" in text] == []


@pytest.mark.parametrize(
    ("registry", "used", "better"),
    [
        (installed(lacking=["piper", "whisper"]), "offline", ("local", ["extra[local]"])),
        (installed(absent=["piper"]), "offline", ("local", [])),
        (installed(), "local", ("", [])),
    ],
)
def test_what_a_better_config_needs_is_known(
    here: Path, registry: Registry, used: str, better: tuple[str, list[str]]
) -> None:
    assert better_default(shipped_configs()[used], registry) == better


def test_a_config_that_comes_with_voicebot_has_a_short_name(here: Path) -> None:
    assert short_name(shipped_configs()["local"]) == Path("local")
    assert short_name(Path("local.yaml")) == Path("local.yaml")
