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
from voicebot_replay.errors import ReplayError

_SOONER = 0.02
"""Seconds by which a config is used sooner than then: in time for the turn that it came before."""
_NOT_USED = ("device", "observers", "record")
"""Sections that a replay has no use for; what they name may be gone."""
_HIDDEN = "'***'"
"""What the file has in place of a secret."""
_STAND_IN, _VARIABLE = "not-recorded", "NOT_RECORDED"
"""What is used in place of secrets, and its variable, since none may be in plain text."""


def recorded_config(recording: Recording, at: float = 0.0) -> BotConfig:
    """Load the config that the bot had at a second, but for its device, its observers and what is recorded.

    Raises:
        ConfigError: it cannot be used by this version, or with the plugins that are installed.
        ReplayError: it is missing.
    """
    *_, path = (path for since, path in _files(recording) if since <= at)
    return _recorded(path)


def recorded_configs(recording: Recording) -> list[tuple[float, BotConfig]]:
    """Load all configs of a recording likewise, each with the second from which on it is used."""
    return [(since, _recorded(path)) for since, path in _files(recording)]


def _files(recording: Recording) -> Iterator[tuple[float, Path]]:
    return ((max(0.0, at - _SOONER), path) for at, path in recording.config_files())


def _recorded(path: Path) -> BotConfig:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ReplayError(f"{path}: cannot be read: {reason}; name a config with --config") from error
    with tempfile.TemporaryDirectory(prefix="voicebot-replay-") as folder:
        used = Path(folder) / CONFIG
        used.write_text(_with_stand_ins(_without(text, _NOT_USED)), encoding="utf-8")
        try:
            return replace(load_config(used, environ={_VARIABLE: _STAND_IN}), path=path, warnings=())
        except ConfigError as error:
            raise ConfigError([replace(each, file=str(path)) for each in error.problems]) from None


def config_for(recording: Recording, name: str | None, at: float = 0.0) -> BotConfig:
    """Load a config by its file or name; None stands for that of the recording at a second.

    Raises:
        ConfigError: it cannot be used.
        ReplayError: that of the recording is missing.
    """
    if name is None:
        return recorded_config(recording, at)
    path = config_named(Path(name))
    read_dot_env(path.parent)
    return load_config(path)


def hides_secrets(config: BotConfig) -> bool:
    """Return whether a config has a secret that was hidden when it was recorded."""
    return any(secret.get_secret_value() == _STAND_IN for secret in secrets_in(config))


def _with_stand_ins(text: str) -> str:
    """Return the text of a config that has no variables any more, with one for its secrets."""
    return text.replace("$", "$$").replace(_HIDDEN, f'"${{{_VARIABLE}}}"')


def _without(text: str, sections: tuple[str, ...]) -> str:
    """Return the text of a config with the lines of some sections left empty, so that no other line moves."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return text  # the loader says what is wrong
    if not isinstance(root, yaml.MappingNode):
        return text
    lines = text.splitlines()
    for key, value in root.value:
        if key.value in sections:
            last = max(key.start_mark.line + 1, value.end_mark.line)
            for number in range(key.start_mark.line, last):
                lines[number] = ""
    return "\n".join(lines) + "\n"
