"""`voicebot transcribe`: the recogniser alone."""

from __future__ import annotations

import json


def test_each_segment_of_speech_is_a_line(voicebot):
    voicebot.record("talk.wav", 0.5, "good morning all", 1.2, "good night", 0.1)

    ran = voicebot("transcribe", "scripted.yaml", "talk.wav")

    assert (ran.returncode, ran.stdout) == (0, "good morning all\ngood night\n")
    assert ran.stderr == "<listening>\n"


def test_a_short_pause_does_not_start_a_new_line(voicebot):
    voicebot.record("talk.wav", "good", 0.5, "morning", 1.0)

    assert voicebot("transcribe", "scripted.yaml", "talk.wav").stdout == "good morning\n"


def test_a_long_speech_without_long_pauses_is_several_lines(voicebot):
    speech = [part for number in range(9) for part in (f"sentence {number}", *["and on"] * 4, 0.4)]
    voicebot.record("talk.wav", *speech)

    lines = voicebot("transcribe", "scripted.yaml", "talk.wav").stdout.splitlines()

    said = " and on and on and on and on"
    assert lines == [
        " ".join(f"sentence {number}{said}" for number in numbers)
        for numbers in ((0, 1, 2, 3), (4, 5, 6, 7), (8,))
    ]


def test_a_speech_without_any_pause_is_cut_after_a_minute(voicebot):
    voicebot.record("talk.wav", *(f"word{number}" for number in range(130)))

    lines = voicebot("transcribe", "scripted.yaml", "talk.wav").stdout.splitlines()

    assert [len(line.split()) for line in lines] == [60, 60, 10]


def test_without_voice_activity_the_recogniser_ends_lines(voicebot):
    path = voicebot.write("deaf.yaml", "")
    path.write_text(path.read_text().replace("{provider: scripted}\n\n", "null\n"))
    assert "voice_activity: null" in path.read_text()
    voicebot.record("talk.wav", "good morning", 2.0, "good night")

    assert voicebot("transcribe", "deaf.yaml", "talk.wav").stdout == "good morning good night\n"


def test_json_is_one_object_per_line(voicebot):
    voicebot.record("talk.wav", "good morning", 1.2, "good night")

    ran = voicebot("transcribe", "scripted.yaml", "talk.wav", "--json")

    assert [json.loads(line) for line in ran.stdout.splitlines()] == [
        {"text": "good morning", "language": None},
        {"text": "good night", "language": None},
    ]


def test_a_silent_recording_is_a_warning(voicebot):
    voicebot.record("silence.wav", 1.0)

    ran = voicebot("transcribe", "scripted.yaml", "silence.wav")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert "warning: no speech was recognised in silence.wav" in ran.stderr


def test_a_file_that_is_not_sound_is_an_error_before_anything_is_loaded(voicebot):
    (voicebot.directory / "text.wav").write_text("not sound")

    ran = voicebot("transcribe", "scripted.yaml", "text.wav")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "error: text.wav: is not a sound file that can be read, such as a WAV\n"


def test_a_missing_recording_is_rejected(voicebot):
    ran = voicebot("transcribe", "scripted.yaml", "nothing.wav")

    assert ran.returncode == 2
    assert "File 'nothing.wav' does not exist" in ran.stderr
