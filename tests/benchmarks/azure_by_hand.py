"""The same turn without a framework: the real SDKs, used as well as they can be, in a straight line."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

from voicebot_emulator.testing import LoudUser

_FRAME = 0.02
_SILENCE = bytes(640)
_SSML = (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">'
    '<voice name="en-US-AvaMultilingualNeural">{}</voice></speak>'
)


async def turns_by_hand(environment: dict[str, str], count: int) -> list[dict[str, float]]:
    """Hold `count` turns; return for each, in seconds from the commit: final, first token, first sound."""
    import azure.cognitiveservices.speech as sdk
    from openai import AsyncOpenAI

    loop = asyncio.get_running_loop()
    key, endpoint = environment["SPEECH_KEY"], environment["SPEECH_ENDPOINT"]
    speech_config = sdk.SpeechConfig(subscription=key, endpoint=endpoint)
    speech_config.set_service_property(
        "setfeature", "forcecommit", sdk.ServicePropertyChannel.UriQueryParameter
    )
    speech_config.set_property_by_name("SPEECH-BytesPerFrame", "640")
    speech_config.set_property_by_name("SPEECH-USPPollingInterval", "5")
    sound = sdk.audio.PushAudioInputStream(sdk.audio.AudioStreamFormat(16_000, 16, 1))
    recognizer = sdk.SpeechRecognizer(speech_config, sdk.audio.AudioConfig(stream=sound))
    finals: asyncio.Queue[str] = asyncio.Queue()
    recognizer.recognized.connect(
        lambda event: loop.call_soon_threadsafe(
            finals.put_nowait, json.loads(event.result.json).get("DisplayText", "")
        )
    )
    recognizer.recognizing.connect(lambda event: None)
    await asyncio.to_thread(recognizer.start_continuous_recognition_async().get)

    client = AsyncOpenAI(
        base_url=f"{environment['OPENAI_ENDPOINT']}/openai/v1/", api_key=environment["OPENAI_API_KEY"]
    )
    voice = sdk.SpeechConfig(subscription=key, endpoint=endpoint)
    voice.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
    synthesizer = sdk.SpeechSynthesizer(voice, audio_config=None)
    connection = sdk.Connection.from_speech_synthesizer(synthesizer)
    await asyncio.to_thread(connection.open, True)
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    synthesizer.synthesizing.connect(
        lambda event: loop.call_soon_threadsafe(chunks.put_nowait, event.result.audio_data)
    )

    hum = LoudUser().frames("", 0.4)
    turns = []
    for _ in range(count):
        for frame in [*hum, *[_SILENCE] * 13]:
            sound.write(frame)
            await asyncio.sleep(_FRAME)
        while not finals.empty():
            finals.get_nowait()
        while not chunks.empty():
            chunks.get_nowait()
        began = time.perf_counter()
        sound.commit()
        question = await finals.get()
        marks = {"final": time.perf_counter() - began}
        sentence = await _first_sentence(client, environment["OPENAI_DEPLOYMENT"], question, marks, began)
        speaking = asyncio.create_task(
            asyncio.to_thread(lambda text=sentence: synthesizer.speak_ssml_async(_SSML.format(text)).get())
        )
        await chunks.get()
        marks["first sound"] = time.perf_counter() - began
        await speaking
        turns.append(marks)
    await asyncio.to_thread(recognizer.stop_continuous_recognition_async().get)
    synthesizer.synthesizing.disconnect_all()
    await client.close()
    return turns


async def _first_sentence(
    client: Any, deployment: str, question: str, marks: dict[str, float], began: float
) -> str:
    """Return the first sentence of the reply, and leave the rest unread."""
    text = ""
    stream = await client.chat.completions.create(
        model=deployment, messages=[{"role": "user", "content": question}], stream=True
    )
    async with stream:
        async for chunk in stream:
            if chunk.choices and (delta := chunk.choices[0].delta.content):
                marks.setdefault("first token", time.perf_counter() - began)
                text += delta
                if match := re.search(r"^.*?\.(?= )", text):
                    return match[0]
    return text
