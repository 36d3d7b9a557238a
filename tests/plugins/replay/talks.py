"""Conversations with scripted providers that are recorded, to be replayed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from voicebot import BotConfig, Options, Tool, VoiceActivityOptions, load_config
from voicebot.plugin.manager import Plugins
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    VirtualClockLoop,
    converse,
)
from voicebot.testing.scripted import speech_frames
from voicebot_audio.wav import WavDevice, WavOptions
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions
from voicebot_recording.reading import Recording, open_recording
from voicebot_turns.silence import SilenceDetector, SilenceOptions

CONFIG = """\
name: Polly
on_error: ""
turns: {patience: PATIENCE, prepare: "PREPARE"}
recognizer: {provider: ears}
chat: {provider: mind}
synthesizer: {provider: mouth}
voice_activity: {provider: scripted}
turn_detector: {provider: silence, seconds: 0.1}
"""
LOOK = Tool("look", "Looks.", effect="reads")


class Ears(ScriptedRecognizer):
    def __init__(self, _: Options) -> None:
        super().__init__()


class Mind(ScriptedChatModel):
    def __init__(self, _: Options) -> None:
        super().__init__()


class Mouth(ScriptedSynthesizer):
    def __init__(self, _: Options) -> None:
        super().__init__()


class Talker(ScriptedUser):
    """A user whose last word is recognised a moment before they fall silent, and not at the same moment."""

    def frames(self, text: str, seconds: float) -> list[bytes]:
        spoken = speech_frames(text, seconds - 0.1)
        return [*spoken, *[b"\x01".ljust(len(spoken[0]), b"\0")] * 5]


def plugins() -> Plugins:
    found = Plugins(entry_points=[])
    for name, provider, options in (
        ("ears", Ears, Options),
        ("mind", Mind, Options),
        ("mouth", Mouth, Options),
        ("scripted", ScriptedVoiceActivity, VoiceActivityOptions),
        ("silence", SilenceDetector, SilenceOptions),
        ("sound-card", WavDevice, WavOptions),
    ):
        found.registry.add(name, provider, options)  # type: ignore[type-abstract]
    return found


def config(folder: Path, patience: float = 0.6, prepare: str = "pause") -> BotConfig:
    """Return a config whose bot waits for so many seconds of silence, and prepares replies or not."""
    path = folder / f"{len(list(folder.glob('*.yaml')))}.yaml"
    text = CONFIG.replace("PATIENCE", str(patience)).replace("PREPARE", prepare)
    path.write_text(text)
    return load_config(path, plugins=plugins(), environ={})


def record(
    folder: Path,
    talk: Callable[[ScriptedUser], Awaitable[None]],
    *,
    patience: float = 0.6,
    prepare: str = "pause",
    recorded: dict[str, Any] | None = None,
    **providers: Any,
) -> Recording:
    """Hold a conversation in virtual time; return its recording.

    Args:
        recorded: options of the recording.
        providers: arguments of `converse`.
    """
    bot = config(folder, patience, prepare)
    options = RecordOptions(**{"folder": folder / "recordings", "min_free": 0, **(recorded or {})})

    async def run() -> None:
        detector = bot.turn_detector
        async with converse(
            settings=bot.settings,
            turn_detector=detector.make() if detector is not None else None,
            observers=[Recorder(options, bot)],
            user=Talker(),
            **providers,
        ) as user:
            await talk(user)

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(run())
    (path,) = (folder / "recordings").glob("[0-9]*")
    return open_recording(path)
