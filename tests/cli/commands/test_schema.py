"""`voicebot schema`: a JSON Schema for editors that includes installed plugins."""

from __future__ import annotations

import json

import yaml
from jsonschema import Draft7Validator


def test_the_schema_includes_providers_of_third_party_plugins(voicebot):
    ran = voicebot("schema")

    assert (ran.returncode, ran.stderr) == (0, "")
    schema = json.loads(ran.stdout)
    names = schema["definitions"]["synthesizer"]["properties"]["provider"]["anyOf"][0]["enum"]
    assert {"scripted", "choir", "espeak"} <= set(names)


def test_the_schema_checks_configs_of_third_party_providers(voicebot):
    schema = Draft7Validator(json.loads(voicebot("schema").stdout))

    for line, complaints in (("", 0), ("telephone: {}", 1), ("name: [Polly]", 1)):
        config = voicebot.write("mine.yaml", line).read_text(encoding="utf-8")
        assert len(list(schema.iter_errors(yaml.safe_load(config)))) == complaints, line


def test_an_existing_file_is_overwritten(voicebot):
    voicebot.directory.joinpath("voicebot.schema.json").write_text("old", encoding="utf-8")

    ran = voicebot("schema", "--output", "voicebot.schema.json")

    assert (ran.returncode, ran.stdout) == (0, "wrote voicebot.schema.json\n")
    written = voicebot.directory.joinpath("voicebot.schema.json").read_text(encoding="utf-8")
    assert written == voicebot("schema").stdout


def test_an_unwritable_path_is_reported(voicebot):
    ran = voicebot("schema", "--output", "nowhere/voicebot.schema.json")

    assert ran.returncode == 1
    assert ran.stderr.startswith("error: cannot write nowhere/voicebot.schema.json: ")
