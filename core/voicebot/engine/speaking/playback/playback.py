"""What is played in one go: a reply, or as much of it as was not cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.errors import ProviderError

if TYPE_CHECKING:
    from voicebot.engine.speaking.playback.speaker import Speaker


class PlaybackFailed(ProviderError):
    """The device broke while it took sound, but may yet take other sound."""


class Playback:
    """What is played until the speaker is cleared, or breaks; what is written to it then is not played."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self.error: PlaybackFailed | None = None

    async def write(self, audio: bytes) -> None:
        """Play; wait until the device has room for it, and while the sound is held.

        Raises:
            PlaybackFailed: the device broke.
        """
        await self._speaker.write(self, audio)

    async def drain(self) -> None:
        """Wait until all that was written has been played, or never will be.

        Raises:
            PlaybackFailed: the device broke.
        """
        await self._speaker.drain(self)
