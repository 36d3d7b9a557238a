"""The list of voices is that of the region."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from voicebot_emulator.account import Account
from voicebot_emulator.server import Emulator

from .client import AVA, HD


@pytest.mark.parametrize(("region", "there"), [("swedencentral", True), ("westeurope", False)])
def test_the_list_has_the_voices_of_the_region(region: str, *, there: bool) -> None:
    async def scenario() -> list[dict[str, Any]]:
        async with Emulator(account=Account(region=region)) as emulator, aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{emulator.port}/tts/cognitiveservices/voices/list"
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            async with session.get(address, headers=headers) as answer:
                voices: list[dict[str, Any]] = await answer.json()
            async with session.get(address) as answer:
                assert answer.status == 401
            return voices

    names = {voice["ShortName"]: voice for voice in asyncio.run(scenario())}
    assert (HD in names) is there
    assert names[AVA]["Gender"] == "Female"
    assert "de-DE" in names[AVA]["SecondaryLocaleList"]
