"""One synthesizer of the Speech SDK with its connection: a line to the service, for one utterance at a time.

Everything that is known about the SDK's synthesizer is here, and its threads speak to the loop here alone.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
import weakref
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from voicebot_azure.synthesis.text_request import WrittenText
from voicebot_azure.threads import call_soon, in_thread

TICKS = 10_000_000
"""The SDK's ticks in a second."""
_SILENT_WITHIN = 5.0  # seconds
_LEAVING = 1.0  # seconds
_LAST_CALLS = 0.05  # seconds for calls of the SDK that are under way when it is muted
_GRACE = 0.2  # seconds for what the SDK should have said already, and may never say


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """The service speaks `text`, `seconds` into the sound."""

    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an utterance ended: the code of a trouble, None for none, and all of its sound."""

    trouble: str | None
    audio: bytes = b""
    result_id: str = ""


Item: TypeAlias = bytes | SpokenWord | Outcome


class Line:
    """A line; make and dispose of it in a thread, use it in the loop.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
        config: a `SpeechConfig` of its own.
        words: whether the service is asked for the times of words.
        connect: whether to connect now, not when it is first used.
        lost: called in the loop when the connection breaks while nobody speaks.
    """

    def __init__(
        self,
        sdk: Any,
        config: Any,
        loop: asyncio.AbstractEventLoop,
        *,
        words: bool,
        connect: bool,
        lost: Callable[[Line], None],
    ) -> None:
        self._sdk = sdk
        self._loop = loop
        self._lost = lost
        self._items: asyncio.Queue[Item | None] | None = None
        self._over: deque[str] = deque(maxlen=4)
        """The last utterances; their events may come late, but not so late."""
        self._starting = threading.Lock()
        self._hung_up = False
        self._text: WrittenText | None = None
        self._silent = threading.Event()
        self._silent.set()
        self._gone = threading.Event()
        self.connected = asyncio.Event()
        """Set when the line is connected for the first time; the SDK does not tell when that fails."""
        self.alive = True
        with _making:
            if _ended:
                raise RuntimeError("the program is ending")
            self._open(config, words=words, connect=connect)
            _lines.add(self)

    def _open(self, config: Any, *, words: bool, connect: bool) -> None:
        sdk, loop = self._sdk, self._loop
        self._synthesizer = sdk.SpeechSynthesizer(config, audio_config=None)  # None: no loudspeaker
        # The signals hold their objects by weak references alone, so both are kept here.
        self._connection = sdk.Connection.from_speech_synthesizer(self._synthesizer)
        self._synthesizer.synthesizing.connect(self._on_sound)
        self._synthesizer.synthesis_completed.connect(self._on_end)
        if words:
            self._synthesizer.synthesis_word_boundary.connect(self._on_word)
        self._connection.connected.connect(lambda _: call_soon(loop, self.connected.set))
        self._connection.disconnected.connect(lambda _: call_soon(loop, self._note_disconnected))
        if connect:
            self._connection.open(True)

    async def speak(self, wanted: str | WrittenText) -> AsyncGenerator[Item, None]:
        """Give sound and words of SSML, or of text, as they come, and the outcome as the last item.

        When it is not read to the end, the line is at work still: dispose of it.
        """
        items: asyncio.Queue[Item | None] = asyncio.Queue()
        self._items = items
        self._silent.clear()
        try:
            begun = self._begin(wanted)
        except RuntimeError:  # the SDK's; the native code says no more
            self._silent.set()
            yield Outcome("RuntimeError")
            return
        speaking = in_thread(lambda: self._finish(begun), "azure-tts: speak")
        speaking.add_done_callback(lambda done: items.put_nowait(_outcome(done)))
        received, ended = 0, False
        outcome: Outcome | None = None
        while outcome is None or not (ended or outcome.trouble):
            match await items.get():
                case None:
                    ended = True
                case Outcome() as outcome:  # it may overtake the last events; they are on the way
                    self._loop.call_later(_GRACE, items.put_nowait, None)
                case bytes() as audio:
                    received += len(audio)
                    yield audio
                case SpokenWord() as word:
                    yield word
        self._items = None
        self._over.append(outcome.result_id)
        if rest := outcome.audio[received:]:
            yield rest
        yield outcome

    def hang_up(self) -> None:
        """Fall silent and let go of everything; blocks while the SDK stops."""
        try:
            self.mute()
            if (stopping := self.stop()) is not None:
                stopping.get()
            self._silent.wait(_SILENT_WITHIN)
            time.sleep(_LAST_CALLS)
            self._synthesizer = self._connection = None
        finally:
            self._gone.set()

    def mute(self) -> None:
        """Let the SDK call nobody any more; a call that is under way may come through."""
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

    def stop(self) -> Any:
        """Begin to stop; return the SDK's future, None when that was begun before."""
        with self._starting:
            if self._hung_up:
                return None
            self._hung_up = True
            if self._text is not None:
                self._text.close()
            return self._synthesizer.stop_speaking_async()

    def leave(self, deadline: float) -> None:
        """Wait for the SDK until `deadline`, in seconds of the monotonic clock, as the program ends."""
        if self.stop() is None:
            self._gone.wait(max(0.0, deadline - time.monotonic()))
        self._silent.wait(max(0.0, deadline - time.monotonic()))

    def _begin(self, wanted: str | WrittenText) -> Any:
        """Ask for the sound: the SDK needs at most a millisecond, a thread may have to wait five to run."""
        with self._starting:
            if self._hung_up:
                return None
            if isinstance(wanted, str):
                return self._synthesizer.speak_ssml_async(wanted)
            self._text = wanted
            return self._synthesizer.speak_async(wanted.request)

    def _finish(self, begun: Any) -> Outcome:
        try:
            return Outcome("ended") if begun is None else self._outcome(begun.get())
        finally:
            self._silent.set()

    def _outcome(self, result: Any) -> Outcome:
        trouble = None
        if result.reason == self._sdk.ResultReason.Canceled:
            details = result.cancellation_details
            broken = details.reason == self._sdk.CancellationReason.Error
            trouble = details.error_code.name if broken else "ended"
        return Outcome(trouble, result.audio_data, result.result_id)

    def _on_sound(self, event: Any) -> None:
        call_soon(self._loop, self._put, event.result.result_id, event.result.audio_data)

    def _on_word(self, event: Any) -> None:
        if event.boundary_type == self._sdk.SpeechSynthesisBoundaryType.Word:
            word = SpokenWord(event.text, event.audio_offset / TICKS)
            call_soon(self._loop, self._put, event.result_id, word)

    def _on_end(self, event: Any) -> None:
        call_soon(self._loop, self._put, event.result.result_id, None)

    def _put(self, result_id: str, item: Item | None) -> None:
        if self._items is not None and result_id not in self._over:
            self._items.put_nowait(item)

    def _note_disconnected(self) -> None:
        if not self.alive:
            return
        self.alive = False
        if self._items is None:
            self._lost(self)
        else:
            # A connection that is closed with code 1000 in mid-sentence is closed without an outcome.
            self._loop.call_later(_GRACE, self._give_up, self._items)

    def _give_up(self, items: asyncio.Queue[Item | None]) -> None:
        if self._items is items:
            items.put_nowait(Outcome("ConnectionFailure"))


def _outcome(done: asyncio.Future[Outcome]) -> Outcome:
    if done.cancelled() or done.exception() is not None:
        return Outcome("RuntimeError")
    return done.result()


_lines: weakref.WeakSet[Line] = weakref.WeakSet()
_making = threading.Lock()
_ended = False


@atexit.register
def _leave() -> None:
    """Keep the SDK's threads from calling into an interpreter that is going away, which aborts it."""
    global _ended  # noqa: PLW0603 - there is one program
    with _making:
        _ended = True
    lines = list(_lines)
    for line in lines:
        line.mute()
    deadline = time.monotonic() + _LEAVING
    for line in lines:
        line.leave(deadline)
    if lines:
        time.sleep(_LAST_CALLS)
