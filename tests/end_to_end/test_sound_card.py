"""Conversations through a virtual microphone and speaker, as a person in the room would hear them."""

from __future__ import annotations

import signal
import threading

import pytest

CARD = """\
extends: bot.yaml
listening_tone: true
start_timeout: 240
# on a busy machine, sound has gaps and words come late; half of a question must not be answered
turns: {patience: 2, final_timeout: 20}
"""
NEURAL = """\
recognizer: {provider: whisper}
synthesizer: {provider: piper}
"""
QUESTION = "tell me a long story"


@pytest.fixture(params=["", pytest.param(NEURAL, marks=pytest.mark.slow)], ids=["small", "neural"])
def room(request, program, sound_server, expected):
    """A program with a microphone and a speaker that answers any question with the tale."""
    program.environment.update(sound_server.environment)
    card = f"{CARD}{request.param}chat: {{rules: [], default: ['{expected.tale}']}}\n"
    program.write("card.yaml", card)
    return program


@pytest.mark.timeout(300)
def test_a_bot_that_is_interrupted_in_mid_sentence_stops_and_answers(
    room, sound_server, say, quiet, expected
):
    """Recognition and its delay are tested with recordings: a card plays gaps on a busy machine."""
    lines: list[str] = []

    def ask():
        assert process.poll() is None, process.stderr.read()
        sound_server.play(say(QUESTION) + quiet(3))

    def after_interruption():
        ends = (at for at, line in enumerate(lines, 1) if line.endswith(" [interrupted]\n"))
        return next((lines[end:] for end in ends), None)

    with sound_server.recording() as heard, room.started("run", "card.yaml") as process:
        sound_server.wait_for_sound(heard)  # the tone means that it listens
        reading = threading.Thread(target=lambda: [lines.append(line) for line in process.stdout])
        reading.start()
        while not lines:
            ask()
        before = sound_server.wait_for_sound(heard, heard.stat().st_size // 2)
        while after_interruption() is None:
            before = heard.stat().st_size // 2
            ask()
        silent = sound_server.wait_for_silence(heard, before)
        while not after_interruption():  # of what interrupts, no word may have been understood
            ask()
        sound_server.wait_for_sound(heard, silent)
        process.send_signal(signal.SIGINT)
        reading.join()

    assert lines[0].startswith("You: ")
    tales = [line.removeprefix("Flint: ").removesuffix("\n") for line in lines if line.startswith("Flint: ")]
    assert all(expected.tale.startswith(tale.removesuffix(" [interrupted]")) for tale in tales), lines
    interrupted = next(index for index, line in enumerate(lines) if line.endswith(" [interrupted]\n"))
    assert lines[interrupted + 1].startswith("You: "), lines


def _lines_up_to(last, stream):
    lines = []
    while not (lines and lines[-1].startswith(last)):
        lines.append(stream.readline())
        assert lines[-1], lines
    return lines


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", [""], indirect=True, ids=["small"])
def test_a_saved_edit_moves_the_conversation_to_another_speaker(room, sound_server, say, quiet, expected):
    path = room.directory / "card.yaml"
    config = path.read_text()
    headset = ("sink_name=headset", "norewinds=1", "rate=48000", "sink_properties=device.description=Headset")
    module = sound_server.pactl("load-module", "module-null-sink", *headset).strip()
    try:
        with (
            sound_server.recording() as heard,
            sound_server.recording(source="headset.monitor") as heard_there,
            room.started("run", "card.yaml") as process,
        ):
            sound_server.wait_for_sound(heard)  # the tone means that it listens
            path.write_text(f"{config}device: {{provider: sound-card, speaker: Nowhere}}\n")
            refused = _lines_up_to("error: nothing was changed", process.stderr)
            path.write_text(f"{config}device: {{provider: sound-card, speaker: Headset}}\n")
            changed = _lines_up_to("changed: ", process.stderr)
            while not any(heard_there.read_bytes()):
                sound_server.play(say(QUESTION) + quiet(3))
            process.send_signal(signal.SIGINT)
            lines = process.stdout.readlines()
    finally:
        sound_server.pactl("unload-module", module)

    assert "device: sound-card: there is no speaker 'Nowhere'" in refused[-2]
    assert changed == ["changed: device.speaker none -> Headset\n"]
    said = [line.removeprefix("Flint: ") for line in lines if line.startswith("Flint: ")]
    assert expected.tale.startswith(said[0].removesuffix("\n").removesuffix(" [interrupted]"))
