"""`voicebot doctor --sound` with a real PulseAudio and its virtual microphone."""

from __future__ import annotations

import json

import numpy
import pytest


@pytest.fixture
def talker(voicebot):
    """Return the command line, with a bot that uses the sound card."""
    voicebot.write("card.yaml", "device: {provider: sound-card}")
    return voicebot


def checks(text):
    found = json.loads(text)["checks"]
    return {(each["check"], each["about"]): (each["verdict"], each["message"]) for each in found}


def rehearsed(talker, sound_server, speech=b""):
    """Run a rehearsal in which something is said; return the verdict and message about the microphone."""
    for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_SERVER"):
        talker.environ[name] = sound_server.environment[name]
    with talker.started("doctor", "card.yaml", "--sound", "--json") as process:
        while not (line := process.stderr.readline()).startswith("Speak now"):
            assert line, process.stdout.read()
        if speech:
            sound_server.play(speech)
        output, _ = process.communicate(timeout=120)
    found = checks(output)
    assert found["microphone", "microphone"] == ("ok", f"'{sound_server.MICROPHONE}' is the default")
    assert found["speaker", "speaker"][0] == "ok"
    assert found["provider", "device sound-card"][0] == "ok"
    return found["microphone-level", "microphone"]


@pytest.mark.slow
def test_a_muted_microphone_is_a_problem_and_the_tone_is_played(talker, sound_server):
    with sound_server.recording() as heard:
        verdict, message = rehearsed(talker, sound_server)
        sound_server.wait_for_sound(heard)

    assert (verdict, message) == ("problem", "gives nothing but silence: it is muted, or the wrong one")


@pytest.mark.slow
def test_a_microphone_that_hears_is_no_problem(talker, sound_server):
    speech = numpy.random.default_rng(3).normal(0.0, 3_000.0, 16_000 * 5)

    verdict, message = rehearsed(talker, sound_server, speech.astype("<i2").tobytes())

    assert verdict != "problem", message
