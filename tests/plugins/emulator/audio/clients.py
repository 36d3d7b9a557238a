"""Clients of the emulated audio API: the real SDK."""

from __future__ import annotations

import io
import math
import struct
import wave
from contextlib import asynccontextmanager

import httpx2
import openai

from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator

HEARD = "Ahoy there."
SURFACES = ["openai.com", "v1", "deployments"]


def hum(seconds, rate=16_000):
    second = struct.pack(
        f"<{rate}h", *(round(8_000 * math.sin(math.tau * 440 * at / rate)) for at in range(rate))
    )
    return (second * math.ceil(seconds))[: 2 * round(seconds * rate)]  # a second is 440 whole waves


def wav(sound, rate=16_000, channels=1):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound)
    return ("speech.wav", buffer.getvalue(), "audio/wav")


@asynccontextmanager
async def emulating(*faults, heard=(HEARD,), spoken=None, providers=None, **more):
    """Run an emulator; give it and a client for each surface."""
    script = Script.model_validate({"heard": heard, "spoken": spoken or {"tone": True}})
    async with Emulator(script, providers=providers, faults=faults, **more) as emulator:
        address, key = f"http://127.0.0.1:{emulator.port}", emulator.account.openai_key
        usual = {"api_key": key, "max_retries": 0, "timeout": 30}
        async with httpx2.AsyncClient(verify=False) as http:  # reading certificates would take the longest
            azure = openai.AsyncAzureOpenAI(
                azure_endpoint=address,
                api_version="2025-04-01-preview",
                http_client=http,
                websocket_base_url=f"ws://127.0.0.1:{emulator.port}/openai",  # as of the withdrawn beta
                **usual,
            )
            yield (
                emulator,
                {
                    "openai.com": openai.AsyncOpenAI(base_url=f"{address}/v1/", http_client=http, **usual),
                    "v1": openai.AsyncOpenAI(base_url=f"{address}/openai/v1/", http_client=http, **usual),
                    "deployments": azure,
                },
            )


def name_of(surface, model):
    """Return what a surface calls a model: a model by its name, or a deployment."""
    names = {
        "gpt-4o-mini-tts": "speech",
        "tts-1": "tts",
        "gpt-4o-transcribe": "transcribe",
        "whisper-1": "whisper",
        "gpt-live-transcribe": "live",
    }
    return model if surface == "openai.com" else names[model]
