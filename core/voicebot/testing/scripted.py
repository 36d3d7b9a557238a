"""Providers that do what a script says, at exact times; the scripted sound carries its words inside."""

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
)
from voicebot.options import Options, VoiceActivityOptions

FRAME_SECONDS = 0.02
MICROPHONE = AudioFormat(16_000)
SPEAKER = AudioFormat(24_000)
_FRAME_BYTES = MICROPHONE.bytes_in(FRAME_SECONDS)
SILENT_FRAME = bytes(_FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Pause:
    """A step of a script: wait for `seconds`; infinity hangs."""

    seconds: float


Step: TypeAlias = str | Pause | Exception
Script: TypeAlias = str | Exception | Sequence[Step]


def speech_frames(text: str, seconds: float) -> list[bytes]:
    """Return frames of 20 ms that a scripted recogniser hears as `text`, spoken evenly in `seconds`."""
    count = max(1, round(seconds / FRAME_SECONDS))
    words = text.split()
    frames = []
    for index in range(count):
        first, last = index * len(words) // count, (index + 1) * len(words) // count
        said = " ".join(words[first:last]).encode()
        frames.append((b"\x01" + said).ljust(_FRAME_BYTES, b"\x00"))
    return frames


async def wait(seconds: float) -> None:
    """Wait; infinity hangs."""
    if seconds == float("inf"):
        await asyncio.get_running_loop().create_future()
    await asyncio.sleep(seconds)


class ScriptedRecognizer(Recognizer[Options]):
    """Hears the words that scripted sound carries, and tells every word as a partial.

    Args:
        final_delay: seconds from `commit` to the final transcript.
        mishears: what becomes of the words of a final, for instance to lose them.
    """

    input_format = MICROPHONE

    def __init__(
        self, *, final_delay: float = 0.1, mishears: Callable[[str], str] = lambda text: text
    ) -> None:
        super().__init__(Options())
        self.final_delay = final_delay
        self.mishears = mishears
        self.sessions: list[ScriptedRecognition] = []
        self.refusals: list[Exception] = []
        """Errors that the next calls of `listen` raise instead of listening."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Listen; each session is kept in `sessions`."""
        if self.refusals:
            raise self.refusals.pop(0)
        session = ScriptedRecognition(self, hints)
        self.sessions.append(session)
        yield session

    def break_off(self, error: Exception) -> None:
        """Let the present session fail."""
        self.sessions[-1].break_off(error)


class ScriptedRecognition(Recognition):
    """One session; `written` counts the bytes it was given."""

    def __init__(self, recognizer: ScriptedRecognizer, hints: Hints) -> None:
        self.hints = hints
        self.written = 0
        self._recognizer = recognizer
        self._sound = b""
        self._words: list[str] = []
        self._events: deque[tuple[float, RecognitionEvent | None]] = deque()
        self._error: Exception | None = None
        self._news = asyncio.Event()

    def put(self, event: RecognitionEvent | None, *, after: float = 0.0) -> None:
        """Let the session say something, after seconds of delay; None ends it. The order is kept."""
        self._events.append((asyncio.get_running_loop().time() + after, event))
        self._news.set()

    def break_off(self, error: Exception) -> None:
        """Let the session fail at once, whatever it still had to say."""
        self._error = error
        self._news.set()

    async def write(self, audio: bytes) -> None:
        """Read the words out of the sound."""
        self.written += len(audio)
        self._sound += audio
        while len(self._sound) >= _FRAME_BYTES:
            frame, self._sound = self._sound[:_FRAME_BYTES], self._sound[_FRAME_BYTES:]
            if frame[0] and (said := frame[1:].rstrip(b"\x00").decode()):
                self._words.append(said)
                self.put(PartialTranscript(" ".join(self._words)))

    async def commit(self) -> None:
        """Tell the words since the last final, after the scripted delay."""
        final = FinalTranscript(self._recognizer.mishears(" ".join(self._words)))
        self._words.clear()
        self.put(final, after=self._recognizer.final_delay)

    async def finish(self) -> None:
        """End after the last final."""
        await self.commit()
        self.put(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        loop = asyncio.get_running_loop()
        while self._error is None:
            wait = self._events[0][0] - loop.time() if self._events else None
            if wait is None or wait > 1e-9:
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._news.wait()
                continue
            _, event = self._events.popleft()
            if event is None:
                return
            yield event
        raise self._error


class ScriptedChatModel(ChatModel[Options]):
    """Gives scripted replies in order, the last one again and again.

    Args:
        replies: each a text, an error, or steps: text, `Pause`s and errors. Text is told by the word.
        first_token: seconds to the first word.
        tokens_per_second: words a second after it.
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
        """Stream the next reply of the script."""
        self.requests.append(request)
        script = self._replies[min(len(self.requests), len(self._replies)) - 1]
        done = False
        try:
            await wait(self._first_token)
            for step in [script] if isinstance(script, str | Exception) else script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, Pause):
                    await wait(step.seconds)
                    continue
                for word in step.splitlines(keepends=True) if "\n" in step else _tokens(step):
                    yield TextDelta(word)
                    await wait(self._gap)
            yield ReplyEnded()
            done = True
        finally:
            self.cancelled += not done


def _tokens(text: str) -> list[str]:
    words = text.split(" ")
    return [word if index == 0 else f" {word}" for index, word in enumerate(words)]


class ScriptedVoiceActivity(VoiceActivityDetector[VoiceActivityOptions]):
    """Knows scripted speech from silence, frame by frame."""

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
