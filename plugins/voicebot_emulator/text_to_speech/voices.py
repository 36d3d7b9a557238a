"""The list of the voices in the emulated region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot_emulator.http.visit import as_json
from voicebot_emulator.text_to_speech import catalogue

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer with the list of voices, as the REST interface does."""
    from aiohttp import web

    voices = [_entry(voice) for voice in catalogue.hosted(visit.emulation.account.region)]
    text = as_json(voices)
    visit.note("out", "voices", size=len(text))
    return web.Response(text=text, content_type="application/json")


def _entry(voice: catalogue.Voice) -> dict[str, Any]:
    ending = voice.name.removeprefix(f"{voice.locale}-")
    entry: dict[str, Any] = {
        "Name": f"Microsoft Server Speech Text to Speech Voice ({voice.locale}, {ending})",
        "DisplayName": voice.persona,
        "LocalName": voice.persona,
        "ShortName": voice.name,
        "Gender": voice.gender,
        "Locale": voice.locale,
        "LocaleName": voice.locale,
        "SampleRateHertz": "24000",
        "VoiceType": "Neural",
        "Status": "GA",
        "WordsPerMinute": "150",
    }
    if secondary := voice.secondary_locales:
        entry["SecondaryLocaleList"] = list(secondary)
    return entry
