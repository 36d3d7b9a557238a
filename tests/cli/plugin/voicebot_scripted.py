"""A third-party plugin that the tests of the command line install: scripted providers.

They report each stage on stderr, so that a test knows when to press Ctrl-C.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

from voicebot import (
    Advice,
    AudioDevice,
    AudioStream,
    DeviceError,
    DeviceEvent,
    Endpoint,
    Field,
    Hints,
    ModelStore,
    Options,
    ProviderError,
    Recognition,
    Registry,
    SecretStr,
    StoredModel,
    SynthesisEvent,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    ToolsetOptions,
    Utterance,
    VoiceActivityOptions,
    VoiceDescription,
    hookimpl,
)
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoiceActivity
from voicebot.testing.scripted import SILENT_FRAME, ScriptedRecognition


def report(stage: str) -> None:
    print(f"<{stage}>", file=sys.stderr, flush=True)


class RecognizerOptions(Options):
    """Options of the scripted recogniser."""

    final_delay: float = 0.0
    fails: str = ""
    """The message of its first failure, if it fails; after that it recognises nothing."""


class Recognizer(ScriptedRecognizer):
    """Hears scripted sound."""

    def __init__(self, options: RecognizerOptions) -> None:
        super().__init__(final_delay=options.final_delay)
        self.script = options

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as recognition:
            report("listening")
            reason = self.script.fails
            yield Deaf(self, hints, reason if len(self.sessions) <= 2 else "") if reason else recognition


class Deaf(ScriptedRecognition):
    """Recognises nothing, and fails at the first sound if told to."""

    def __init__(self, recognizer: Recognizer, hints: Hints, reason: str) -> None:
        super().__init__(recognizer, hints)
        self._reason = reason

    async def write(self, audio: bytes) -> None:
        if self._reason:
            self.break_off(ProviderError(self._reason, retryable=True))


class ChatOptions(Options):
    """Options of the scripted chat model."""

    replies: tuple[str, ...] = ("All right.",)
    """What it replies, in order."""
    first_token: float = Field(0.0, ge=0)
    """Seconds to the first word."""
    fails: str = ""
    """The message with which every reply fails, if set."""
    start: Literal["", "raises", "crashes", "waits", "blocks", "ignores"] = ""
    """What happens when it starts."""
    password: SecretStr = SecretStr("none")
    """A secret."""


class Chat(ScriptedChatModel):
    """Replies as scripted."""

    def __init__(self, options: ChatOptions) -> None:
        replies: Any = [ProviderError(options.fails)] if options.fails else options.replies
        super().__init__(replies, first_token=options.first_token, tokens_per_second=10_000)
        self.script = options

    async def start(self) -> None:
        report("starting")
        match self.script.start:
            case "raises":
                raise ProviderError("the scripted chat model is not at home")
            case "crashes":
                raise ZeroDivisionError("a bug in a plugin")
            case "waits":
                await asyncio.get_running_loop().create_future()
            case "blocks":
                time.sleep(60)  # noqa: ASYNC251 - which is the point
            case "ignores":
                while True:
                    try:
                        await asyncio.sleep(60)
                    except asyncio.CancelledError:
                        report("ignored")


class SynthesizerOptions(Options):
    """Options of the scripted synthesizer."""

    crashes: bool = False
    fails: Literal["", "at once", "later"] = ""
    """When it fails, if at all."""
    silent: bool = False


class Synthesizer(ScriptedSynthesizer):
    """Speaks silence."""

    def __init__(self, options: SynthesizerOptions) -> None:
        super().__init__(first_byte=0.0, speed=10_000)
        self.script = options

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if self.script.silent:
            return
        if self.script.fails == "at once":
            raise ProviderError("lost its voice")
        async for event in super().synthesize(utterance):
            yield event
            if self.script.fails == "later":
                raise ProviderError("lost its voice")
            if self.script.crashes:
                raise ZeroDivisionError("a bug in a plugin")
            if "speak" in utterance.text:
                report("speaking")


class ChoirOptions(Options):
    """Options of the synthesizer with many voices."""

    voice: str = Field("Anna", min_length=1)

    def advice(self, language: str) -> Iterable[Advice]:
        if self.voice == "Old Tom":
            yield Advice("voice", "Old Tom retires soon")


class Choir(ScriptedSynthesizer):
    """Speaks silence in the chosen voice."""

    members = (
        VoiceDescription("Anna", ("en-US",), "female", "calm"),
        VoiceDescription(
            "Clara:HD", ("en-GB", "fr-FR", "es-ES", "de-DE", "it-IT"), "female", "at home everywhere"
        ),
        VoiceDescription("Bruno", ("de-AT",), "male", "deep"),
        VoiceDescription("Old Tom", ("en-GB",), "male", "once the HD of his time"),
    )

    def __init__(self, options: ChoirOptions) -> None:
        super().__init__(first_byte=0.0, speed=10_000)
        self.script = options

    async def start(self) -> None:
        if self.script.voice not in [member.name for member in self.members]:
            raise ProviderError(f"there is no voice '{self.script.voice}'")
        report(self.script.voice)

    async def voices(self) -> tuple[VoiceDescription, ...]:
        return self.members


class Wardrobe(ModelStore):
    """Voices of the choir, as files in the folder `wardrobe`; what happens to some depends on their name."""

    place = Path("wardrobe")
    sizes: ClassVar[dict[str, int | None]] = {
        "tenor": 3_000_000,
        "basso": 1_500_000_000,
        "waits": 10_000_000,
        "broken": None,
    }

    def models(self) -> list[StoredModel]:
        here = [
            StoredModel(file.stem, ("de",), file.stat().st_size, file.resolve(), license="CC0")
            for file in sorted(self.place.glob("*.voice"))
        ]
        bundled = StoredModel("Anna", ("en-US",), 61_000_000, Path("/usr/share/anna"), "choir-anna", "MIT")
        names = {model.name for model in here}
        others = [
            StoredModel(name, ("de", "en", "fr", "it") if size else (), size, license="CC0")
            for name, size in self.sizes.items()
            if name not in names
        ]
        return [bundled, *here, *others]

    def fetch(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        self.place.mkdir(exist_ok=True)
        file = self.place / f"{name}.voice"
        match name:
            case "basso":
                raise ProviderError("there is no space for 'basso': it needs 1.5 GB")
            case "broken":
                raise ZeroDivisionError("a bug in a plugin")
            case "waits":
                report("fetching")
                while True:
                    progress(1, None)
                    time.sleep(0.001)
            case "tenor" | "unlisted":
                for done in range(0, 3_000_001, 100_000):
                    progress(done, 3_000_000)
                file.write_bytes(bytes(3_000_000))
                return file.resolve()
            case _:
                raise ProviderError(f"the choir has no voice '{name}'")

    def remove(self, name: str) -> None:
        (self.place / f"{name}.voice").unlink()


class BrokenWardrobe(Wardrobe):
    """A store that cannot be read."""

    def models(self) -> list[StoredModel]:
        raise ProviderError("the wardrobe is locked")


class VoiceActivity(ScriptedVoiceActivity):
    """Detects scripted speech."""


class Exchange(AudioDevice[Options]):
    """A telephone exchange with two lines that is not plugged in."""

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(0, "Headset", "input", default=True),
            Endpoint(0, "Loudspeaker on the wall", "output"),
        ]

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        raise DeviceError("the exchange is not plugged in")
        yield


class TelephoneOptions(Options):
    """Options of the exchange that is plugged in."""

    frames: int = 100
    """How many frames of sound it yields before it ends."""


class Telephone(Exchange):
    """An exchange that is plugged in; it hears at most silence."""

    def __init__(self, options: TelephoneOptions) -> None:
        super().__init__(Options())
        self.script = options

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        report("opened")
        yield Call(self.script.frames)
        report("closed")


class Call(AudioStream):
    """A call on which nobody speaks."""

    microphone = ScriptedRecognizer.input_format
    speaker = ScriptedRecognizer.input_format

    def __init__(self, frames: int) -> None:
        self._frames = frames

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        for _ in range(self._frames):
            await asyncio.sleep(0)
            yield SILENT_FRAME


class BrokenExchange(Exchange):
    """An exchange whose endpoints cannot be listed."""

    async def start(self) -> None:
        raise DeviceError("nobody answers")


class DeskOptions(ToolsetOptions):
    """Options of the hotel's desk."""

    start: Literal["", "raises"] = ""
    """What happens when it starts."""


class Desk(Toolset[DeskOptions]):
    """A hotel's desk, which says what it does."""

    async def start(self) -> None:
        if self.options.start == "raises":
            raise ProviderError("nobody is at the desk")
        report("desk open")

    def tools(self) -> list[Tool]:
        city = {"city": {"type": "string"}, "day": {"enum": ["today", "tomorrow"]}}
        table = {"people": {"type": "integer"}, "outside": {"type": "boolean"}, "names": {"type": "array"}}
        table["names"]["items"] = {"type": "string"}
        return [
            Tool("weather", "The weather in a city.\n\nAs forecast.", _schema(city, "city"), "reads"),
            Tool("book", "Books a table.", _schema(table, "people"), confirm="A table for {people}?"),
            Tool("no", "Refuses\x1b[2J."),
            Tool("leave", "Cancels its own task."),
        ]

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        match call.name:
            case "weather":
                yield ToolResult(f"Fog, said {call.arguments} for {caller.language}")
            case "book":
                yield ToolProgress("Asking the\x1b[2J captain")
                caller.remember("a table is booked")
                caller.end_conversation()
                yield ToolResult(f"Booked {call.arguments}", say="It is booked.")
            case "no":
                yield ToolResult("No.", failed=True)
            case "leave":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await asyncio.sleep(0)


def _schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


@hookimpl
def voicebot_register(registry: Registry) -> None:
    registry.add("scripted", Recognizer, RecognizerOptions)
    registry.add("scripted", Chat, ChatOptions)
    registry.add("scripted", Synthesizer, SynthesizerOptions)
    registry.add("choir", Choir, ChoirOptions, models=Wardrobe)
    registry.add("scripted", VoiceActivity, VoiceActivityOptions)
    registry.add("locked-choir", Choir, ChoirOptions, models=BrokenWardrobe)
    registry.add("desk", Desk, DeskOptions)
    registry.add("exchange", Exchange, Options)
    registry.add("telephone", Telephone, TelephoneOptions)
    registry.add("broken-exchange", BrokenExchange, Options)
    registry.add("lacking", Exchange, Options, requires={"no_such_module_at_all": "lacking[sdk]"})
