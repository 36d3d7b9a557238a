"""What is measured: two pipelines written by hand, and voicebot's engine set up in three ways."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from scripted_work import Marks, Work
from speaker import Speaker

if TYPE_CHECKING:
    from voicebot import VoiceActivityDetector
    from voicebot.engine.bot import Bot

VARIANTS = {
    "by-hand": "by hand, a sentence at a time",
    "by-hand-eager": "by hand, six words first, two requests in flight",
    "sentence": "voicebot, first_unit: sentence, built directly",
    "short": "voicebot, first_unit: short (the default), built directly",
    "vad": "as short, with a scripted voice activity detector",
    "config": "as short, from a YAML file by entry points",
    "silero": "as short, with the voice activity detector silero",
}


class Session(Protocol):
    """One dialogue under measurement."""

    marks: Marks

    def push(self, frame: bytes) -> None:
        """Send 20 ms from the microphone."""

    async def stop(self) -> None:
        """End the dialogue."""


class Pipeline(Protocol):
    """What sessions are made with."""

    async def session(self, speaker: Speaker) -> Session:
        """Begin a dialogue."""


class ByHand:
    """The pipelines without a framework."""

    def __init__(self, work: Work, *, eager: bool) -> None:
        self._work = work
        self._eager = eager

    async def session(self, speaker: Speaker) -> Session:
        from handwritten import HandwrittenSession

        return HandwrittenSession(self._work, speaker.marks, speaker, eager=self._eager)


class _VoicebotSession:
    def __init__(self, bot: Bot, speaker: Speaker) -> None:
        from scripted_providers import MARKS, BenchStream

        from voicebot.engine.conversation import Conversation

        self.marks = speaker.marks
        stream = BenchStream(speaker)
        self.push = stream.push
        token = MARKS.set(self.marks)
        self._running = asyncio.create_task(Conversation(bot, stream).run(), name="conversation")
        MARKS.reset(token)

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])
        if not self._running.cancelled():
            self._running.result()


class Voicebot:
    """A bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def session(self, speaker: Speaker) -> Session:
        session = _VoicebotSession(self._bot, speaker)
        await asyncio.sleep(0)
        return session


@asynccontextmanager
async def pipeline(variant: str, work: Work) -> AsyncIterator[Pipeline]:
    """Start a variant."""
    if variant.startswith("by-hand"):
        yield ByHand(work, eager=variant == "by-hand-eager")
        return
    bot = _from_config(work) if variant == "config" else _direct(variant, work)
    async with bot:
        yield Voicebot(bot)


def _direct(variant: str, work: Work) -> Bot:
    import scripted_providers as providers

    from voicebot import Options
    from voicebot.config.schema import ReplyOptions, Settings, TurnOptions
    from voicebot.engine.bot import Bot

    options = providers.WorkOptions(**vars(work))
    return Bot(
        recognizer=providers.BenchRecognizer(options),
        chat=providers.BenchChatModel(options),
        synthesizer=providers.BenchSynthesizer(options),
        device=providers.BenchDevice(Options()),
        voice_activity=_voice_activity(variant),
        settings=Settings(
            turns=TurnOptions(patience=0, interruption=0),
            reply=ReplyOptions(first_unit="sentence" if variant == "sentence" else "short"),
        ),
    )


def _voice_activity(variant: str) -> VoiceActivityDetector[Any] | None:
    if variant == "vad":
        from scripted_providers import BenchVoiceActivity

        from voicebot import VoiceActivityOptions

        return BenchVoiceActivity(VoiceActivityOptions())
    if variant == "silero":
        from voicebot_audio.silero import SileroDetector, SileroOptions

        return SileroDetector(SileroOptions())
    return None


def _from_config(work: Work) -> Bot:
    from voicebot.config.load import load_config
    from voicebot.engine.bot import Bot

    with tempfile.TemporaryDirectory() as folder:
        config = write_plugin_and_config(Path(folder), work)
        sys.path.append(folder)
        try:
            return Bot.from_config(load_config(config))
        finally:
            sys.path.remove(folder)


def write_plugin_and_config(folder: Path, work: Work) -> Path:
    """Make the scripted providers a plugin that Python finds in `folder`; return a config that names them."""
    metadata = folder / "voicebot_bench-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: voicebot-bench\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[voicebot]\nbench = scripted_providers\n")
    config = folder / "bench.yaml"
    options = "".join(f"  {name}: {str(value).lower()}\n" for name, value in vars(work).items())
    config.write_text(
        "turns:\n  patience: 0\n  interruption: 0\n"
        "voice_activity: null\n"
        "device:\n  provider: bench\n"
        + "".join(f"{kind}:\n  provider: bench\n{options}" for kind in ("recognizer", "chat", "synthesizer"))
    )
    return config
