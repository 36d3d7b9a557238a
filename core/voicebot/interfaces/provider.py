"""What all providers have in common."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, Generic, TypeVar

from voicebot.options import Options

OptionsT = TypeVar("OptionsT", bound=Options)


class Provider(ABC, Generic[OptionsT]):
    """Base of everything pluggable; `kind` is the section of a config that selects it."""

    kind: ClassVar[str]

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    async def start(self) -> None:
        """Import the SDK, connect, warm up; raise `ProviderError` if that fails."""

    async def aclose(self) -> None:
        """Release everything; calling it twice, or without `start`, is harmless."""
