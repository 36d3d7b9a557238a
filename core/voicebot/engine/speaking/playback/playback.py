"""What is played from one clearing of the speaker to the next: a reply, or a tone and a reply."""

from __future__ import annotations

from voicebot.errors import ProviderError


class PlaybackFailed(ProviderError):
    """The device broke while it played, but may work again the next time."""


class Playback:
    """Identifies what is written to a speaker until that is cleared, or the device breaks.

    Audio that is written to it later is dropped.
    """

    __slots__ = ("error",)

    def __init__(self) -> None:
        self.error: PlaybackFailed | None = None
