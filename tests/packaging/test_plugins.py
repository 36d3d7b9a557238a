"""Plugins by strangers, one of each kind: written by `new-plugin`, built, installed, and used."""

from __future__ import annotations

import json
import sys
import wave
from itertools import chain

import pytest

PLUGINS = {
    "voicebot-tones": "synthesizer",
    "mirror": "chat-model",
    "patient-ear": "turn-detector",
    "voicebot-keys": "recognizer",
    "tape": "audio-device",
    "voicebot-counts": "observer",
}
PROVIDERS = {
    ("synthesizer", "tones"),
    ("chat", "mirror"),
    ("turn_detector", "patient-ear"),
    ("recognizer", "keys"),
    ("device", "tape"),
    ("observer", "counts"),
}
ALL_TOGETHER = """\
system: ""
greeting: ""
recognizer: {provider: keys, words: {"1": I am happy}}
chat: {provider: mirror}
synthesizer: {provider: tones}
device: {provider: tape, input: keys.ul, output: answer.ul}
turn_detector: {provider: patient-ear}
voice_activity: null
observers: [{provider: counts, file: conversations.jsonl}]
"""

WRITE = """\
import sys
from voicebot.cli.main import cli

for name, kind in zip(sys.argv[1::2], sys.argv[2::2]):
    cli(["new-plugin", name, "--kind", kind], standalone_mode=False)
"""
BUILD = """\
import os, sys
from hatchling.build import build_wheel

for name in sys.argv[1:]:
    os.chdir(name)
    build_wheel("dist")
    os.chdir("..")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder that the plugins are written into."""
    return tmp_path_factory.mktemp("strangers")


@pytest.fixture(scope="module")
def shop(make_environment, release, folder, call):
    """Return an environment with the release of voicebot and a plugin of each kind."""
    environment = make_environment(folder / "venv")
    environment.pip_install(*release.glob("*.whl"))
    call(environment.python, "-c", WRITE, *chain(*PLUGINS.items()), cwd=folder)
    call(sys.executable, "-c", BUILD, *PLUGINS, cwd=folder)
    environment.pip_install(*folder.glob("*/dist/*.whl"))
    return environment


def test_a_plugin_of_each_kind_is_found_once_installed_and_its_config_is_fit_for_use(shop, folder, call):
    plugins = json.loads(call(shop.voicebot, "plugins", "--json", cwd=folder))

    strangers = [plugin for plugin in plugins if plugin["distribution"] in PLUGINS]
    assert {plugin["distribution"]: plugin["version"] for plugin in strangers} == dict.fromkeys(
        PLUGINS, "0.1.0"
    )
    assert [plugin["error"] for plugin in strangers] == [None] * len(PLUGINS)
    provided = [provider for plugin in strangers for provider in plugin["providers"]]
    assert {(provider["kind"], provider["name"]) for provider in provided} == PROVIDERS
    for name in PLUGINS:
        module = name.replace("-", "_")
        assert shop.imported_from(module) == shop.site_packages / module / "__init__.py"
    configs = [f"{name}/try.yaml" for name in PLUGINS]
    assert call(shop.voicebot, "check", *configs, cwd=folder).count(": ok\n") == len(configs)


def test_their_own_tests_pass(shop, folder, call):
    settings = folder / "tape" / "pyproject.toml"
    tests = [f"{name}/tests" for name in PLUGINS]

    call(shop.python, "-m", "pytest", "-c", settings, f"--basetemp={folder / 'tmp'}", *tests, cwd=folder)


def test_what_was_written_is_formatted_without_a_fault_and_typed(shop, folder, call):
    call(sys.executable, "-m", "ruff", "format", "--check", *PLUGINS, cwd=folder)
    call(sys.executable, "-m", "ruff", "check", *PLUGINS, cwd=folder)
    sources = [f"{name}/{part}" for name in PLUGINS for part in ("src", "tests")]
    call(shop.python, "-m", "mypy", "--strict", *sources, cwd=folder)


def test_each_is_used_alone(shop, folder, call):
    voice, keys, mirror = folder / "voicebot-tones", folder / "voicebot-keys", folder / "mirror"

    call(shop.voicebot, "say", "try.yaml", "Hello there.", "-o", "hello.wav", cwd=voice)
    with wave.open(str(voice / "hello.wav")) as said:
        assert said.getnframes() / said.getframerate() == pytest.approx(13 / 15, abs=0.01)

    call(shop.python, "tests/dial.py", "12", "digits.wav", cwd=keys)
    heard = call(shop.voicebot, "transcribe", "try.yaml", "digits.wav", cwd=keys)
    assert heard == "tell me a joke tell me a story\n"

    dialogue = call(shop.voicebot, "run", "try.yaml", "--type", cwd=mirror, typed="I like your voice\n")
    assert "Why do you say that you like my voice?" in dialogue


def test_a_bot_can_consist_of_what_strangers_wrote(shop, folder, call):
    (folder / "all.yaml").write_text(ALL_TOGETHER)
    call(shop.python, "voicebot-keys/tests/dial.py", "1", "keys.wav", cwd=folder)
    call(shop.python, "tape/tests/record.py", "keys.wav", "keys.ul", cwd=folder)

    dialogue = call(shop.voicebot, "run", "all.yaml", cwd=folder)

    assert "You: I am happy" in dialogue
    assert "Why do you say that you are happy?" in dialogue
    assert (folder / "answer.ul").stat().st_size > 8_000
    [line] = (folder / "conversations.jsonl").read_text().splitlines()
    assert json.loads(line)["turns"] == 1
