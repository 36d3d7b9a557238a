"""The config that commands use if none is given: the user's own, or the best that can be used."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from voicebot import Registry
from voicebot.cli.resources.default_config import BEST_FIRST, better_default, default_config, short_name
from voicebot.config.shipped import shipped_configs

SERVICES = ("azure-stt", "azure-tts", "azure-openai", "openai-stt", "openai-tts", "wyoming")
PROVIDERS = {
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
    for name, (kind, package) in PROVIDERS.items():
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
        (installed(lacking=["whisper", "espeak"]), "offline"),
    ],
)
def test_the_best_config_for_which_everything_is_installed_is_used(
    here: Path, registry: Registry, name: str
) -> None:
    assert default_config(registry) == shipped_configs()[name]


@pytest.mark.parametrize("own", ["local.yaml", "offline.yaml", "offline.yml"])
def test_the_users_own_config_of_such_a_name_takes_precedence(here: Path, own: str) -> None:
    (here / own).write_text("name: Mine\n")

    for registry in (installed(), installed(lacking=["whisper"])):
        assert default_config(registry) == Path(own)


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
