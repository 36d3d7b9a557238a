"""The JSON Schema of configs agrees with the loader; editors complete and check with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from voicebot import Field, Options, SecretStr, Synthesizer, Utterance, shipped_configs
from voicebot.cli.option_text import describe
from voicebot.config.json_schema.config_schema import config_schema, schema_text
from voicebot.config.shipped import SCHEMA
from voicebot.plugin.manager import Plugins, installed_plugins
from voicebot.plugin.packages import OURS

CONFIGS = shipped_configs()
EXTENDED = "extends: offline.yaml\n"
FALLBACK = EXTENDED + "synthesizer: {{provider: fallback, of: [{{provider: espeak}}, {}]}}"


@pytest.fixture(scope="module")
def installed() -> Draft7Validator:
    """Return the schema that an editor checks configs with."""
    return Draft7Validator(config_schema(installed_plugins().registry))


def said(validator: Draft7Validator, text: str) -> list[str]:
    """Return what an editor complains about in a config."""
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_shipped_configs_are_valid_in_an_editor(installed: Draft7Validator, name: str) -> None:
    assert said(installed, CONFIGS[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", CONFIGS)
def test_a_shipped_config_names_the_schema_next_to_it(name: str) -> None:
    first = CONFIGS[name].read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="

    assert first.startswith(prefix)
    assert CONFIGS[name].with_name(first.removeprefix(prefix)).is_file()
    assert first.endswith(SCHEMA)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (EXTENDED + "synthesizer: {provider: espeak, raet: 160}", "'raet' was unexpected"),
        (EXTENDED + "synthesizer: {raet: 160}", "is not valid under any of the given schemas"),
        (EXTENDED + "synthesizer: {provider: espeak, rate: fast}", "'fast' is not valid"),
        (EXTENDED + "synthesizer: {provider: espeak, rate: 1000}", "1000 is not valid"),
        (EXTENDED + "synthesizer: {provider: espaek}", "'espaek' is not valid"),
        (EXTENDED + "synthesizer: {provider: pocketsphinx}", "'pocketsphinx' is not valid"),
        (EXTENDED + "synthesizer: espeak", "'espeak' is not of type 'object'"),
        (EXTENDED + "synthesizer: null", "None is not of type 'object'"),
        (EXTENDED + "echo: no", "False is not valid"),
        (EXTENDED + "listening_tone: maybe", "'maybe' is not valid"),
        (EXTENDED + "phrases: ahoy", "'ahoy' is not of type 'array'"),
        (EXTENDED + "turns: {patience: slow}", "'slow' is not valid"),
        (EXTENDED + "turns: {after_asking: [{words: [who]}]}", "'patience' is a required property"),
        (EXTENDED + "synthesiser: {provider: espeak}", "'synthesiser' does not match"),
        (FALLBACK.format("{provider: espeak, raet: 160}"), "'raet' was unexpected"),
        (FALLBACK.format("{provider: script}"), "'script' is not valid"),
        (FALLBACK.format("{voice: amy}"), "'provider' is a required property"),
        (FALLBACK.format("{provider: retry, of: {provider: espeak, raet: 160}}"), "'raet' was unexpected"),
        (EXTENDED + "observers: [{provider: transcript, fiel: x}]", "is not valid"),
        (EXTENDED + "observers: [{file: x.jsonl}]", "is not valid"),
        (EXTENDED + "observers: {provider: transcript, file: x.jsonl}", "is not valid"),
        ("synthesizer: {provider: espeak}", "'recognizer' is a required property"),
        ("chat: {provider: openai}", "'model' is a required property"),
        ("chat: {model: llama}", "'provider' is a required property"),
        ("turns: {patience: {earliest: 1}}", "{'earliest': 1} is not valid"),
    ],
)
def test_an_editor_rejects_what_the_loader_rejects(
    installed: Draft7Validator, text: str, complaint: str
) -> None:
    assert any(complaint in message for message in said(installed, text)), said(installed, text)


@pytest.mark.parametrize(
    "text",
    [
        "synthesizer: {provider: azure-tts, voice: en-GB-RyanNeural}",  # the key may be in the other config
        "synthesizer: {rate: 160}",
        "turns: {patience: {earliest: 0.4}}",
        "synthesizer: {provider: retry, of: {rate: 160}}",
        "synthesizer: {of: {of: {rate: 160}}}",
        "synthesizer: {provider: fallback, of: [{provider: espeak}, {provider: azure-tts}]}",
        "observers: [{provider: transcript, file: '${FILE}'}]",
        "observers:",
        "voice_activity: null",
        "voice_activity: {start: 0.6}",
        "x-anything: {goes: here}",
        "synthesizer: {provider: '${VOICE}', rate: 160}",
        "synthesizer: {rate: '${RATE:-160}'}",
        "listening_tone: ${TONE}",
        "echo: ${ECHO:-none}",
        "turns: {prepare: off, interruptible: off}",
    ],
)
def test_a_config_that_extends_another_needs_no_required_section(
    installed: Draft7Validator, text: str
) -> None:
    assert said(installed, EXTENDED + text) == []


class VoiceOptions(Options):
    key: SecretStr = SecretStr("not this one")
    speed: int | None = Field(None, deprecated="use `rate`")
    """How fast it speaks."""


class Voice(Synthesizer[VoiceOptions]):
    """Speaks.

    And more.
    """

    def synthesize(self, utterance: Utterance) -> Any:
        raise NotImplementedError


def options_of(schema: dict[str, Any], definition: str) -> dict[str, Any]:
    properties: dict[str, Any] = schema["definitions"][definition]["properties"]
    return properties


@pytest.fixture
def voices() -> Plugins:
    plugins = Plugins(entry_points=[])
    plugins.registry.add("voice", Voice, VoiceOptions)
    return plugins


def test_an_option_has_documentation_limits_and_default() -> None:
    rate = options_of(config_schema(installed_plugins().registry), "synthesizer.espeak")["rate"]

    assert rate["description"] == "Words per minute."
    assert rate["default"] == 165
    assert {"type": "integer", "minimum": 80, "maximum": 450} in rate["anyOf"]


def test_a_provider_is_described_by_the_first_paragraph_of_its_docstring(voices: Plugins) -> None:
    section = config_schema(voices.registry)["definitions"]["synthesizer"]

    names = section["properties"]["provider"]["anyOf"][0]
    assert names == {"enum": ["voice"], "enumDescriptions": ["Speaks."]}


def test_a_deprecated_option_says_what_to_use_instead(voices: Plugins) -> None:
    speed = options_of(config_schema(voices.registry), "synthesizer.voice")["speed"]

    assert speed["deprecationMessage"] == "Deprecated: use `rate`"
    assert describe(VoiceOptions)[1].doc == "How fast it speaks. Deprecated: use `rate`"


def test_secrets_have_no_default(voices: Plugins) -> None:
    assert "default" not in options_of(config_schema(voices.registry), "synthesizer.voice")["key"]


def test_a_kind_without_installed_providers_has_no_names() -> None:
    nothing = Draft7Validator(config_schema([]))

    Draft7Validator.check_schema(nothing.schema)
    assert said(nothing, EXTENDED + "name: Polly") == []
    assert said(nothing, EXTENDED + "chat: {provider: parrot}") != []


def test_the_schema_next_to_the_configs_covers_all_shipped_providers() -> None:
    there = CONFIGS["offline"].with_name(SCHEMA).read_text(encoding="utf-8")

    registry = installed_plugins().registry
    ours = [each for each in registry if each.distribution == OURS]
    sections = [each for each in registry.sections if each.distribution == OURS]
    Draft7Validator.check_schema(json.loads(there))
    assert there == schema_text(ours, sections), (
        f"configs/{SCHEMA} is out of date: run `python docs/generate.py`"
    )
