"""Asking the turn detector, while the conversation goes on."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from typing import Any

from voicebot.audio import AudioFormat, Resampler
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.turns.actions import AskTurnDetector, Patience
from voicebot.errors import ProviderError
from voicebot.interfaces import TurnDetector
from voicebot.messages import TurnSoFar

logger = logging.getLogger(__name__)
CONSTANT = 0.8
"""Seconds of silence that end a turn where nobody judges."""
_TOO_LATE = 2.0
_BEFORE = 0.5
"""Seconds from before speech was noticed that still belong to the turn."""


class TurnDetection:
    """One conversation's questions to the turn detector: the latest is the only one.

    Args:
        detector: started; None for a constant.
        microphone: format of what `hear` is given, None where there is no sound.
        answered: takes the seconds of silence that end the turn.
    """

    def __init__(
        self,
        detector: TurnDetector[Any] | None,
        tasks: asyncio.TaskGroup,
        language: str,
        microphone: AudioFormat | None,
        answered: Callable[[float], None],
    ) -> None:
        self._detector = detector
        self._tasks = tasks
        self._language = language
        self._answered = answered
        self._task: asyncio.Task[None] | None = None
        self._told = False
        self._sound: deque[bytes] = deque()
        self._size = self._most = self._before = 0
        self._at_pause: bytes | None = None
        self._resampler: Resampler | None = None
        if detector is not None and detector.input_format and microphone:
            self._resampler = Resampler(microphone, detector.input_format)
            self._most = detector.input_format.bytes_in(detector.audio_seconds)
            self._before = detector.input_format.bytes_in(min(_BEFORE, detector.audio_seconds))

    @property
    def wants_sound(self) -> bool:
        """Whether the detector judges by sound."""
        return self._resampler is not None

    def hear(self, audio: bytes) -> None:
        """Remember the latest sound."""
        if self._resampler is None:
            return
        audio = self._resampler.write(audio)
        self._sound.append(audio)
        self._size += len(audio)
        self._keep(self._most)

    def speech_started(self, *, new_turn: bool) -> None:
        """Take note that the user speaks: sound from before a new turn is forgotten."""
        self._at_pause = None
        if new_turn:
            self._keep(self._before)

    def speech_stopped(self) -> None:
        """Take note that the user pauses: the turn is judged as it sounds now, whenever its words come.

        To a detector that listens, a pause sounds the more like an end the longer it is heard.
        """
        if self._resampler is not None:
            self._at_pause = b"".join(self._sound)

    def ask(self, judge: AskTurnDetector, asked: str, patience: Patience) -> None:
        """Ask about the turn as it is now; an older question is dropped."""
        self.drop()
        if self._detector is None:
            self._answered(CONSTANT)
            return
        turn = TurnSoFar(
            text=judge.text,
            settled=judge.settled,
            language=self._language,
            earliest=patience.earliest,
            latest=patience.latest,
            asked=asked,
            pauses=judge.pauses,
            audio=b"".join(self._sound) if self._at_pause is None else self._at_pause,
        )
        self._task = self._tasks.create_task(self._judge(self._detector, turn), name="judge the turn")

    def drop(self) -> None:
        """Want no answer any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _keep(self, size: int) -> None:
        while self._size > size:
            self._size -= len(self._sound.popleft())

    async def _judge(self, detector: TurnDetector[Any], turn: TurnSoFar) -> None:
        try:
            with own_cancellation("it broke"):
                async with asyncio.timeout(_TOO_LATE):
                    wait = float(await detector.wait(turn))
            if math.isnan(wait):
                raise ProviderError("it gave nan where seconds were wanted")
        except Exception as error:  # a stranger's detector may raise anything
            wait = self._failed(error, turn)
        self._task = None
        self._answered(wait)

    def _failed(self, error: BaseException, turn: TurnSoFar) -> float:
        """Tell that the detector failed, unless it was told: it will fail again; return how long to wait."""
        if not self._told:
            reason = as_provider_error("it broke", error)
            logger.warning("the turn detector failed, so the bot waits its longest: %s", reason)
        self._told = True
        return turn.latest
