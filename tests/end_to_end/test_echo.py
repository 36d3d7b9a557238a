"""A bot in a room without headphones: its own voice comes back to its microphone, and it never answers it."""

from __future__ import annotations

import signal
import threading

import pytest

RATE = 16_000
QUESTION = "where is the treasure"
GREETING = "One night the moon fell into the sea."
STORY = GREETING + (
    " We pulled it up with a net, and hung it back. Not one soul thanked us. But look: to this day it has "
    "marks where the cook held it with his greasy thumbs. I once met a whale who was afraid of the dark. So "
    "we sailed beside him with a lantern, all the way to morning. He still sends me a fish on my birthday."
)
MODES, LEVELS = ("none", "mute", "cancel"), (-30, -20, -12, -6, 0)
# on a busy machine words come late; half of a question must not be answered
CARD = "extends: bot.yaml\nturns: {patience: 2, final_timeout: 20}\n"


@pytest.fixture
def bot(program, sound_server):
    """Return a function that starts a bot with a greeting and a mode, in a room with an echo."""
    program.environment.update(sound_server.environment)

    def start(mode, greeting):
        if mode == "cancel":
            pytest.importorskip("livekit", reason="the extra aec is not installed")
        program.write("card.yaml", f"{CARD}echo: {mode}\ngreeting: '{greeting}'\n")
        return program.started("run", "card.yaml")

    return start


def rest_of(process):
    """End a bot; return what it had to say, and its warnings."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=30)


def questions(lines):
    return [line for line in lines if line.startswith("You: ")]


@pytest.mark.parametrize("mode", ["none", "cancel", pytest.param("mute", marks=pytest.mark.slow)])
def test_a_bot_that_hears_itself_says_all_and_answers_the_user_alone(bot, sound_server, say, quiet, mode):
    with sound_server.echo(-12), sound_server.recording() as heard, bot(mode, GREETING) as process:
        first = process.stdout.readline()
        lines: list[str] = []
        reading = threading.Thread(target=lambda: [lines.append(line) for line in process.stdout])
        reading.start()
        sound_server.wait_for_growth(heard, 2 * RATE * 1)  # its last echo is over, and nobody speaks
        asked = 0
        while asked < 4 and f"You: {QUESTION}\n" not in lines:  # a busy machine leaves gaps in what is asked
            sound_server.play(say(QUESTION) + quiet(0.5))
            asked += 1
            sound_server.wait_for_growth(heard, 2 * RATE * 6)  # the answer, and time to answer that
        process.send_signal(signal.SIGINT)
        reading.join()
    assert first == f"Flint: {GREETING}\n"
    assert len(questions(lines)) <= asked
    assert any(set(QUESTION.split()) & set(line.split()) for line in questions(lines))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decibels", LEVELS)
def test_an_echo_is_never_answered_however_loud(bot, sound_server, mode, decibels):
    with sound_server.echo(decibels), sound_server.recording() as heard, bot(mode, STORY) as process:
        sound_server.wait_for_growth(heard, 2 * RATE * 30)
        out, err = rest_of(process)
    print(f"{mode} {decibels} dB: heard itself: {'yes' if 'hears itself' in err else 'no'}; {out!r}")
    assert out == f"Flint: {STORY}\n"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["none", "cancel"])
@pytest.mark.parametrize("decibels", LEVELS)
def test_a_user_over_an_echo_is_heard(bot, sound_server, say, quiet, mode, decibels):
    """Print how well. One question may be taken for two, but what the bot says is never one more."""
    with sound_server.echo(decibels), sound_server.recording() as heard, bot(mode, STORY) as process:
        sound_server.wait_for_growth(heard, 2 * RATE * 8)
        sound_server.play(say(QUESTION) + quiet(0.5))
        sound_server.wait_for_growth(heard, 2 * RATE * 20)
        out, _ = rest_of(process)
    lines = out.splitlines(keepends=True)
    interrupted = any(line.endswith("[interrupted]\n") for line in lines)
    print(f"{mode} {decibels} dB: interrupted: {interrupted}, understood: {questions(lines)}")
    assert len(questions(lines)) <= 2
