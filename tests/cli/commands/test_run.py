"""`voicebot run`, piped: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import re
import wave

import pytest


def seconds(path):
    with wave.open(str(path), "rb") as recording:
        return recording.getnframes() / recording.getframerate()


def messages(ran):
    """Return stderr without the plugin's own lines, the loading line and the summary."""
    usual = re.compile(r"<|Loading Parrot \(scripted\)$|\d+ turns?(, |$)")
    return [line for line in ran.stderr.splitlines() if not usual.match(line)]


def test_every_question_in_a_recording_is_answered_and_the_answers_are_written(voicebot):
    voicebot.write("bot.yaml", "greeting: Ahoy.", chat="replies: [Fine., 'Nobody, nobody at all.']")
    voicebot.record("question.wav", 0.3, "how are you", 1.5, "who is there", 0.2)

    ran = voicebot("run", "bot.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0
    assert ran.stdout == (
        "Parrot: Ahoy.\nYou: how are you\nParrot: Fine.\nYou: who is there\nParrot: Nobody, nobody at all.\n"
    )
    written = seconds(voicebot.directory / "answer.wav")
    assert written > 0.06 * len("Ahoy. Fine. Nobody, nobody at all.")
    assert messages(ran) == [f"wrote answer.wav ({written:.1f} s)"]


def test_a_silent_recording_is_reported_and_is_not_a_failure(voicebot):
    voicebot.record("silence.wav", 2.0)

    ran = voicebot("run", "scripted.yaml", "--input", "silence.wav", "--output", "answer.wav")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert messages(ran) == ["no speech was recognised in silence.wav", "wrote answer.wav (0.0 s)"]


def test_if_the_recogniser_failed_it_is_blamed_and_not_the_recording(voicebot):
    path = voicebot.write("bot.yaml", "greeting: Ahoy.")
    deaf = "recognizer: {provider: scripted, fails: out of ears}"
    path.write_text(path.read_text().replace("recognizer: {provider: scripted}", deaf))
    voicebot.record("question.wav", "how are you", 1.5)

    ran = voicebot("run", "bot.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert (ran.returncode, ran.stdout) == (1, "Parrot: Ahoy.\n")
    assert "no speech was recognised" not in ran.stderr
    first, *_, last = messages(ran)
    assert first == "warning: recognizer: out of ears"
    assert last == "error: nothing was answered because of failures: recognizer"


def test_a_synthesizer_that_always_fails_is_an_error(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: scripted, fails: at once}")
    voicebot.record("question.wav", "how are you", 1.5, "who is there", 0.5)

    ran = voicebot("run", "bot.yaml", "--input", "question.wav")

    assert ran.returncode == 1
    assert ran.stdout == "You: how are you\nYou: who is there\n"
    assert messages(ran)[-1] == "error: nothing was answered because of failures: synthesizer"


def test_typed_lines_are_answered_in_order_after_the_greeting(voicebot):
    voicebot.write("bot.yaml", "greeting: Ahoy.", chat="replies: [One., Two.]")

    ran = voicebot("run", "bot.yaml", "--type", stdin="first\n\n  second  \n")

    assert ran.returncode == 0
    assert ran.stdout == "Parrot: Ahoy.\nYou: first\nParrot: One.\nYou: second\nParrot: Two.\n"
    assert messages(ran) == []
    first, *_, last = ran.stderr.splitlines()
    assert first == "Loading Parrot (scripted)"
    assert re.fullmatch(r"2 turns, median answer after \d\.\d\d s", last)


def test_v_shows_the_time_of_each_stage(voicebot):
    voicebot.record("question.wav", "how are you", 1.5)

    ran = voicebot("run", "scripted.yaml", "--input", "question.wav", "-v")

    assert ran.stdout == "You: how are you\nParrot: All right.\n"
    [line] = messages(ran)
    assert line.startswith("answered after ")
    assert "waiting for you to finish 0.80" in line


def test_metrics_are_appended_as_one_line_of_json_per_turn(voicebot):
    voicebot.record("question.wav", "how are you", 1.5)

    for _ in range(2):
        ran = voicebot("run", "scripted.yaml", "--input", "question.wav", "--metrics", "turns.jsonl")
        assert (ran.returncode, messages(ran)) == (0, [])

    turns = [json.loads(line) for line in (voicebot.directory / "turns.jsonl").read_text().splitlines()]
    assert [turn["turn"] for turn in turns] == [1, 1]
    for turn in turns:
        assert turn["speech_stopped"] < turn["final"] <= turn["decided"] <= turn["first_sound"]
        assert (turn["interrupted"], turn["heard_share"]) == (False, 1.0)


def test_a_conversation_is_recorded(voicebot):
    voicebot.record("question.wav", "how are you", 1.5)

    ran = voicebot("run", "scripted.yaml", "--input", "question.wav", "--record", "kept/talks")
    assert (ran.returncode, messages(ran)) == (0, [])

    [folder] = (voicebot.directory / "kept" / "talks").iterdir()
    assert {path.name for path in folder.iterdir()} == {"events.jsonl", "sound.flac", "config.yaml"}
    first, *_, last = map(json.loads, (folder / "events.jsonl").read_text().splitlines())
    assert (first["type"], first["version"]) == ("Recording", 1)
    assert last["type"] == "ConversationEnded"


def test_a_folder_that_cannot_be_recorded_to_leaves_the_recording_out(voicebot):
    voicebot.record("question.wav", "how are you", 1.5)
    voicebot.write("taken", "a file")

    ran = voicebot("run", "scripted.yaml", "--input", "question.wav", "--record", "taken/talks")

    assert ran.returncode == 0
    [line] = messages(ran)
    assert "the observer 'recording" in line
    assert "cannot record to taken" in line


def test_an_unwritable_metrics_file_is_reported_before_anything_starts(voicebot):
    ran = voicebot("run", "scripted.yaml", "--metrics", "no/such/turns.jsonl")

    assert ran.returncode == 1
    assert "cannot write no/such/turns.jsonl: No such file or directory" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_interrupted_reply_is_shown_as_far_as_it_was_heard(voicebot):
    voicebot.record("barge.wav", "tell me more", 2.0, "stop that", 1.5)
    voicebot.write(
        "live.yaml",
        "device: {provider: wav, input: barge.wav, pace: realtime}\nturns: {patience: 0.3}",
        chat=f"replies: ['A tale that {'goes on and ' * 20}ends.', Fine.]",
    )

    ran = voicebot("run", "live.yaml")

    assert ran.returncode == 0
    question, tale, stop, fine = ran.stdout.splitlines()
    assert (question, stop, fine) == ("You: tell me more", "You: stop that", "Parrot: Fine.")
    assert tale.startswith("Parrot: A tale that goes")
    assert tale.endswith(" [interrupted]")
    assert "ends." not in tale


def test_a_failing_provider_is_a_warning_and_the_safe_line_is_spoken(voicebot):
    voicebot.write("bot.yaml", "", chat="fails: out of words")
    voicebot.record("question.wav", "how are you", 1.0)

    ran = voicebot("run", "bot.yaml", "--input", "question.wav")

    assert (ran.returncode, ran.stdout) == (0, "You: how are you\nParrot: Something broke.\n")
    assert messages(ran) == ["warning: chat: out of words"]


@pytest.mark.parametrize(
    ("start", "error"),
    [
        ("raises", "error: chat: the scripted chat model is not at home"),
        ("crashes", "error: chat: could not start: ZeroDivisionError (-v shows where)"),
        ("waits", "error: chat: did not start within 0.2 s (`start_timeout`)"),
    ],
)
def test_a_provider_that_does_not_start_is_a_one_line_error(voicebot, start, error):
    voicebot.write("bot.yaml", "start_timeout: 0.2", chat=f"start: {start}")

    ran = voicebot("run", "bot.yaml", "--type")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert messages(ran) == [error]


def test_vv_shows_the_traceback_of_a_plugin_error(voicebot):
    voicebot.write("bot.yaml", "", chat="start: crashes")

    ran = voicebot("-vv", "run", "bot.yaml", "--type")

    assert ran.returncode == 1
    assert 'raise ZeroDivisionError("a bug in a plugin")' in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--input", "q.wav", "--type"], "--input and --type cannot be used together"),
        (["--input", "q.wav", "--device", "1"], "--input and --device cannot be used together"),
        (["--type", "--speaker", "1"], "--type and --device cannot be used together"),
        (["--type", "--output", "a.wav"], "--output can be used with --input, but not with --type"),
        (["--output", "a.wav"], "--output needs --input"),
        (["--input", "q.wav", "--output", "q.wav"], "--output is the same file as --input"),
        (["--input", "nothing.wav"], "'nothing.wav' does not exist"),
        (["--input", "."], "'.' is a directory"),
        (["--input", "q.wav", "--output", "."], "'.' is a directory"),
    ],
)
def test_invalid_combinations_of_options_are_rejected(voicebot, arguments, complaint):
    before = voicebot.record("q.wav", "hello", 1.0).read_bytes()

    ran = voicebot("run", "scripted.yaml", *arguments)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert complaint in ran.stderr
    assert (voicebot.directory / "q.wav").read_bytes() == before


def test_choosing_a_microphone_of_a_device_without_any_is_rejected(voicebot):
    voicebot.write("bot.yaml", "device: {provider: exchange}")

    ran = voicebot("run", "bot.yaml", "--device", "Headset")

    assert ran.returncode == 2
    assert "the config's device 'exchange' has no microphone and no speaker to choose" in ran.stderr


def test_an_output_that_cannot_be_written_is_an_error(voicebot):
    voicebot.record("question.wav", "how are you", 1.0)

    ran = voicebot("run", "scripted.yaml", "--input", "question.wav", "--output", "no/answer.wav")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(messages(ran)) == 1
    assert "cannot be written: there is no folder no" in ran.stderr


def test_input_and_output_override_files_but_not_other_options_of_the_device(voicebot):
    voicebot.record("question.wav", "how are you", 1.0)
    voicebot.write("bot.yaml", "device: {provider: wav, input: question.wav, output_rate: 8000}")

    ran = voicebot("run", "bot.yaml", "--output", "answer.wav")

    assert (ran.returncode, ran.stdout) == (0, "You: how are you\nParrot: All right.\n")
    with wave.open(str(voicebot.directory / "answer.wav")) as answer:
        assert answer.getframerate() == 8000


def test_a_missing_device_is_a_one_line_error(voicebot):
    voicebot.write("bot.yaml", "device: {provider: exchange}")

    ran = voicebot("run", "bot.yaml")

    assert (ran.returncode, messages(ran)) == (1, ["error: the exchange is not plugged in"])


def test_a_closed_pipe_ends_it_without_an_error(voicebot):
    with voicebot.started("run", "scripted.yaml", "--type") as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert process.stdout.readline() == "You: hello\n"
        process.stdout.close()
        process.stdin.write("and now?\n" * 10)
        process.stdin.flush()

        assert process.wait(60) == 1
        assert process.stderr.read() == "Loading Parrot (scripted)\n<starting>\n"


def test_control_characters_in_a_reply_do_not_reach_the_terminal(voicebot):
    voicebot.write("bot.yaml", "", chat='replies: ["Bell \\a and \\e[31mred\\e[0m."]')

    ran = voicebot("run", "bot.yaml", "--type", stdin="hello\n")

    assert ran.stdout == "You: hello\nParrot: Bell and [31mred[0m.\n"
