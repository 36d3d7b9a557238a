"""The exceptions that voicebot raises on purpose.

::

    VoicebotError
    ├── ConfigError        a config file cannot be used; holds every Problem found
    ├── PluginError        a plugin cannot be loaded or registered
    └── ProviderError      a provider failed; `retryable` says whether trying again may help
        └── DeviceError    the sound device is missing, busy or gone
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voicebot.encodable import encodable


class VoicebotError(Exception):
    """Base of all errors raised on purpose; its text is meant for users."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem with a config, with its position.

    Lines and columns count from 1; they are 0 if there is no such file.
    """

    file: str
    line: int
    column: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        prefix = "warning: " if self.severity == "warning" else ""
        position = f"{self.line}:{self.column}:" if self.line else ""
        return f"{self.file}:{position} {prefix}{self.message}"


class ConfigError(VoicebotError):
    """A config cannot be used; `problems` lists everything found, in file order.

    `hint` is the config's own hint for users who have not set all its variables; usually empty. `states` are
    the files that were read, or are missing, as in `BotConfig.states`.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        *,
        hint: str = "",
        states: Mapping[Path, tuple[int, int, int] | None] | None = None,
    ) -> None:
        self.problems = tuple(problems)
        self.hint = hint
        self.states = states or {}
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PluginError(VoicebotError):
    """A plugin cannot be loaded, or tried to register something invalid."""


class ProviderError(VoicebotError):
    """A provider failed; raised once, in the provider, `from` the foreign exception.

    The text is for logs and terminals, never for speech. It must not contain secrets. `retryable` says that
    the same call may succeed later, such as after a network failure, but not if something has to be changed
    first, such as a wrong key.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(encodable(str(message)))
        self.retryable = retryable


class DeviceError(ProviderError):
    """A microphone, a speaker, or a file in place of one is missing, busy or gone."""


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, or the errors in a group at any depth."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error
