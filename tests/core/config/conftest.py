"""Small providers for tests of the config loader, and a config that selects them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from textwrap import dedent
from typing import ClassVar, Literal

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import field_validator, model_validator

from voicebot import (
    Advice,
    AudioDevice,
    AudioStream,
    ChatEvent,
    ChatModel,
    ChatRequest,
    ConfigError,
    ConversationEvent,
    ConversationInfo,
    Field,
    Hints,
    Observer,
    Options,
    Recognition,
    Recognizer,
    SecretStr,
    SynthesisEvent,
    Synthesizer,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    Toolset,
    ToolsetOptions,
    TurnDetector,
    TurnSoFar,
    Utterance,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)
from voicebot.config.json_schema.config_schema import config_schema
from voicebot.config.load import BotConfig, load_config
from voicebot.plugin.manager import Plugins

WHOLE = """\
    recognizer: {provider: ears}
    chat: {provider: parrot}
    synthesizer: {provider: mouth}
    """


class TinyRecognizer(Recognizer[Options]):
    def listen(self, hints: Hints) -> AbstractAsyncContextManager[Recognition]:
        raise NotImplementedError


class RuleOptions(Options):
    pattern: str
    answers: str | tuple[str, ...] = ()
    reply: str | None = Field(None, deprecated="use `answers`")
    weight: float = Field(1.0, ge=0, le=10)


class ParrotOptions(Options):
    rules: tuple[RuleOptions, ...] = ()
    by_name: dict[str, RuleOptions] = Field({})
    default: RuleOptions | None = None
    mood: str | RuleOptions = ""
    script: Path | None = None
    files: tuple[Path, ...] = ()


class Parrot(ChatModel[ParrotOptions]):
    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        raise NotImplementedError


class UninstalledChatModel(Parrot):
    pass


class TinySynthesizerOptions(Options):
    voice: str = "amy"
    rate: int = Field(150, ge=80, le=400)
    pitch: float = Field(1.0, gt=0, lt=3)
    loud: bool = False
    style: Literal["calm", "cheerful"] = "calm"
    pace: float | Literal["slow", "fast"] = 1.0
    nickname: str | None = None
    save_to: Path | Literal["-"] | None = None
    speed: int | None = Field(None, deprecated="use `rate`")
    shelf: Literal["on", "off"] = "on"

    @field_validator("voice")
    @classmethod
    def _must_not_be_bob(cls, value: str) -> str:
        if value == "bob":
            raise ValueError("bob has lost his voice")
        return value

    def advice(self, language: str) -> Iterator[Advice]:
        if self.loud and self.style == "calm":
            yield Advice("loud", "calm voices are never loud", "error")
        if language == "nl-NL":
            yield Advice("voice", f"{self.voice} does not speak {language}")


class TinySynthesizer(Synthesizer[TinySynthesizerOptions]):
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        raise NotImplementedError


class CloudOptions(Options):
    api_key: SecretStr
    region: str = "north"
    headers: dict[str, SecretStr] = Field({})

    @model_validator(mode="after")
    def _key_and_region_agree(self) -> CloudOptions:
        if self.region == "mars":
            raise ValueError(f"no key {self.api_key.get_secret_value()} on mars")
        return self


class Cloud(Synthesizer[CloudOptions]):
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        raise NotImplementedError


class TinySoundCard(AudioDevice[Options]):
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        raise NotImplementedError


class FileOptions(Options):
    input: Path


class Files(AudioDevice[FileOptions]):
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        raise NotImplementedError


class Silero(VoiceActivityDetector[VoiceActivityOptions]):
    def detect(self) -> VoiceActivity:
        raise NotImplementedError


class TinyTurnDetector(TurnDetector[Options]):
    async def wait(self, turn: TurnSoFar) -> float:
        raise NotImplementedError


class DiaryOptions(Options):
    file: Path
    format: Literal["plain", "fancy"] = "plain"


class Diary(Observer[DiaryOptions]):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        raise NotImplementedError


class Counter(Observer[Options]):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        raise NotImplementedError


class DeskOptions(ToolsetOptions):
    def known_tools(self) -> Mapping[str, Tool | None]:
        city = {"type": "object", "properties": {"city": {"type": "string"}, "day": {"type": "string"}}}
        return {
            "weather": Tool("weather", "The weather.", city),
            "tides": Tool("tides", "t" * 1025, {"type": "array"}),
            "book": Tool("book", "Books.", city, confirm="Shall I book for {people}?"),
            "clock": None,
        }


class FarOptions(ToolsetOptions):
    start_timeout: float = 10.0


class Desk(Toolset[ToolsetOptions]):
    def tools(self) -> list[Tool]:
        raise NotImplementedError

    def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        raise NotImplementedError


@pytest.fixture
def plugins() -> Plugins:
    plugins = Plugins(entry_points=[])
    add = plugins.registry.add
    add("ears", TinyRecognizer, Options)
    add("parrot", Parrot, ParrotOptions)
    add("mind", UninstalledChatModel, ParrotOptions, requires={"no_such_module_anywhere": "mind-sdk[all]"})
    add("mouth", TinySynthesizer, TinySynthesizerOptions)
    add("cloud", Cloud, CloudOptions)
    add("sound-card", TinySoundCard, Options)
    add("wav", Files, FileOptions)
    add("silero", Silero, VoiceActivityOptions)
    add("judgement", TinyTurnDetector, Options)
    add("diary", Diary, DiaryOptions)
    add("counter", Counter, Options)
    add("desk", Desk, DeskOptions)
    add("far", Desk, FarOptions)
    return plugins


Write = Callable[[str, str], Path]
Load = Callable[..., BotConfig]
Problems = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a config to the test's directory; `WHOLE` stands for the three required sections."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).replace("WHOLE\n", dedent(WHOLE)), encoding="utf-8")
        return path

    return write


class OldYaml(yaml.SafeLoader):
    """Reads YAML 1.1 as an editor does: dates are text, because JSON has no dates."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class NewYaml(OldYaml):
    """Reads YAML 1.2, where `yes` and `off` are words, as most editors do."""

    yaml_implicit_resolvers: ClassVar = {
        first: [
            (tag, re.compile("^(true|false)$") if tag.endswith(":bool") else pattern)
            for tag, pattern in resolvers
        ]
        for first, resolvers in OldYaml.yaml_implicit_resolvers.items()
    }


def complaints(validator: Draft7Validator, text: str) -> list[str]:
    """Return what editors complain about in a config, with YAML 1.1 and 1.2."""
    return [
        f"{error.json_path}: {error.message}"
        for loader in (OldYaml, NewYaml)
        for error in validator.iter_errors(yaml.load(text, loader))
    ]


@pytest.fixture
def load(write: Write, plugins: Plugins) -> Load:
    """Load a config from its text; editors must accept a config that can be loaded."""

    def load(text: str, environ: Mapping[str, str] | None = None) -> BotConfig:
        path = write("bot.yaml", text)
        config = load_config(path, plugins=plugins, environ=environ or {})
        editor = Draft7Validator(config_schema(plugins.registry, plugins.registry.sections))
        assert complaints(editor, path.read_text(encoding="utf-8")) == []
        return config

    return load


@pytest.fixture
def problems(load: Load, tmp_path: Path) -> Problems:
    """Return the problems of a config, without the directory in their locations."""

    def problems(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, environ)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]

    return problems
