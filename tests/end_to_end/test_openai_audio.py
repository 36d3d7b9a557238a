"""A whole conversation over OpenAI's API: recogniser, chat model and voice, against the emulator."""

from __future__ import annotations

import pytest

QUESTION = "what is the weather in paris"
CONFIG = """\
name: Pirate
system: Ye be a pirate.
recognizer: {{provider: openai-stt, {recognizer}, api_key: '${{OPENAI_API_KEY}}'}}
chat: {{provider: openai, base_url: '{address}/v1', model: gpt-5.4-mini, api_key: '${{OPENAI_API_KEY}}'}}
synthesizer: {{provider: openai-tts, {voice}, api_key: '${{OPENAI_API_KEY}}'}}
"""
WAYS = {
    "real time": (
        "base_url: '{address}/v1', model: gpt-live-transcribe",
        "base_url: '{address}/v1', model: tts-1",
    ),
    "uploads": (
        "base_url: '{address}/v1', model: gpt-4o-transcribe",
        "base_url: '{address}/v1', model: tts-1",
    ),
    "Azure": (
        "endpoint: '{address}', deployment: live, model: gpt-live-transcribe",
        "endpoint: '{address}', deployment: speech, model: gpt-4o-mini-tts",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_recorded_question_is_answered_intelligibly(program, say, quiet, expected, way):
    answer = expected.answer_to[QUESTION]
    program.record("question.wav", quiet(0.5) + say(QUESTION) + quiet(0.5))
    with program.emulating("--behind", "bot.yaml") as address:
        recognizer, voice = (part.format(address=address) for part in WAYS[way])
        program.write("openai.yaml", CONFIG.format(address=address, recognizer=recognizer, voice=voice))

        ran = program("run", "openai.yaml", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"You: {QUESTION}\nPirate: {answer}\n"
    assert program.answers("answer.wav") == [answer.lower().rstrip(".")]


@pytest.mark.slow
def test_the_shipped_config_talks_with_any_server(program, say, quiet, expected):
    program.record("question.wav", quiet(0.5) + say(QUESTION) + quiet(0.5))
    with program.emulating("--behind", "bot.yaml") as address:
        program.environment |= {
            "OPENAI_AUDIO_URL": f"{address}/v1",
            "OPENAI_AUDIO_KEY": program.environment["OPENAI_API_KEY"],
            "OPENAI_STT_MODEL": "gpt-live-transcribe",
            "OPENAI_TTS_MODEL": "tts-1",
            "OPENAI_TTS_VOICE": "alloy",
        }
        ran = program("run", "openai-audio", "--input", "question.wav", "--output", "answer.wav")

    assert ran.returncode == 0, ran.stderr
    assert f"You: {QUESTION}\n" in ran.stdout
