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
