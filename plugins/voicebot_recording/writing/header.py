"""The first line of a recording: what it is a recording of, and what made it."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from typing import Any

import voicebot
from voicebot import BotConfig, Choice, ConversationInfo
from voicebot_recording.format import HEADER, VERSION, Json
from voicebot_recording.options import RecordOptions

_MODELS = ("model", "voice", "deployment")
"""Options that say which model a provider uses."""
_FILTERS = frozenset(("voicebot_filter_transcript", "voicebot_filter_reply"))


def header(
    options: RecordOptions, config: BotConfig | None, info: ConversationInfo, rate: int | None
) -> Json:
    """Return the object of the first line.

    Args:
        rate: samples a second of the sound; None if there is none.
    """
    left_out = [name for name in ("sound", "text", "tools") if not getattr(options, name)]
    return {
        "type": HEADER,
        "version": VERSION,
        "id": info.id,
        "name": info.name,
        "language": info.language,
        "started": info.started.isoformat(),
        "providers": dict(info.providers),
        "models": _models(config, info),
        "plugins": _plugins(config, info) if config is not None else {},
        "voicebot": voicebot.__version__,
        "python": platform.python_version(),
        "sound": None if rate is None else {"rate": rate, "channels": ["user", "bot"]},
        "microphone": info.microphone.rate if info.microphone is not None else None,
        "speaker": info.speaker.rate if info.speaker is not None else None,
        "voice": info.voice.rate if info.voice is not None else None,
        "live": info.live,
        "left_out": left_out,
    }


def _plugins(config: BotConfig, info: ConversationInfo) -> Json:
    """Return the plugins that the config selects, and those that change what is said."""
    choices = [choice for kind in info.providers for choice in config.of_kind(kind)]
    chosen = {(each.kind, each.name) for each in _with_inner([*choices, *config.observers, *config.tools])}
    return {
        each.name: {"distribution": each.distribution, "version": each.version}
        for each in (config.plugins.loaded if config.plugins is not None else ())
        if _FILTERS.intersection(each.hooks) or any((has.kind, has.name) in chosen for has in each.providers)
    }


def _with_inner(choices: Iterable[Choice[Any]]) -> Iterator[Choice[Any]]:
    for choice in choices:
        yield choice
        yield from _with_inner(choice.inner)


def _models(config: BotConfig | None, info: ConversationInfo) -> Json:
    models = {"chat": info.model} if info.model else {}
    choices = [each for kind in info.providers for each in config.of_kind(kind)] if config is not None else []
    for choice in _with_inner(choices):
        for name, value in choice.options:
            if name in _MODELS and isinstance(value, str) and value:
                models.setdefault(choice.kind, value)
    return models
