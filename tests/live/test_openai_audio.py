"""`openai-tts` and `openai-stt` against openai.com: `pytest -m live` with OPENAI_API_KEY.

Costs a cent. So far it was only run against the emulator, for lack of an account.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing

import pytest

from voicebot import AudioChunk, AudioFormat, FinalTranscript, Hints, Resampler, Utterance
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.recognizer import OpenAIRecognizer
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer

KEY = os.environ.get("OPENAI_API_KEY", "")
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not KEY.startswith("sk-"), reason="needs an account: set OPENAI_API_KEY"),
]
TEXT = "The treasure is buried under the old palm tree."


async def speech(target: AudioFormat) -> bytes:
    """Return a sentence that openai.com says."""
    voice = OpenAISynthesizer(
        OpenAISynthesizerOptions.model_validate({"model": "gpt-4o-mini-tts", "api_key": KEY})
    )
    await voice.start()
    try:
        resampler = Resampler(voice.output_format, target)
        sound = b""
        async with aclosing(voice.synthesize(Utterance(TEXT))) as events:
            async for event in events:
                assert isinstance(event, AudioChunk)
                sound += resampler.write(event.audio)
        return sound + resampler.flush()
    finally:
        await voice.aclose()


@pytest.mark.parametrize(
    ("model", "mode"),
    [("gpt-live-transcribe", "realtime"), ("gpt-4o-transcribe", "realtime"), ("gpt-4o-transcribe", "upload")],
)
def test_what_the_voice_says_is_recognised(model: str, mode: str) -> None:
    async def talk() -> list[str]:
        options = {"model": model, "mode": mode, "api_key": KEY}
        recognizer = OpenAIRecognizer(OpenAIRecognizerOptions.model_validate(options))
        await recognizer.start()
        try:
            sound = await speech(recognizer.input_format)
            async with recognizer.listen(Hints(languages=("en-US",))) as recognition:
                await recognition.write(sound)
                await recognition.commit()
                await recognition.finish()
                return [event.text async for event in recognition if isinstance(event, FinalTranscript)]
        finally:
            await recognizer.aclose()

    (final,) = asyncio.run(talk())
    assert "palm tree" in final.lower()
