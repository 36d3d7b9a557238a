"""Finding and reading config files."""

from __future__ import annotations

import codecs
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import voicebot
from voicebot import ConfigError
from voicebot.config.load import load_config
from voicebot.config.shipped import shipped_configs

CONFIG = "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer: {provider: mouth}\nname: Zoë\n"


def complaint(path, plugins):
    with pytest.raises(ConfigError) as caught:
        load_config(path, plugins=plugins, environ={})
    (problem,) = caught.value.problems
    return problem


def test_a_missing_file_brings_a_similar_name_from_its_directory(tmp_path, plugins, write):
    write("captain.yaml", CONFIG)
    path = tmp_path / "captian.yaml"

    assert (
        str(complaint(path, plugins)) == f"{path}: no such file; did you mean '{tmp_path / 'captain.yaml'}'?"
    )


def test_a_missing_suffix_is_a_similar_name(tmp_path, plugins, write):
    write("captain.yaml", CONFIG)

    assert f"did you mean '{tmp_path / 'captain.yaml'}'?" in complaint(tmp_path / "captain", plugins).message


def test_without_a_similar_name_the_configs_in_the_directory_are_listed(tmp_path, plugins, write):
    for name in ("one.yaml", "two.yml", "notes.txt"):
        write(name, CONFIG)

    message = complaint(tmp_path / "quite-different.yaml", plugins).message

    assert message == "no such file; its directory contains one.yaml and two.yml"


@pytest.mark.skipif(not shipped_configs(), reason="needs at least one shipped config")
def test_a_missing_file_named_like_a_shipped_config_brings_advice_on_writing_it(tmp_path, plugins):
    name = next(iter(shipped_configs()))

    message = complaint(tmp_path / f"{name}.yaml", plugins).message

    assert message.startswith(f"no such file; `voicebot init --from {name}` writes the config")


def test_a_missing_directory_is_named(tmp_path, plugins):
    assert complaint(tmp_path / "no" / "bot.yaml", plugins).message == (
        f"no such file; there is no directory '{tmp_path / 'no'}'"
    )


def test_for_a_directory_the_configs_in_it_are_listed(tmp_path, plugins, write):
    write("captain.yaml", CONFIG)

    assert (
        complaint(tmp_path, plugins).message == "this is a directory, not a config; it contains captain.yaml"
    )


def test_a_file_that_cannot_be_read_is_reported_with_the_reason(tmp_path, plugins):
    path = tmp_path / "loop.yaml"
    path.symlink_to(path)

    assert complaint(path, plugins).message.startswith("the file cannot be read: ")


def test_a_file_used_as_a_directory_is_reported(tmp_path, plugins, write):
    path = write("captain.yaml", CONFIG) / "bot.yaml"

    assert "cannot be read" in complaint(path, plugins).message


def test_a_binary_file_is_reported_as_such(tmp_path, plugins):
    path = tmp_path / "sound.wav"
    path.write_bytes(b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0")

    assert complaint(path, plugins).message == "this is a binary file, not a config in YAML"


def test_text_that_is_not_utf_8_is_reported_at_its_first_invalid_byte(tmp_path, plugins):
    path = tmp_path / "bot.yaml"
    path.write_bytes("system: x\nname: Zoë\n".encode("latin-1"))

    problem = complaint(path, plugins)

    assert (problem.line, problem.column) == (2, 9)
    assert problem.message.startswith("the file is not text in UTF-8")


def test_a_huge_file_is_not_read_to_its_end(tmp_path, plugins):
    path = tmp_path / "film.yaml"
    path.write_bytes(b"a" * 1_000_001)

    assert complaint(path, plugins).message == "the file is too large for a config (over 1 MB)"


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + CONFIG.encode(),
        CONFIG.encode("utf-16"),
        codecs.BOM_UTF16_BE + CONFIG.encode("utf-16-be"),
        CONFIG.replace("\n", "\r\n").encode(),
    ],
    ids=["byte order mark", "utf-16 as PowerShell writes it", "utf-16 big endian", "line ends of Windows"],
)
def test_files_of_windows_editors_are_read(tmp_path, plugins, raw):
    path = tmp_path / "bot.yaml"
    path.write_bytes(raw)

    assert load_config(path, plugins=plugins, environ={}).settings.name == "Zoë"


def test_a_config_can_be_loaded_by_name_or_path(tmp_path, plugins, write):
    path = write("bot.yaml", dedent(CONFIG))

    assert load_config(str(path), plugins=plugins, environ={}).path == path


def test_shipped_configs_are_named_without_their_suffix():
    assert all(path.is_file() and path.name == f"{name}.yaml" for name, path in shipped_configs().items())


def test_in_a_wheel_the_shipped_configs_are_inside_the_package(tmp_path):
    package = Path(voicebot.__file__).parent
    shutil.copytree(package, tmp_path / "voicebot", ignore=shutil.ignore_patterns("__pycache__", "configs"))
    (tmp_path / "voicebot" / "configs").mkdir()
    (tmp_path / "voicebot" / "configs" / "parrot.yaml").write_text(CONFIG, encoding="utf-8")
    program = "from voicebot.config.shipped import shipped_configs; print(shipped_configs())"

    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    parrot = tmp_path.resolve() / "voicebot" / "configs" / "parrot.yaml"
    assert result.stdout.strip() == str({"parrot": parrot})
