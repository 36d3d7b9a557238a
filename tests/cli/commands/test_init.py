"""`voicebot init`: the files it writes work, and it overwrites nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from voicebot import ConfigError
from voicebot.cli.commands.init import CHOICES
from voicebot.cli.main import cli
from voicebot.config.load import load_config
from voicebot.config.shipped import SCHEMA
from voicebot.plugin.packages import install_command


def init(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["init", *map(str, arguments)])


@pytest.mark.parametrize("name", CHOICES)
def test_a_config_is_written_with_the_configs_it_extends(name: str, tmp_path: Path) -> None:
    result = init(tmp_path, "--from", name)

    assert result.exit_code == 0, result.output
    written = {path.name for path in tmp_path.iterdir()}
    assert {f"{name}.yaml", ".env.example", SCHEMA} <= written
    bases = {yaml.safe_load(path.read_text()).get("extends") for path in tmp_path.glob("*.yaml")}
    assert bases - {None} <= written
    assert f"voicebot run {tmp_path / name}.yaml" in result.output


def test_the_functions_that_a_config_names_are_written_with_it(tmp_path: Path) -> None:
    init(tmp_path, "--from", "tools")

    (python, _) = load_config(tmp_path / "tools.yaml", environ={}).tools
    assert python.options.model_dump()["file"] == tmp_path / "tools.py"
    assert (tmp_path / "tools.py").is_file()


def test_the_directory_is_created(tmp_path: Path) -> None:
    assert init(tmp_path / "my" / "bot").exit_code == 0
    assert (tmp_path / "my" / "bot" / "local.yaml").is_file()


def test_env_example_explains_every_variable_of_the_configs(tmp_path: Path) -> None:
    init(tmp_path, "--from", "pirate")

    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path / "pirate.yaml", environ={})
    messages = [problem.message for problem in raised.value.problems]
    needed = {text.split()[2] for text in messages if text.startswith("the variable")}
    example = (tmp_path / ".env.example").read_text().splitlines()
    assert needed == {line.removesuffix("=") for line in example if line.endswith("=")}


@pytest.mark.parametrize("there", ["pirate.yaml", "azure.yaml", ".env.example", SCHEMA])
def test_if_a_file_exists_nothing_is_written(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine")

    result = init(tmp_path, "--from", "pirate")

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {tmp_path / there} already exists with different content; nothing was written\n"
        "error: choose another directory: voicebot init DIR --from pirate\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_second_config_is_added_and_existing_files_are_kept(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "offline.yaml").write_text("mine")

    result = init(tmp_path, "--from", "pirate")

    assert result.exit_code == 0, result.output
    said = result.stdout.splitlines()
    assert {f"wrote {tmp_path / 'pirate.yaml'}", f"kept {tmp_path / '.env.example'}"} <= set(said)
    assert (tmp_path / "pirate.yaml").is_file()
    assert (tmp_path / "offline.yaml").read_text() == "mine"


def test_a_file_instead_of_a_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    result = init(tmp_path / "file")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: cannot write into {tmp_path / 'file'}: ")


def test_an_unknown_config_is_rejected_with_the_available_ones(tmp_path: Path) -> None:
    result = init(tmp_path, "--from", "parrot")

    assert result.exit_code == 2
    assert (
        "'local', 'offline', 'tools', 'ollama', 'wyoming', 'openai-audio', 'pirate', 'alfred', 'azure'"
        in result.output
    )


@pytest.mark.parametrize("name", CHOICES)
def test_the_schema_that_a_config_names_is_written_too(name: str, tmp_path: Path) -> None:
    init(tmp_path, "--from", name)

    schema = Draft7Validator(json.loads((tmp_path / SCHEMA).read_text(encoding="utf-8")))
    for path in tmp_path.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
        assert list(schema.iter_errors(yaml.safe_load(text))) == []


HIDE_POCKETSPHINX = """\
import sys

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "pocketsphinx":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hide())
"""


def test_a_config_with_missing_packages_is_written_with_a_hint(voicebot, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(HIDE_POCKETSPHINX)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(tmp_path)

    ran = voicebot("init", "bot", "--from", "offline")

    assert ran.returncode == 0
    command = install_command("voicebot-framework[offline]")
    assert f"warning: the config cannot run yet: {command}" in ran.stderr
