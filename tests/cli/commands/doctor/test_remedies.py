"""What `voicebot doctor` says of providers that fail and of sound that nothing plays, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import voicebot_combine
from voicebot.cli.commands.doctor.providers import is_broken_device, provider_results
from voicebot.cli.commands.doctor.sound.devices import device_results, doubted
from voicebot.config.load import BotConfig, load_config
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import Endpoint
from voicebot.options import Options
from voicebot.plugin.manager import Plugins
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    simulated,
)

CONFIG = """\
recognizer: {provider: ears}
chat: {provider: fallback, of: [{provider: away}, {provider: mind}]}
synthesizer: {provider: mouth}
voice_activity: null
turn_detector: null
device: {provider: card}
"""
AWAY = "http://localhost:1/v1 does not answer: is Ollama running?"


class Ears(ScriptedRecognizer):
    def __init__(self, _: Options) -> None:
        super().__init__()


class Mind(ScriptedChatModel):
    def __init__(self, _: Options) -> None:
        super().__init__(["Aye."])


class Away(Mind):
    async def start(self) -> None:
        raise ProviderError(f"{AWAY} Start it with `ollama serve`")


class Mouth(ScriptedSynthesizer):
    def __init__(self, _: Options) -> None:
        super().__init__()


class Card(AudioDevice[Options]):
    """A sound system that lists a microphone and a speaker, but runs nothing."""

    def endpoints(self) -> Sequence[Endpoint]:
        return [Endpoint(0, "Nobody", "input"), Endpoint(0, "Nobody", "output")]

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        raise DeviceError("no speaker: the system's own cannot be opened")
        yield ScriptedUser()


def config(folder: Path) -> BotConfig:
    plugins = Plugins(entry_points=[])
    voicebot_combine.voicebot_register(plugins.registry)
    for name, provider in (("ears", Ears), ("mind", Mind), ("away", Away), ("mouth", Mouth), ("card", Card)):
        plugins.registry.add(name, provider, Options)  # type: ignore[type-abstract]
    path = folder / "bot.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return load_config(path, plugins=plugins, environ={})


@simulated
async def test_a_member_that_is_away_is_told_once_with_what_to_do(tmp_path: Path) -> None:
    results = await provider_results(config(tmp_path), sound=False)
    warned = [
        (each.about, each.finding.message, each.finding.remedy) for each in results if each.finding.remedy
    ]
    assert warned == [("chat fallback: away", AWAY, "start it with `ollama serve`")]
    assert [each.finding.verdict for each in results].count("warning") == 1


def test_what_a_sound_system_lists_is_no_success_if_the_device_does_not_open(tmp_path: Path) -> None:
    used = config(tmp_path)
    (device,) = [each for each in asyncio.run(provider_results(used, sound=True)) if is_broken_device(each)]
    assert device.finding.message == "no speaker: the system's own cannot be opened"
    listed = asyncio.run(device_results(used))  # not simulated: it waits for a thread
    assert [each.finding.verdict for each in listed] == ["ok", "ok"]
    assert [(each.about, each.finding.verdict) for each in doubted(listed)] == [
        ("microphone", "skipped"),
        ("speaker", "skipped"),
    ]
