"""What a conversation receives from its device: sound, typed lines and changes of the device."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.microphone import MicrophoneInput
from voicebot.engine.hearing.setup import HearingSetup
from voicebot.engine.latch import Latch
from voicebot.engine.turns.user_input import UserInput
from voicebot.interfaces import AudioStream
from voicebot.messages import (
    AddedMessage,
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    PlaybackCorrected,
    TurnControl,
    TypedLine,
)


class Hearing:
    """Reads the device stream of one conversation, and reports what the user says or types.

    Args:
        stream: the device's stream.
        setup: the providers of hearing and their settings.
        echo: the echo guard of the conversation.
        user_input: receives the reports.
        events: publishes events.
        device_changed: called when the device was lost, is back, or says what was heard.
        received: called first with everything that the device sends.
    """

    def __init__(
        self,
        stream: AudioStream,
        setup: HearingSetup,
        echo: EchoGuard,
        user_input: UserInput,
        events: HearingEvents,
        device_changed: Callable[[DeviceLost | DeviceReopened | PlaybackCorrected], None],
        received: Callable[[DeviceEvent], None],
    ) -> None:
        self._stream = stream
        self._user_input = user_input
        self._events = events
        self._transcript_filter = setup.transcript_filter
        self._device_changed = device_changed
        self._received = received
        self._microphone: MicrophoneInput | None = None
        if stream.microphone is not None:
            self._microphone = MicrophoneInput(
                stream.microphone, setup, echo, user_input, events, live=stream.live
            )
            self.ready = self._microphone.recognition.opened
        else:
            self.ready = Latch()
            self.ready.set()

    async def try_out(self, setup: HearingSetup) -> None:
        """Try the recogniser and the detector that are to be used, unless they are used already.

        Raises:
            ProviderError: one does not work.
        """
        if self._microphone is not None:
            await self._microphone.try_out(setup)

    def change(self, setup: HearingSetup) -> Latch:
        """Use other providers and settings as soon as the user is silent and what was said is recognised.

        Returns:
            what is set when the recogniser before is not used any more.
        """
        self._transcript_filter = setup.transcript_filter
        if self._microphone is not None:
            return self._microphone.change(setup)
        left = Latch()
        left.set()
        return left

    def commit(self) -> None:
        """Ask the recogniser for the final transcript of what was said."""
        if self._microphone is not None:
            self._microphone.recognition.commit()

    async def recognize(self) -> None:
        """Report what is recognised, until the input has ended and all of it is recognised.

        Raises:
            ProviderError: recognition is broken for good.
        """
        if self._microphone is not None:
            await self._microphone.recognize()

    async def receive(self) -> None:
        """Receive until the input ends; the last words may still be recognised after that.

        Raises:
            ProviderError: the device or the voice activity detector broke.
        """
        live = self._stream.live
        if not live:
            await self._user_input.wait_while_busy()  # piped lines must not interrupt the greeting
        with own_cancellation("the device broke"):
            check = cancellation_check()
            async for event in self._stream:
                self._received(event)
                check()
                if not isinstance(event, bytes):
                    self._receive_event(event)
                elif self._microphone is not None:
                    await self._microphone.write(event)
                if not live and self._user_input.is_busy:
                    await self._user_input.wait_while_busy()
        if self._microphone is not None:
            self._microphone.end()

    def close(self) -> None:
        """Release what detectors hold; nothing more is received."""
        if self._microphone is not None:
            self._microphone.close()

    def _receive_event(
        self, event: TypedLine | DeviceLost | DeviceReopened | PlaybackCorrected | TurnControl
    ) -> None:
        match event:
            case TypedLine(text):
                if (text := self._transcript_filter(text)).strip():
                    self._user_input.typed(text)
            case DeviceLost() | DeviceReopened():
                self._events.device_changed(event)
                self._device_changed(event)
            case PlaybackCorrected():
                self._device_changed(event)
            case AddedMessage("user", text):
                if (text := self._transcript_filter(text)).strip():
                    self._user_input.controlled(AddedMessage("user", text))
            case _:
                if self._microphone is not None:
                    self._microphone.controlled(event)
                self._user_input.controlled(event)
