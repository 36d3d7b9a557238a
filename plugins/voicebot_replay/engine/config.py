"""The config that a recording was made with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from voicebot import BotConfig, ConfigError, config_named, load_config, read_dot_env, secrets_in
from voicebot_recording.format import CONFIG
from voicebot_recording.reading import Recording
from voicebot_replay.engine.config_text import Keys, place_of, without
from voicebot_replay.errors import ReplayError

_SOONER = 0.02
"""Seconds by which a config is used sooner than then: in time for the turn that it came before."""
OWN_TOOLS = "conversation"
"""The toolset that only changes the conversation itself: it runs, as nothing outside is done."""
_NOT_USED = (("device",), ("observers",), ("record",))
"""Sections that a replay has no use for; what they name may be gone."""
_ANSWERED = ("recognizer", "chat", "synthesizer")
"""Sections of providers in whose place the recording answers; files that their options name may be gone."""
_HIDDEN = "'***'"
"""What the file has in place of a secret."""
_STAND_IN, _VARIABLE = "not-recorded", "NOT_RECORDED"
"""What is used in place of secrets, and its variable, since none may be in plain text."""


def recorded_config(recording: Recording, at: float = 0.0, *, asks: bool = True) -> BotConfig:
    """Load the config that the bot had at a second, but for its device, its observers and what is recorded.

    Args:
        asks: whether its services are asked, with its prices and its tools. Otherwise the recording answers,
            so that files which only those need may be gone.

    Raises:
        ConfigError: it cannot be used by this version, or with the plugins that are installed.
        ReplayError: it is missing.
    """
    *_, path = (path for since, path in _files(recording) if since <= at)
    return _recorded(path, asks=asks)


def recorded_configs(recording: Recording) -> list[tuple[float, BotConfig]]:
    """Load all configs of a recording that answers, each with the second from which on it is used."""
    return [(since, _recorded(path, asks=False)) for since, path in _files(recording)]


def _files(recording: Recording) -> Iterator[tuple[float, Path]]:
    return ((max(0.0, at - _SOONER), path) for at, path in recording.config_files())


def _recorded(path: Path, *, asks: bool) -> BotConfig:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ReplayError(f"{path}: cannot be read: {reason}; name a config with --config") from error
    text = without(text, lambda keys, _: keys in _NOT_USED)
    if asks:
        return _loaded(path, text)
    text = without(text, _is_for_services)
    try:
        return _loaded(path, text)
    except ConfigError as error:
        wrong = {(each.line, each.column) for each in error.problems if each.severity == "error"}
        rest = without(text, lambda keys, value: keys[0] in _ANSWERED and place_of(value) in wrong)
        if rest == text:
            raise
        return _loaded(path, rest)


def _is_for_services(keys: Keys, value: yaml.Node) -> bool:
    """Return whether something is only of use when services are asked: prices, and tools of others."""
    is_tool = len(keys) == 2 and keys[0] == "tools" and isinstance(value, yaml.MappingNode)
    return keys == ("prices",) or (
        is_tool and OWN_TOOLS not in (each.value for key, each in value.value if key.value == "provider")
    )


def _loaded(path: Path, text: str) -> BotConfig:
    """Load the text of a config; problems are those of `path`."""
    with tempfile.TemporaryDirectory(prefix="voicebot-replay-") as folder:
        used = Path(folder) / CONFIG
        used.write_text(_with_stand_ins(text), encoding="utf-8")
        try:
            return replace(load_config(used, environ={_VARIABLE: _STAND_IN}), path=path, warnings=())
        except ConfigError as error:
            raise ConfigError([replace(each, file=str(path)) for each in error.problems]) from None


def config_for(recording: Recording, name: str | None, at: float = 0.0, *, asks: bool = True) -> BotConfig:
    """Load a config by its file or name; None stands for that of the recording at a second.

    Args:
        asks: as for `recorded_config`.

    Raises:
        ConfigError: it cannot be used.
        ReplayError: that of the recording is missing.
    """
    if name is None:
        return recorded_config(recording, at, asks=asks)
    path = config_named(Path(name))
    read_dot_env(path.parent)
    return load_config(path)


def hides_secrets(config: BotConfig) -> bool:
    """Return whether a config has a secret that was hidden when it was recorded."""
    return any(secret.get_secret_value() == _STAND_IN for secret in secrets_in(config))


def _with_stand_ins(text: str) -> str:
    """Return the text of a config that has no variables any more, with one for its secrets."""
    return text.replace("$", "$$").replace(_HIDDEN, f'"${{{_VARIABLE}}}"')
