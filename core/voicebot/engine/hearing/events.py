"""The events that hearing publishes."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.engine.clock import Clock
from voicebot.errors import ProviderError
from voicebot.events import (
    ConversationEvent,
    DeviceChanged,
    EchoIgnored,
    ProviderFailed,
    ProviderNoticed,
    UserSpeechStarted,
    UserSpeechStopped,
)
from voicebot.messages import DeviceLost, DeviceReopened


class HearingEvents:
    """Publishes events with the conversation's time."""

    def __init__(self, publish: Callable[[ConversationEvent], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock

    def now(self) -> float:
        """Return the seconds since the conversation began."""
        return self._clock.now()

    def speech_started(self) -> None:
        """Publish that the user began to speak."""
        self._publish(UserSpeechStarted(self.now()))

    def speech_stopped(self, silence: float) -> None:
        """Publish that the user stopped speaking `silence` seconds ago."""
        now = self.now()
        self._publish(UserSpeechStopped(now, now - silence))

    def echo_ignored(self, text: str, advice: str) -> None:
        """Publish that the bot heard itself: the words, if any were recognised, and advice, if there is
        any."""
        self._publish(EchoIgnored(self.now(), text))
        if advice:
            self._publish(ProviderNoticed(self.now(), "device", advice))

    def device_changed(self, change: DeviceLost | DeviceReopened) -> None:
        """Publish that the device was lost or is back."""
        self._publish(DeviceChanged(self.now(), isinstance(change, DeviceReopened), change.message))

    def recognizer_failed(self, error: ProviderError) -> None:
        """Publish why the recogniser failed."""
        self._publish(ProviderFailed(self.now(), "recognizer", str(error)))

    def filter_failed(self, error: ProviderError) -> None:
        """Publish why a filter of transcripts failed."""
        self._publish(ProviderFailed(self.now(), "filter", str(error)))

    def recognizer_noticed(self, message: str) -> None:
        """Publish a notice of the recogniser."""
        self._publish(ProviderNoticed(self.now(), "recognizer", message))
