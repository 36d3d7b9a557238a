"""A conversation through a microphone and a speaker, both virtual: what a person in the room would hear."""

from __future__ import annotations

from array import array

import pytest

RATE = 16_000
LOUD = 300
"""Samples of speech reach far above this, nothing else does."""
CARD = """\
extends: bot.yaml
listening_tone: true
# on a busy machine sound comes with gaps and words come late; half of a question must not be answered
turns: {patience: 2, final_timeout: 20}
"""


@pytest.fixture
def room(program, sound_server, expected):
    """A program in a room with a microphone and a speaker; a tone says that it listens."""
    program.environment.update(sound_server.environment)
    program.write("card.yaml", f"{CARD}chat: {{default: ['{expected.tale}']}}\n")
    return program


def samples(path):
    sound = path.read_bytes()
    return array("h", sound[: len(sound) & ~1])


def wait_for_sound(sound_server, path, process):
    """Wait until a program is heard in a recording."""
    while not any(abs(sample) > LOUD for sample in samples(path)):
        assert process.poll() is None, process.stderr.read()
        sound_server.wait_for_growth(path, RATE // 10 * 2)


def test_a_bot_that_is_interrupted_in_mid_sentence_falls_silent_and_answers_what_was_said(
    room, sound_server, say, quiet, expected
):
    first, second = "tell me a long story", "where is the treasure"
    with (
        sound_server.recording() as heard,
        sound_server.recording(source="microphone") as said,
        room.started("run", "card.yaml") as process,
    ):
        wait_for_sound(sound_server, heard, process)
        sound_server.play(say(first) + quiet(0.5))
        # A busy machine may lose a word on its way to the card; any question is answered with the tale.
        assert process.stdout.readline().startswith("You: ")
        sound_server.wait_for_growth(heard, 2 * RATE * 2)

        before = said.stat().st_size // 2
        ahead = heard.stat().st_size // 2 - before
        tales = []
        for _ in range(4):  # what a busy machine leaves a gap in is answered with the tale, and asked again
            sound_server.play(say(second) + quiet(0.5))
            tales.append(process.stdout.readline())
            asked = process.stdout.readline()
            if asked == f"You: {second}\n":
                break
            sound_server.wait_for_growth(heard, 2 * RATE * 2)
        answer = process.stdout.readline()
        sound_server.wait_for_growth(heard, RATE)
        speaker, microphone = samples(heard), samples(said)

    onset = next(i for i in range(before, len(microphone)) if abs(microphone[i]) > LOUD) + ahead
    before = max(abs(sample) for sample in speaker[onset - RATE // 2 : onset])
    assert before > LOUD, "the bot was not speaking"
    # 100 ms to notice speech and 50 ms to lower the voice, and three times as much again for a busy machine
    after = max(abs(sample) for sample in speaker[onset + 6 * RATE // 10 : onset + RATE])
    assert after < before / 3
    for tale in tales:
        assert tale.endswith(" [interrupted]\n")
        assert expected.tale.startswith(tale.removeprefix("Flint: ").removesuffix(" [interrupted]\n"))
    assert (asked, answer) == (f"You: {second}\n", f"Flint: {expected.answer_to[second]}\n")
    # Its words are understood in the tests with recordings; a busy machine leaves gaps in what a card plays.
    spoken = [i for i in range(onset + RATE, len(speaker)) if abs(speaker[i]) > LOUD]
    assert (spoken[-1] - spoken[0]) / RATE > 1.5
