"""The calls to the turn detector, made in a task of their own while the conversation goes on."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.turns.actions import AskTurnDetector
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.turn_audio import TurnAudio
from voicebot.errors import ProviderError
from voicebot.interfaces import TurnDetector
from voicebot.messages import TurnSoFar

logger = logging.getLogger(__name__)
DEFAULT_WAIT = 0.8
"""Seconds of silence that end a turn where there is no turn detector."""
_TIMEOUT = 2.0
_NO_LONGER = 0.0
"""The answer to a second question that leaves the first answer as it is."""


class TurnDetection:
    """Asks the turn detector of one conversation, one question at a time.

    Args:
        detector: started; None to end turns after `DEFAULT_WAIT`.
        microphone: format of the sound, None where there is none.
        answered: called with the seconds of silence that end the turn.
    """

    def __init__(
        self,
        detector: TurnDetector[Any] | None,
        microphone: AudioFormat | None,
        tasks: asyncio.TaskGroup,
        answered: Callable[[float], None],
    ) -> None:
        self.audio = TurnAudio(microphone, None, 0.0)
        """The sound of the user's turn, for a detector that listens."""
        self._tasks = tasks
        self._answered = answered
        self._task: asyncio.Task[None] | None = None
        self.use(detector)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The task of the question that has not been answered, if there is one."""
        return [self._task] if self._task is not None else []

    def use(self, detector: TurnDetector[Any] | None) -> None:
        """Ask this detector from now on, about the sound from now on."""
        if detector is None:
            self.audio.keep(None, 0.0)
        else:
            self.audio.keep(detector.input_format, detector.audio_seconds)
        self._detector, self._has_failed = detector, False

    def ask(self, question: AskTurnDetector, said: BotSaid) -> None:
        """Ask about the turn as it is now; an earlier question is cancelled.

        Args:
            said: what the bot said before the turn.
        """
        self.cancel()
        if self._detector is None:
            self._answered(DEFAULT_WAIT)
            return
        turn = TurnSoFar(
            text=question.text,
            settled=question.is_final,
            language=question.language,
            earliest=said.patience.earliest,
            latest=said.patience.latest,
            asked=said.text,
            pauses=question.pauses,
            audio=self.audio.read(with_silence=self._detector.second_look),
            silence=question.silence,
        )
        asking = self._ask(self._detector, turn, is_second_look=question.is_second_look)
        self._task = self._tasks.create_task(asking, name="turn detector")

    def cancel(self) -> None:
        """Cancel the question that has not been answered."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _ask(self, detector: TurnDetector[Any], turn: TurnSoFar, *, is_second_look: bool) -> None:
        try:
            with own_cancellation("it broke"):
                async with asyncio.timeout(_TIMEOUT):
                    wait = float(await detector.wait(turn))
            if math.isnan(wait):
                raise ProviderError("it returned nan instead of seconds")
        except Exception as error:  # a third-party detector may raise anything
            self._warn_once(error, "its first answer" if is_second_look else "its longest wait")
            wait = _NO_LONGER if is_second_look else turn.latest
        self._task = None
        self._answered(wait)

    def _warn_once(self, error: BaseException, instead: str) -> None:
        """Log that the detector failed, unless it failed before: it may fail at each pause."""
        if not self._has_failed:
            reason = as_provider_error("it broke", error)
            logger.warning("the turn detector failed; the bot uses %s instead: %s", instead, reason)
        self._has_failed = True
