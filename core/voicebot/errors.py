"""Everything that voicebot raises on purpose.

::

    VoicebotError
    ├── ConfigError        a config file cannot be used; holds every Problem found
    ├── PluginError        a plugin cannot be loaded or registered
    └── ProviderError      a provider failed; `retryable` says whether trying again may help
        └── DeviceError    the sound device is missing, busy or gone
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voicebot.encodable import encodable


class VoicebotError(Exception):
    """Base of all errors raised on purpose; its text is fit for a user to read."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a config, with its place.

    Lines and columns count from 1; they are 0 where there is no such file.
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

    `hint` is what the config itself has to say to whoever has not set all its variables; mostly empty.
    """

    def __init__(self, problems: Sequence[Problem], *, hint: str = "") -> None:
        self.problems = tuple(problems)
        self.hint = hint
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PluginError(VoicebotError):
    """A plugin cannot be loaded, or asked to register something impossible."""


class ProviderError(VoicebotError):
    """A provider failed; raised once, at the provider's border, `from` the foreign error.

    The text is for logs and terminals, never for speech. It must not contain secrets. `retryable` says
    that the same may work the next time, as when the network is away; not where somebody has to change
    something first, such as a wrong key.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(encodable(str(message)))
        self.retryable = retryable


class DeviceError(ProviderError):
    """A microphone, speaker or file that stands for one is missing, busy or gone."""
