"""A config that is edited while its bot talks; its scripted providers record which of them are open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.config.load import BotConfig, load_config
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import AudioDevice, AudioStream, TurnDetector, VoiceActivity
from voicebot.messages import DeviceEvent, Tool, TurnSoFar
from voicebot.options import Advice, Options, SecretStr, ToolsetOptions, VoiceActivityOptions
from voicebot.plugin.manager import Plugins
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedUser,
    ScriptedVoiceActivity,
)

OPEN: list[object] = []
"""The providers that are open."""
CARDS: dict[str, ScriptedUser] = {}
"""Who was last at each card, by its name."""
SPOKEN: list[tuple[str, str]] = []
"""What voices have spoken: the name of the voice, and the text."""


class EarOptions(Options):
    model: str = "small"


class ChatOptions(Options):
    reply: str = "All right."
    key: SecretStr = SecretStr("")
    start: str = "works"


class VoiceOptions(Options):
    voice: str = "nova"
    works: bool = True

    def advice(self, language: str) -> Iterable[Advice]:
        if self.voice == "breaks":
            raise KeyError("sesame")
        return ()


class Recorded:
    """A provider that is in `OPEN` from its start until it is closed."""

    async def start(self) -> None:
        await asyncio.sleep(0.2)
        if getattr(self.options, "start", "") == "fails":  # type: ignore[attr-defined]
            raise ProviderError("no such key")
        OPEN.append(self)

    async def aclose(self) -> None:
        OPEN.remove(self)


class Ears(Recorded, ScriptedRecognizer):
    def __init__(self, options: EarOptions) -> None:
        super().__init__()
        self.options = options
        if options.model == "none":
            self.refusals = [ProviderError("no such model")] * 10


class MoreEars(Ears):
    pass


class Chat(Recorded, ScriptedChatModel):
    def __init__(self, options: ChatOptions) -> None:
        if options.start == "breaks":
            raise KeyError("sesame")
        super().__init__([options.reply])
        self.options = options
        self._asked = 0

    @property
    def phrases(self) -> Sequence[str]:
        """Break, if the options say so: when a conversation tries the recogniser, or when it goes on."""
        self._asked += 1
        if self.options.start == f"breaks at {self._asked}":
            raise KeyError("sesame")
        return ()


class Voice(Recorded, ScriptedSynthesizer):
    def __init__(self, options: VoiceOptions) -> None:
        super().__init__(
            faults={} if options.works else dict.fromkeys(range(100), ProviderError("no such voice"))
        )
        self.options = options

    async def synthesize(self, utterance: Any) -> AsyncGenerator[Any, None]:
        SPOKEN.append((self.options.voice, utterance.text))
        async for event in super().synthesize(utterance):
            yield event


class DetectorOptions(VoiceActivityOptions):
    works: bool = True


class Detector(Recorded, ScriptedVoiceActivity):
    def __init__(self, options: DetectorOptions) -> None:
        super().__init__(options)
        self._works = options.works
        self.detections = 0

    def detect(self) -> VoiceActivity:
        self.detections += 1
        if not self._works:
            raise KeyError("sesame")
        return super().detect()


class Guess(Recorded, TurnDetector[Options]):
    """A turn detector that cannot be used, as it does not say how much sound it needs."""

    input_format = AudioFormat(16_000)
    audio_seconds: Any = "many"

    async def wait(self, turn: TurnSoFar) -> float:
        return 1.0


class Lamp(Recorded, ScriptedToolset):
    def __init__(self, options: ToolsetOptions) -> None:
        super().__init__([(Tool("light", "Turns the light on.", effect="writes"), "It is on.")])
        self.options = options


class CardOptions(Options):
    name: str = "first"
    is_there: bool = True
    is_silent: bool = False
    opens_after: float = 0.0
    live: bool = True
    closes: bool = True


class Card(Recorded, AudioDevice[CardOptions]):
    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        if not self.options.is_there:
            raise DeviceError(f"no microphone is called '{self.options.name}'")
        await asyncio.sleep(self.options.opens_after)
        user = CARDS[self.options.name] = Silent() if self.options.is_silent else ScriptedUser()
        user.live = self.options.live
        OPEN.append(user)
        try:
            yield user
        finally:
            OPEN.remove(user)
        if not self.options.closes:
            raise OSError("the disk is full")


class Typewriter(AudioDevice[Options]):
    """A device for text only."""

    text_only = True

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield ScriptedUser()


class Silent(ScriptedUser):
    """A microphone that gives no sound."""

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        await asyncio.Event().wait()
        yield b""


def plugins() -> Plugins:
    found = Plugins(entry_points=[])
    for name, provider, options in (
        ("ears", Ears, EarOptions),
        ("more-ears", MoreEars, EarOptions),
        ("mind", Chat, ChatOptions),
        ("mouth", Voice, VoiceOptions),
        ("scripted", Detector, DetectorOptions),
        ("guess", Guess, Options),
        ("card", Card, CardOptions),
        ("lamp", Lamp, ToolsetOptions),
    ):
        found.registry.add(name, provider, options)  # type: ignore[type-abstract]
    return found


CONFIG = """\
on_error: ""
turns: {prepare: "off"}
recognizer: {provider: ears}
chat: {provider: mind}
synthesizer: {provider: mouth}
voice_activity: {provider: scripted}
turn_detector: null
device: {provider: card}
"""


class Editing:
    """A config file, and the bot that lives by it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bot.yaml"
        self._plugins = plugins()
        self.live: LiveBot

    def config(self, *edits: tuple[str, str]) -> BotConfig:
        """Save the config with parts of its text replaced, and load it."""
        text = CONFIG
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        self.path.write_text(text)
        return load_config(self.path, plugins=self._plugins, environ={})

    @asynccontextmanager
    async def conversation(self, *edits: tuple[str, str]) -> AsyncGenerator[ScriptedUser, None]:
        """Hold a conversation with the bot; the user hangs up at the end."""
        OPEN.clear()
        SPOKEN.clear()
        async with LiveBot(Bot.from_config(self.config(*edits))) as self.live, asyncio.TaskGroup() as tasks:
            user = ScriptedUser()
            user.joins(Conversation(self.live.bot, user))
            tasks.create_task(_observe(user), name="observer")
            tasks.create_task(self._run(user), name="conversation")
            await asyncio.sleep(0)
            yield user
            user.hangs_up()

    async def _run(self, user: ScriptedUser) -> None:
        with self.live.following(user.conversation):
            await user.conversation.run()


async def _observe(user: ScriptedUser) -> None:
    async for event in user.conversation.events():
        user.events.append(event)
