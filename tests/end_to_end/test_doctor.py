"""`voicebot doctor` with the real SDKs against the emulator."""

from __future__ import annotations

import json

import pytest

from voicebot import shipped_configs
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

PIRATE = str(shipped_configs()["pirate"])
PROVIDERS = ["recognizer azure-stt", "chat azure-openai", "synthesizer azure-tts"]


def checks(ran):
    """Return the checks that were written as JSON, each as its verdict and message, by kind and subject."""
    found = json.loads(ran.stdout)["checks"]
    return {(each["check"], each["about"]): (each["verdict"], each["message"]) for each in found}


@pytest.fixture
def azure(program):
    """Return a program that talks to an emulator."""
    for name in list(program.environment):
        if name.lower().endswith("_proxy"):
            del program.environment[name]
    with running(Emulator(Script(heard=("Hello.",), answered=("Ahoy.",)))) as emulator:
        program.environment |= emulator.environment
        yield program


@pytest.mark.slow
def test_the_shipped_pirate_has_no_problem_in_the_emulator(azure):
    ran = azure("doctor", PIRATE, "--no-sound", "--json")

    found = checks(ran)
    assert ran.returncode == 0, found
    assert [found["provider", about][0] for about in PROVIDERS] == ["ok"] * 3
    host = azure.environment["OPENAI_ENDPOINT"].removeprefix("http://")
    assert found["server", host][0] == found["clock", "clock"][0] == "ok"
    assert found["retirement", "chat azure-openai"][0] == "skipped"
    assert found["voice-region", "synthesizer azure-tts"][0] == "ok"
    assert found["variable", "SPEECH_KEY"] == ("ok", "is set, by the environment")
    assert "emulated-speech-key" not in ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "options", "check", "about", "message"),
    [
        ({"SPEECH_KEY": "wrong"}, (), "provider", PROVIDERS[0], "Azure Speech at 127.0.0.1:"),
        ({"SPEECH_KEY": "wrong"}, (), "provider", PROVIDERS[2], "rejected the key"),
        ({"OPENAI_API_KEY": "wrong"}, (), "provider", PROVIDERS[1], "rejected the key"),
        ({"OPENAI_DEPLOYMENT": "nobody"}, (), "provider", PROVIDERS[1], "no deployment"),
        ({}, ("--set", "synthesizer.voice=en-US-NobodyNeural"), "provider", PROVIDERS[2], "refuses to speak"),
        ({"SERVICE_REGION": "westeurope"}, (), "voice-region", PROVIDERS[2], "westeurope does not have"),
        ({}, ("--set", "chat.model=gpt-4o"), "retirement", PROVIDERS[1], "gpt-4o was retired on 2026-10-01"),
    ],
)
def test_what_is_wrong_with_the_account_is_a_problem(azure, variables, options, check, about, message):
    azure.environment |= variables

    ran = azure("doctor", PIRATE, "--no-sound", "--json", *options)

    verdict, said = checks(ran)[check, about]
    assert (ran.returncode, verdict) == (1, "problem")
    assert message in said
