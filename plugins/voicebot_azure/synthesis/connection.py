"""One `SpeechSynthesizer` of the SDK with its connection to the service, for one utterance at a time.

This is the only module that uses the SDK's synthesizer, and the only place where its threads reach the loop.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Any

from voicebot_azure.synthesis.connection_events import ConnectionEvent, Outcome, read_result, read_word
from voicebot_azure.synthesis.shutdown import CALLBACK_GRACE, opening
from voicebot_azure.synthesis.text_request import TextRequest
from voicebot_azure.threads import call_soon, in_thread

_STOP_TIMEOUT = 5.0
"""Seconds to wait for the SDK to stop when a connection is closed."""
_EVENT_GRACE = 0.2
"""Seconds to wait for an event that the SDK should have sent already, and may never send."""


class SynthesisConnection:
    """A connection. Create and close it in a thread, use it in the loop.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
        config: a `SpeechConfig` that nothing else uses.
        word_timings: whether to ask the service for the times of words.
        connect: whether to connect now rather than on first use.
        on_lost: called in the loop when the connection breaks while it is idle.
    """

    def __init__(
        self,
        sdk: Any,
        config: Any,
        loop: asyncio.AbstractEventLoop,
        *,
        word_timings: bool,
        connect: bool,
        on_lost: Callable[[SynthesisConnection], None],
    ) -> None:
        self.connected = asyncio.Event()
        """Set once the connection is open; the SDK does not report that it failed to open one."""
        self.alive = True
        """Whether it can be used for another utterance."""
        self._sdk = sdk
        self._loop = loop
        self._on_lost = on_lost
        self._events: asyncio.Queue[ConnectionEvent | None] | None = None
        """The events of the utterance being spoken; None stands for its end."""
        self._finished_ids: deque[str] = deque(maxlen=4)
        """The last utterances, whose events may arrive late."""
        self._starting_or_stopping = threading.Lock()
        self._stopping = False
        self._request: TextRequest | None = None
        self._not_speaking = threading.Event()
        self._not_speaking.set()
        self._closed = threading.Event()
        with opening(self):
            self._open(config, word_timings=word_timings, connect=connect)

    def _open(self, config: Any, *, word_timings: bool, connect: bool) -> None:
        loop = self._loop
        self._synthesizer = self._sdk.SpeechSynthesizer(config, audio_config=None)  # None: no loudspeaker
        # The signals hold their objects by weak references only, so both are kept here.
        self._connection = self._sdk.Connection.from_speech_synthesizer(self._synthesizer)
        self._synthesizer.synthesizing.connect(self._on_audio)
        self._synthesizer.synthesis_completed.connect(self._on_completed)
        if word_timings:
            self._synthesizer.synthesis_word_boundary.connect(self._on_word)
        self._connection.connected.connect(lambda _: call_soon(loop, self.connected.set))
        self._connection.disconnected.connect(lambda _: call_soon(loop, self._handle_disconnected))
        if connect:
            self._connection.open(True)

    async def speak(self, text: str | TextRequest) -> AsyncGenerator[ConnectionEvent, None]:
        """Yield audio and words as they arrive, and the outcome as the last event.

        If the caller stops iterating before that, the connection is still busy and must be closed.

        Args:
            text: SSML, or a request whose text is still being written.
        """
        events: asyncio.Queue[ConnectionEvent | None] = asyncio.Queue()
        self._events = events
        self._not_speaking.clear()
        try:
            pending = self._start(text)
        except RuntimeError:  # from the SDK, without a code
            self._not_speaking.set()
            yield Outcome("RuntimeError")
            return
        speaking = in_thread(lambda: self._wait_for_outcome(pending), "azure-tts: speak")
        speaking.add_done_callback(lambda done: events.put_nowait(_outcome_of(done)))
        received, completed = 0, False
        outcome: Outcome | None = None
        while outcome is None or not (completed or outcome.error_code):
            match event := await events.get():
                case None:
                    completed = True
                case Outcome() as outcome:  # it may overtake the last events
                    self._loop.call_later(_EVENT_GRACE, events.put_nowait, None)
                case bytes():
                    received += len(event)
                    yield event
                case _:
                    yield event
        self._events = None
        self._finished_ids.append(outcome.result_id)
        if rest := outcome.audio[received:]:
            yield rest
        yield outcome

    def close(self) -> None:
        """Stop speaking and release everything; blocks while the SDK stops."""
        try:
            self.disconnect_callbacks()
            if (stopping := self._stop()) is not None:
                stopping.get()
            self._not_speaking.wait(_STOP_TIMEOUT)
            time.sleep(CALLBACK_GRACE)
            self._synthesizer = self._connection = None
        finally:
            self._closed.set()

    def disconnect_callbacks(self) -> None:
        """Keep the SDK from making any further callbacks; one that is already running may still finish."""
        self.alive = False
        synthesizer, connection = self._synthesizer, self._connection
        if synthesizer is None:
            return
        for signal in (
            synthesizer.synthesizing,
            synthesizer.synthesis_completed,
            synthesizer.synthesis_word_boundary,
            connection.connected,
            connection.disconnected,
        ):
            signal.disconnect_all()

    def wait_stopped(self, deadline: float) -> None:
        """Stop, and block until the SDK has stopped or until `deadline` on the monotonic clock."""
        if self._stop() is None:
            self._closed.wait(max(0.0, deadline - time.monotonic()))
        self._not_speaking.wait(max(0.0, deadline - time.monotonic()))

    def _stop(self) -> Any:
        """Begin to stop; return the SDK's future, None if that has been done before."""
        with self._starting_or_stopping:
            if self._stopping:
                return None
            self._stopping = True
            if self._request is not None:
                self._request.close()
            return self._synthesizer.stop_speaking_async()

    def _start(self, text: str | TextRequest) -> Any:
        """Send the request, which takes the SDK a millisecond at most; a thread might take five to start."""
        with self._starting_or_stopping:
            if self._stopping:
                return None
            if isinstance(text, str):
                return self._synthesizer.speak_ssml_async(text)
            self._request = text
            return self._synthesizer.speak_async(text.request)

    def _wait_for_outcome(self, pending: Any) -> Outcome:
        try:
            return Outcome("ended") if pending is None else read_result(self._sdk, pending.get())
        finally:
            self._not_speaking.set()

    def _on_audio(self, event: Any) -> None:
        result = event.result
        call_soon(self._loop, self._put, result.result_id, result.audio_data)

    def _on_word(self, event: Any) -> None:
        if (word := read_word(self._sdk, event)) is not None:
            call_soon(self._loop, self._put, event.result_id, word)

    def _on_completed(self, event: Any) -> None:
        call_soon(self._loop, self._put, event.result.result_id, None)

    def _put(self, result_id: str, event: ConnectionEvent | None) -> None:
        if self._events is not None and result_id not in self._finished_ids:
            self._events.put_nowait(event)

    def _handle_disconnected(self) -> None:
        if not self.alive:
            return
        self.alive = False
        if self._events is None:
            self._on_lost(self)
        else:
            # If the service closes the connection in mid-sentence with code 1000, the SDK reports no outcome.
            self._loop.call_later(_EVENT_GRACE, self._fail, self._events)

    def _fail(self, events: asyncio.Queue[ConnectionEvent | None]) -> None:
        if self._events is events:
            events.put_nowait(Outcome("ConnectionFailure"))


def _outcome_of(done: asyncio.Future[Outcome]) -> Outcome:
    if done.cancelled() or done.exception() is not None:
        return Outcome("RuntimeError")
    return done.result()
