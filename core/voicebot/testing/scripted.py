"""Providers that follow a script at exact times; the words of scripted sound are encoded in its frames."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from voicebot.audio import AudioFormat
from voicebot.interfaces import (
    ChatModel,
    Recognition,
    Recognizer,
    VoiceActivity,
    VoiceActivityDetector,
)
from voicebot.messages import (
    ChatEvent,
    ChatRequest,
    FinalTranscript,
    Hints,
    PartialTranscript,
    RecognitionEvent,
    ReplyEnded,
    TextDelta,
    ToolCall,
)
from voicebot.options import Options, VoiceActivityOptions

FRAME_SECONDS = 0.02
MICROPHONE = AudioFormat(16_000)
SPEAKER = AudioFormat(24_000)
_FRAME_BYTES = MICROPHONE.bytes_in(FRAME_SECONDS)
SILENT_FRAME = bytes(_FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Pause:
    """A step of a script: wait for `seconds`, forever if infinite."""

    seconds: float


Step: TypeAlias = str | Pause | Exception | ToolCall
Script: TypeAlias = str | Exception | Sequence[Step]


def speech_frames(text: str, seconds: float) -> list[bytes]:
    """Return frames of 20 ms that a scripted recogniser hears as `text`, spread evenly over `seconds`."""
    count = max(1, round(seconds / FRAME_SECONDS))
    words = text.split()
    frames = []
    for index in range(count):
        first, last = index * len(words) // count, (index + 1) * len(words) // count
        said = " ".join(words[first:last]).encode()
        frames.append((b"\x01" + said).ljust(_FRAME_BYTES, b"\x00"))
    return frames


async def wait(seconds: float) -> None:
    """Wait for `seconds`, for ever if infinite."""
    if seconds == float("inf"):
        await asyncio.get_running_loop().create_future()
    await asyncio.sleep(seconds)


class ScriptedRecognizer(Recognizer[Options]):
    """Recognises the words in scripted sound, and reports each new word in a partial transcript.

    Args:
        final_delay: seconds from `commit` to the final transcript.
        mishears: changes the text of a final transcript, for instance to drop it.
        language: returns the language that it reports for the text of a final transcript.
    """

    input_format = MICROPHONE

    def __init__(
        self,
        *,
        final_delay: float = 0.1,
        mishears: Callable[[str], str] = lambda text: text,
        language: Callable[[str], str | None] = lambda text: None,
    ) -> None:
        super().__init__(Options())
        self.final_delay = final_delay
        self.mishears = mishears
        self.language = language
        self.sessions: list[ScriptedRecognition] = []
        self.refusals: list[Exception] = []
        """Errors that the next calls of `listen` raise, in order."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session, and keep it in `sessions`."""
        if self.refusals:
            raise self.refusals.pop(0)
        session = ScriptedRecognition(self, hints)
        self.sessions.append(session)
        yield session

    def break_off(self, error: Exception) -> None:
        """Make the current session fail."""
        self.sessions[-1].break_off(error)


class ScriptedRecognition(Recognition):
    """One session; `written` counts the bytes written to it."""

    def __init__(self, recognizer: ScriptedRecognizer, hints: Hints) -> None:
        self.hints = hints
        self.written = 0
        self._recognizer = recognizer
        self._sound = b""
        self._words: list[str] = []
        self._events: deque[tuple[float, RecognitionEvent | None]] = deque()
        self._error: Exception | None = None
        self._changed = asyncio.Event()

    def put(self, event: RecognitionEvent | None, *, after: float = 0.0) -> None:
        """Report an event after `after` seconds, in the order of the calls; None ends the session."""
        self._events.append((asyncio.get_running_loop().time() + after, event))
        self._changed.set()

    def break_off(self, error: Exception) -> None:
        """Make the session fail at once, dropping pending events."""
        self._error = error
        self._changed.set()

    async def write(self, audio: bytes) -> None:
        """Decode the words in the sound."""
        if not audio:
            raise ValueError("a recogniser is never given empty sound")
        self.written += len(audio)
        self._sound += audio
        while len(self._sound) >= _FRAME_BYTES:
            frame, self._sound = self._sound[:_FRAME_BYTES], self._sound[_FRAME_BYTES:]
            if frame[0] and (said := frame[1:].rstrip(b"\x00").decode()):
                self._words.append(said)
                self.put(PartialTranscript(" ".join(self._words)))

    async def commit(self) -> None:
        """Report the words since the last final transcript, after the scripted delay."""
        text = self._recognizer.mishears(" ".join(self._words))
        final = FinalTranscript(text, self._recognizer.language(text))
        self._words.clear()
        self.put(final, after=self._recognizer.final_delay)

    async def finish(self) -> None:
        """Report a last final transcript, then end."""
        await self.commit()
        self.put(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        loop = asyncio.get_running_loop()
        while self._error is None:
            wait = self._events[0][0] - loop.time() if self._events else None
            if wait is None or wait > 1e-9:
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._changed.wait()
                continue
            _, event = self._events.popleft()
            if event is None:
                return
            yield event
        raise self._error


class ScriptedChatModel(ChatModel[Options]):
    """Gives scripted replies in order, then repeats the last one.

    Args:
        replies: each a text, an error, or steps: texts, `Pause`s, errors and `ToolCall`s. Text is streamed
            word by word.
        first_token: seconds to the first word.
        tokens_per_second: words per second after the first.
    """

    def __init__(
        self,
        replies: Iterable[Script] = ("All right.",),
        *,
        first_token: float = 0.3,
        tokens_per_second: float = 50.0,
    ) -> None:
        super().__init__(Options())
        self.requests: list[ChatRequest] = []
        self.cancelled = 0
        self._replies = list(replies)
        self._first_token = first_token
        self._gap = 1.0 / tokens_per_second

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the next scripted reply."""
        self.requests.append(request)
        script = self._replies[min(len(self.requests), len(self._replies)) - 1]
        done = called = False
        try:
            await wait(self._first_token)
            for step in [script] if isinstance(script, str | Exception) else script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, Pause):
                    await wait(step.seconds)
                    continue
                if isinstance(step, ToolCall):
                    called = True
                    yield step
                    continue
                for word in step.splitlines(keepends=True) if "\n" in step else _tokens(step):
                    yield TextDelta(word)
                    await wait(self._gap)
            yield ReplyEnded("calls" if called else "stop")
            done = True
        finally:
            self.cancelled += not done


def _tokens(text: str) -> list[str]:
    words = text.split(" ")
    return [word if index == 0 else f" {word}" for index, word in enumerate(words)]


class ScriptedVoiceActivity(VoiceActivityDetector[VoiceActivityOptions]):
    """Distinguishes scripted speech from silence, frame by frame."""

    input_format = MICROPHONE
    frame_bytes = _FRAME_BYTES

    def __init__(self, options: VoiceActivityOptions | None = None) -> None:
        super().__init__(options or VoiceActivityOptions())

    def detect(self) -> VoiceActivity:
        """Return a detector."""
        return _ScriptedActivity()


class _ScriptedActivity(VoiceActivity):
    def probability(self, frame: bytes) -> float:
        return float(frame[0])
