"""Hostile configs: whatever they contain, a few lines are reported, and quickly."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from voicebot import ConfigError
from voicebot.config.load import load_config

TOO_DEEP = "bot.yaml:1:1: lists and mappings are nested too deeply, or one contains itself"
TOO_MUCH = "bot.yaml:1:1: the file is too large for a config (over 20,000 values)"


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 25_000,
        "a: " + "[" * 25_000 + "]" * 25_000,
        "a: " + "{b: " * 25_000,
        "a:\n  " + "- " * 25_000 + "b\n",
        "a:\n" + "".join(f"{' ' * depth}b:\n" for depth in range(1, 500)),
        "? " * 25_000,
        "a: &a0 [x]\n" + "".join(f"b{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5_000)),
        "a: &a\n  <<: *a\n",
        "a: &a0 {}\n" + "".join(f"b{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 2_000)),
    ],
    ids=[
        "never closed",
        "closed",
        "mappings",
        "dashes",
        "indentation",
        "keys",
        "aliases",
        "one that takes itself over",
        "mappings that take each other over",
    ],
)
def test_nesting_depth_is_limited(problems, text):
    assert problems(text) == [TOO_DEEP]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"key{number}: 1\n" for number in range(60_000)),
        "a: {" + "b," * 300_000,
        "a: [" + ",".join(f"&a{number} x" for number in range(60_000)) + "]\n",
    ],
    ids=["unknown sections", "entries", "anchors"],
)
def test_the_number_of_values_is_limited(problems, text):
    assert problems(text) == [TOO_MUCH]


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("WHOLE\n" + "".join(f"key{number}: 1\n" for number in range(2_000)), 200),
        ("mouth: 1\n" + "".join(f"key{number}: 1\n" for number in range(2_000)), 203),
        (
            "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer:\n  provider: mouth\n"
            + "".join(f"  key{number}: 1\n" for number in range(2_000)),
            200,
        ),
        ("WHOLE\nphrases:\n" + "- [1]\n" * 2_000, 200),
    ],
    ids=["sections", "sections and too few", "options", "items"],
)
def test_the_number_of_reported_mistakes_is_limited(problems, text, most):
    assert len(problems(text)) == most


@pytest.mark.parametrize(
    "value", [":".join(["1"] * 300_000), "1" * 300_000, "0x" + "f" * 300_000], ids=["base 60", "10", "16"]
)
def test_a_number_with_very_many_digits_is_rejected(problems, value):
    assert "bot.yaml:4:16: this value cannot be read as '!!int'" in problems(
        f"WHOLE\nstart_timeout: {value}\n"
    )


def test_deeply_nested_variables_are_rejected(problems):
    text = "WHOLE\nname: " + "${A:-" * 25_000 + "}" * 25_000

    assert problems(text) == ["bot.yaml:4:7: these variables are nested too deeply"]


def test_repeated_merging_of_an_empty_mapping_is_rejected(problems):
    text = "a: &a0 {}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 12)
    )

    assert problems(text) == ["bot.yaml:1:4: this is not valid YAML: its aliases expand to too many values"]


def test_the_number_of_directives_is_limited(problems):
    text = "".join(f"%TAG !a{n}! tag:x,{n}:\n" for n in range(30_000))

    assert problems(f"{text}---\na: 1\n") == [
        "bot.yaml:1:1: the file is too complex for a config (over 100 '%TAG')"
    ]


def test_messages_quote_only_the_beginning_of_long_values(problems):
    (only,) = problems(f"WHOLE\n? '{'k' * 900_000}'\n: 1\n")

    assert only.startswith("bot.yaml:4:3: unknown section 'kkk")
    assert len(only) < 2_100


def test_a_mistake_far_down_is_reported_at_its_location(problems):
    text = "WHOLE\n" + "# é\n" * 40_000

    assert problems(f"{text}a: b: c\n") == [
        "bot.yaml:40004:5: a second ': ' in one line; put quotes around a text that contains ': '"
    ]
    assert problems(f"{text}a: \x07\n") == ["bot.yaml:40004:4: the character U+0007 is not allowed in YAML"]


needs_posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")


@needs_posix
@pytest.mark.parametrize(
    ("extended", "complaint"),
    [
        ("pipe.yaml", "pipe.yaml:1:1: this is a pipe, not a file"),
        ("/dev/zero", "/dev/zero:1:1: this is a device, not a file"),
        ("/dev/null", "/dev/null:1:1: this is a device, not a file"),
        ("/proc/self/environ", "/proc/self/environ:1:1: this is a system file, not a config"),
        ("folder.yaml", "folder.yaml:1:1: this is a directory, not a config"),
        ("bot.yaml", "bot.yaml:1:10: extends leads back to the same config: bot.yaml -> bot.yaml"),
        ("n" * 300, f"bot.yaml:1:10: extends names '{'n' * 40}...', but there is no such config"),
    ],
    ids=["pipe", "endless", "null", "proc", "folder", "itself", "long name"],
)
def test_only_a_regular_file_can_be_extended(problems, tmp_path, extended, complaint):
    if extended.startswith("/proc") and not Path(extended).exists():
        pytest.skip("this system has no /proc")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()

    assert problems(f"extends: {extended}\n") == [complaint]


@needs_posix
def test_a_config_can_be_read_from_a_pipe(write, plugins):
    path = write("bot.yaml", "WHOLE\nname: Zoe\n")
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as process:
        piped = f"/dev/fd/{process.stdout.fileno()}"
        config = load_config(piped, plugins=plugins, environ={})

    assert config.settings.name == "Zoe"
    with pytest.raises(ConfigError, match="this is a device, not a file"):
        load_config("/dev/zero", plugins=plugins, environ={})
