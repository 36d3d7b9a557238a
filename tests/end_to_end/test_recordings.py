"""From a recorded question to a recorded answer that can be understood."""

from __future__ import annotations

import wave

import pytest

QUESTIONS = ["what is the weather in paris", "turn on the living room lamp"]


def plain(answer):
    return answer.lower().rstrip(".")


def spread_out(path, seconds):
    """Lengthen the gaps between answers, which a recogniser would join."""
    with wave.open(str(path), "rb") as file:
        rate, audio = file.getframerate(), file.readframes(file.getnframes())
    gap = bytes(2 * round(rate * 0.3))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(audio.replace(gap, bytes(2 * round(rate * seconds))))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_spoken_answer_to_a_spoken_question_is_understood(program, say, quiet, expected, question):
    answer = expected.answer_to[question]
    program.record("question.wav", quiet(0.5) + say(question) + quiet(0.5))

    ran = program("run", "bot.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"You: {question}\nFlint: {answer}\n"
    assert program.answers("answer.wav") == [plain(answer)]


def test_each_of_several_questions_is_answered_in_order(program, say, quiet, expected):
    questions = ["tell me about your ship", "what is for dinner", "tell me about the sea"]
    program.record("all.wav", quiet(0.5) + b"".join(say(question) + quiet(1.5) for question in questions))

    ran = program("run", "bot.yaml", "--input", "all.wav", "--output", "answers.wav")

    answers = [expected.answer_to[question] for question in questions]
    dialogue = [f"You: {q}\nFlint: {a}\n" for q, a in zip(questions, answers, strict=True)]
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "".join(dialogue)
    spread_out(program.directory / "answers.wav", 2.0)
    assert program.answers("answers.wav") == [plain(answer) for answer in answers]


def test_a_spoken_question_interrupts_the_answer_in_mid_sentence(program, say, quiet, expected):
    first, second = "tell me a long story", "where is the treasure"
    program.record("live.wav", quiet(0.5) + say(first) + quiet(4.0) + say(second) + quiet(1.0))
    program.write(
        "live.yaml",
        "extends: bot.yaml\ndevice: {provider: wav, input: live.wav, output: answers.wav, pace: realtime}\n"
        "turns: {final_timeout: 20} # on a busy machine half of a question must not be answered\n",
    )

    ran = program("run", "live.yaml")

    assert ran.returncode == 0, ran.stderr
    asked, tale, interruption, answer = ran.stdout.splitlines()
    assert (asked, interruption) == (f"You: {first}", f"You: {second}")
    heard = tale.removeprefix("Flint: ").removesuffix(" [interrupted]")
    assert tale.endswith(" [interrupted]")
    assert expected.tale.startswith(heard)
    assert 2 <= len(heard.split()) <= 20
    assert answer == f"Flint: {expected.answer_to[second]}"
