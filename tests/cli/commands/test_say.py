"""`voicebot say`: the synthesizer alone."""

from __future__ import annotations

import os
import sys
import wave

import pytest


def test_a_text_is_written_at_the_sample_rate_of_the_voice(voicebot):
    ran = voicebot("say", "scripted.yaml", "Hello there. How are you?", "-o", "said.wav")

    assert (ran.returncode, ran.stdout) == (0, "")
    with wave.open(str(voicebot.directory / "said.wav")) as said:
        assert said.getframerate() == 24_000
        length = said.getnframes() / said.getframerate()
    assert length >= 0.06 * len("Hello there.How are you?")
    assert ran.stderr == f"wrote said.wav ({length:.1f} s)\n"


def test_neither_recogniser_nor_chat_model_is_started(voicebot):
    voicebot.write("bot.yaml", "", chat="start: raises")

    assert voicebot("say", "bot.yaml", "Hello.", "-o", "said.wav").returncode == 0


def test_an_empty_text_is_rejected(voicebot):
    for text in ("", "  ", "**", "\N{PARROT}"):
        ran = voicebot("say", "scripted.yaml", text, "-o", "said.wav")

        assert ran.returncode == 2
        assert "it contains nothing to say" in ran.stderr
    assert not (voicebot.directory / "said.wav").exists()


def test_a_device_without_a_speaker_is_reported(voicebot):
    voicebot.write("bot.yaml", "device: {provider: keyboard}")

    ran = voicebot("say", "bot.yaml", "Hello.")

    assert (ran.returncode, ran.stderr) == (
        1,
        "error: the device 'keyboard' has no speaker; write to a file with -o WAV\n",
    )


def test_a_file_that_cannot_be_written_is_an_error(voicebot):
    ran = voicebot("say", "scripted.yaml", "Hello.", "-o", "no/said.wav")

    assert ran.returncode == 1
    assert ran.stderr == "error: no/said.wav: cannot be written: there is no folder no\n"


@pytest.mark.parametrize("when", ["at once", "later"])
def test_a_failing_synthesizer_neither_creates_nor_overwrites_a_file(voicebot, when):
    voicebot.write("bot.yaml", f"synthesizer: {{provider: scripted, fails: {when}}}")
    before = voicebot.record("kept.wav", "good old sound").read_bytes()
    there = sorted(voicebot.directory.iterdir())

    for name in ("said.wav", "kept.wav"):
        ran = voicebot("say", "bot.yaml", "Hello. How are you?", "-o", name)

        assert (ran.returncode, ran.stderr) == (1, "error: lost its voice\n")
    assert sorted(voicebot.directory.iterdir()) == there
    assert (voicebot.directory / "kept.wav").read_bytes() == before


def test_a_symbolic_link_is_kept_and_its_target_replaced(voicebot):
    voicebot.record("real.wav", "good old sound")
    (voicebot.directory / "link.wav").symlink_to("real.wav")

    assert voicebot("say", "scripted.yaml", "Hello.", "-o", "link.wav").returncode == 0

    assert (voicebot.directory / "link.wav").is_symlink()
    with wave.open(str(voicebot.directory / "real.wav")) as said:
        assert said.getframerate() == 24_000


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such file")
def test_speech_is_written_to_a_pipe_while_it_is_synthesized(voicebot):
    reading, writing = os.pipe()
    with voicebot.started("say", "scripted.yaml", "Hello.", "-o", "/dev/stdout", stdout=writing) as process:
        os.close(writing)
        with open(reading, "rb") as pipe:
            sound = pipe.read()

        assert process.wait(60) == 0
    assert sound[:4] == b"RIFF"
    assert len(sound) > 44


def test_a_bug_in_a_synthesizer_is_one_line_that_names_it(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: scripted, crashes: true}")

    ran = voicebot("say", "bot.yaml", "Hello.", "-o", "said.wav")

    line = "error: synthesizer 'scripted' broke: ZeroDivisionError (-v shows where)\n"
    assert (ran.returncode, ran.stderr) == (1, line)
    verbose = voicebot("say", "-v", "bot.yaml", "Hello.", "-o", "said.wav").stderr
    assert "ZeroDivisionError: a bug in a plugin" in verbose
    assert 'voicebot_scripted.py", line' in verbose


def test_voice_overrides_the_voice_of_the_config(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: choir, voice: Nobody}")

    ran = voicebot("say", "bot.yaml", "Hello.", "--voice", "Bruno", "-o", "said.wav")

    assert ran.returncode == 0
    assert ran.stderr.splitlines()[0] == "<Bruno>"


def test_an_overriding_voice_is_checked_like_that_of_the_config(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: choir}")

    warned = voicebot("say", "bot.yaml", "Hello.", "--voice", "Old Tom", "-o", "said.wav")
    refused = voicebot("say", "bot.yaml", "Hello.", "--voice", "", "-o", "said.wav")

    assert warned.returncode == 0
    assert warned.stderr.startswith("warning: choir: Old Tom retires soon\n")
    assert (refused.returncode, refused.stderr) == (
        2,
        "error: voice must have at least 1 characters, not ''\n",
    )


def test_the_error_for_an_unknown_voice_says_how_to_list_voices(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: choir}")

    ran = voicebot("say", "bot.yaml", "Hello.", "--voice", "Nobody", "-o", "said.wav")

    told = "error: there is no voice 'Nobody'\n`voicebot voices bot.yaml` lists the available voices.\n"
    assert (ran.returncode, ran.stderr) == (1, told)


def test_choosing_a_voice_is_rejected_if_the_synthesizer_has_no_choice(voicebot):
    ran = voicebot("say", "scripted.yaml", "Hello.", "--voice", "Bruno", "-o", "said.wav")

    assert (ran.returncode, ran.stderr) == (
        2,
        "error: unknown option 'voice' of scripted; its options are crashes, fails and silent\n",
    )
