"""The shipped pirate config, unmodified, in one process, and Azure's emulator in another."""

from __future__ import annotations

import json
import signal
import threading
import urllib.request
from array import array
from pathlib import Path

import pytest

from voicebot import shipped_configs

QUESTION = "what is the weather in paris"
PIRATE = str(shipped_configs()["pirate"])
VARIABLES = ("SPEECH_KEY", "SERVICE_REGION", "OPENAI_API_KEY", "OPENAI_ENDPOINT", "OPENAI_DEPLOYMENT")


@pytest.fixture
def azure(program):
    """Let the emulator use `bot.yaml` and the program talk to the emulator; return its address."""
    with program.emulating("--behind", "bot.yaml") as address:
        yield address


def set_faults(address, *faults):
    request = urllib.request.Request(f"{address}/emulator/faults", json.dumps(faults).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 200


def test_the_pirate_answers_a_recorded_question_intelligibly(program, azure, say, quiet, expected):
    answer = expected.answer_to[QUESTION]
    program.record("question.wav", quiet(0.5) + say(QUESTION) + quiet(0.5))

    ran = program("run", PIRATE, "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0
    loading, summary, written = ran.stderr.splitlines()
    assert loading.startswith("Loading Pirate (")
    assert summary.startswith("1 turn, answered after ")
    assert written.startswith("wrote answer.wav ")
    assert ran.stdout == f"You: {QUESTION}\nPirate: {answer}\n"
    assert program.answers("answer.wav") == [answer.lower().rstrip(".")]


@pytest.mark.slow
def test_a_voice_with_text_streaming_answers_too(program, azure, say, quiet, expected):
    voice = "{provider: azure-tts, voice: 'en-US-Ava:DragonHDLatestNeural', text_streaming: true, pool: 1}"
    program.write("flowing.yaml", f"extends: {PIRATE}\nsynthesizer: {voice}\n")
    program.record("question.wav", quiet(0.5) + say(QUESTION) + quiet(0.5))

    ran = program("run", "flowing.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(f"Pirate: {expected.answer_to[QUESTION]}\n")
    assert program.answers("answer.wav") == [expected.answer_to[QUESTION].lower().rstrip(".")]


@pytest.mark.timeout(300)
def test_the_pirate_answers_through_a_microphone_and_a_speaker(
    program, azure, say, quiet, sound_server, expected
):
    """Questions in which a busy machine left a gap are asked again."""
    program.environment.update(sound_server.environment)
    patient = "{patience: 1.5, final_timeout: 20}"  # on a busy machine, sound has gaps
    program.write("card.yaml", f"extends: {PIRATE}\nlistening_tone: true\nturns: {patient}\n")
    with sound_server.recording() as heard, program.started("run", "card.yaml") as process:
        wait_for_sound(sound_server, heard, process, 0)
        said: list[str] = []
        reading = threading.Thread(target=lambda: said.extend(iter(process.stdout.readline, "")))
        reading.start()
        while f"You: {QUESTION}\nPirate: {expected.answer_to[QUESTION]}\n" not in "".join(said):
            assert process.poll() is None, process.stderr.read()
            before = heard.stat().st_size // 2
            sound_server.play(say(QUESTION) + quiet(4))
        speaker = samples(heard)
        process.send_signal(signal.SIGINT)
        reading.join()

    loud = [index for index in range(before, len(speaker)) if abs(speaker[index]) > LOUD]
    assert (loud[-1] - loud[0]) / 16_000 > 1


LOUD = 300


def samples(path: Path) -> array[int]:
    sound = path.read_bytes()
    return array("h", sound[: len(sound) & ~1])


def wait_for_sound(sound_server, path, process, start):
    """Wait until the program can be heard in a recording."""
    while not any(abs(sample) > LOUD for sample in samples(path)[start:]):
        assert process.poll() is None, process.stderr.read()
        sound_server.wait_for_growth(path, 3_200)


@pytest.mark.slow
def test_if_the_model_fails_the_conversation_goes_on_and_nothing_technical_is_spoken(
    program, azure, say, quiet, expected
):
    second = "where is the treasure"
    program.record("both.wav", quiet(0.5) + say(QUESTION) + quiet(1.5) + say(second) + quiet(0.5))
    set_faults(azure, "chat:status=500x4")

    ran = program("run", PIRATE, "--input", "both.wav", "--output", "answer.wav")

    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        f"You: {QUESTION}",
        "Pirate: Arr, a gust blew yer words overboard! Say that again, matey.",
        f"You: {second}",
        f"Pirate: {expected.answer_to[second]}",
    ]
    assert "500" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_wrong_key_is_reported_in_two_lines_at_most_with_a_remedy(program, azure):
    program.environment["SPEECH_KEY"] = "0123456789abcdef0123456789abcdef"
    program.record("question.wav", bytes(32_000))

    ran = program("run", PIRATE, "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) <= 4
    assert "SPEECH_KEY" in ran.stderr or "key" in ran.stderr
    assert "0123456789abcdef" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_without_keys_the_missing_variables_and_two_alternatives_are_shown(program):
    for name in VARIABLES:
        program.environment.pop(name, None)

    ran = program("run", PIRATE)

    assert ran.returncode == 2
    assert all(f"the variable {name} has no value: " in ran.stderr for name in VARIABLES)
    assert "voicebot run offline" in ran.stderr
    assert "voicebot emulate azure" in ran.stderr
