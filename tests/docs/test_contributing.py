"""Checks what `docs/contributing.md` asks for and no other test does: that additions are complete.

Each failure names what is missing; the page says where it goes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from voicebot import ConversationEvent, Settings
from voicebot.cli.main import cli
from voicebot.plugin.manager import installed_commands, installed_plugins
from voicebot.plugin.packages import OURS
from voicebot.plugin.registry import KINDS, Registration
from voicebot.testing.contract import CONTRACTS

PROJECT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PLUGINS = sorted(path.parent.name for path in (PROJECT / "plugins").glob("*/__init__.py"))
CONTRACT = re.compile(r"^class \w+\(.*Contract\b.*\):", re.M)
TESTED_OTHERWISE = {
    "sound-card": "needs a sound card: tests/plugins/audio/test_sound_card.py",
    "opentelemetry": "needs a receiver: tests/plugins/observers/test_telemetry.py",
}
"""Providers whose contract is not run, and why."""


def ours() -> list[Registration]:
    """Return the providers that come with voicebot."""
    return [each for each in installed_plugins().registry if each.distribution == OURS]


def texts(folder: str, pattern: str = "*.py") -> Iterator[str]:
    """Yield the text of each file below a folder, except for this one."""
    for path in (PROJECT / folder).rglob(pattern):
        if path != Path(__file__):
            yield path.read_text(encoding="utf-8")


def test_the_contract_of_every_provider_is_run() -> None:
    tests = [text for text in texts("tests", "test_*.py") if CONTRACT.search(text)]
    for registration in ours():
        name = registration.provider.__name__
        is_run = any(re.search(rf"\b{name}\(", text) for text in tests)
        assert is_run or registration.name in TESTED_OTHERWISE, f"no test runs the contract of {name}"


def test_every_option_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "docs"))
    from generator.optionwords import describe

    models = {"the config": Settings} | {each.name: each.options for each in ours()}
    for name, model in models.items():
        options = describe(model)
        sections = {option.name.rpartition(".")[0] for option in options}
        unexplained = [each.name for each in options if not each.doc.strip() and each.name not in sections]
        assert unexplained == [], name


def test_every_option_of_a_command_is_explained() -> None:
    context = click.Context(cli)
    for entry in installed_commands():
        if entry.distribution == OURS:
            command = cli.get_command(context, entry.name)
            assert command is not None
            options = [option for option in command.params if isinstance(option, click.Option)]
            assert [option.opts for option in options if not option.help] == [], entry.name


@pytest.mark.parametrize("event", [event.__name__ for event in get_args(ConversationEvent)])
def test_every_event_is_published_and_tested(event: str) -> None:
    publishers = ("core/voicebot/engine", "plugins/voicebot_serve")
    tests = ("tests/core", "tests/plugins/serve")
    assert any(f"{event}(" in text for each in publishers for text in texts(each)), "nothing publishes it"
    assert any(event in text for each in tests for text in texts(each)), "no test expects it"


def test_every_kind_of_provider_has_a_contract_and_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "docs"))
    from generator import contract, providers

    assert set(CONTRACTS) == set(contract._KINDS) == set(providers._KINDS) == set(KINDS)


def test_required_modules_must_not_be_imported_at_module_level() -> None:
    required = {module.partition(".")[0] for each in ours() for module in each.requires}

    ruff = PYPROJECT["tool"]["ruff"]["lint"]
    assert required - set(ruff["flake8-tidy-imports"]["banned-module-level-imports"]) == set()


def test_every_dependency_is_pinned() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {
        canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")
    }
    project = PYPROJECT["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]

    assert {canonicalize_name(Requirement(line).name) for line in asked} - pinned == set()


def test_every_plugin_is_in_each_list_of_the_project() -> None:
    tool = PYPROJECT["tool"]
    linter = tool["importlinter"]
    packages = [path for path in tool["hatch"]["build"]["targets"]["wheel"]["packages"] if "plugins/" in path]
    by_name = {contract["name"]: contract for contract in linter["contracts"]}

    assert sorted(PYPROJECT["project"]["entry-points"]["voicebot"].values()) == PLUGINS
    assert sorted(path.removeprefix("plugins/") for path in packages) == PLUGINS
    assert set(PLUGINS) <= set(tool["mypy"]["packages"])
    assert set(PLUGINS) <= set(linter["root_packages"])
    assert set(PLUGINS) <= set(by_name["The core knows no vendor and no plugin"]["forbidden_modules"])
    assert set(PLUGINS) == set(by_name["Plugins do not know each other"]["modules"])
    assert set(PLUGINS) == set(by_name["Plugins use the public API alone"]["source_modules"])
