"""Labelled points put to turn detectors as the engine puts the pauses of a conversation to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from labelled_clips import RATE
from natural_points import Point, Recording

from voicebot import AudioFormat, TurnDetector, TurnSoFar
from voicebot.audio import Resampler
from voicebot.engine.turns.rules import PatienceBounds, TurnRules

_LEAD = 0.5
"""Seconds of sound from before the turn that belong to it."""
_PUNCTUATION = re.compile(r"[^\w\s'’]")
_FORMAT = AudioFormat(RATE)


class Questions:
    """Asks one detector, which was started.

    Args:
        hang_over: seconds of silence after which a pause is noticed.
        language: BCP 47 tag of what is said at points that do not say it.
        plain: whether to put the words in lower case and without punctuation.
    """

    def __init__(
        self, detector: TurnDetector[Any], hang_over: float, language: str, *, plain: bool = False
    ) -> None:
        self._detector = detector
        self._hang_over = hang_over
        self._language = language
        self._plain = plain

    async def waits(
        self, recording: Recording, point: Point, patiences: Sequence[PatienceBounds]
    ) -> list[float]:
        """Return, for each patience, the seconds of silence after which the engine would answer at a point.

        That is never before the pause is noticed. In a silence that lasts long enough, a detector with
        `second_look` is asked again and can lengthen its wait. All patiences are asked in a row, so that a
        detector that remembers what it made of the sound listens only once.
        """
        first = self._turn(recording, point, self._hang_over)
        return [await self._wait(recording, point, first, patience) for patience in patiences]

    async def _wait(
        self, recording: Recording, point: Point, first: TurnSoFar, patience: PatienceBounds
    ) -> float:
        wait = max(self._hang_over, await self._ask(first, patience))
        if self._detector.second_look:
            again = wait - min(TurnRules(patience).second_look_lead, (wait - self._hang_over) / 2)
            if point.seconds is None or point.seconds > again:
                wait = max(wait, await self._ask(self._turn(recording, point, again), patience))
        return wait

    async def _ask(self, turn: TurnSoFar, patience: PatienceBounds) -> float:
        turn = replace(turn, earliest=patience.earliest, latest=patience.latest)
        return patience.clamp(await self._detector.wait(turn))

    def _turn(self, recording: Recording, point: Point, silence: float) -> TurnSoFar:
        """Return the turn when a silence has lasted so long, or when the speaker goes on before that."""
        silence = silence if point.seconds is None else min(silence, point.seconds)
        return TurnSoFar(
            _PUNCTUATION.sub("", point.words).lower() if self._plain else point.words,
            settled=True,
            language=point.language or self._language,
            earliest=0.0,
            latest=0.0,
            pauses=recording.pauses_before(point, self._hang_over),
            audio=self._audio(recording.sound, point, silence),
            silence=silence,
        )

    def _audio(self, sound: bytes, point: Point, silence: float) -> bytes:
        """Return what a detector that listens gets of the turn.

        Where somebody else speaks or the recording ends too soon after an end, its silence is repeated.
        """
        target = self._detector.input_format
        if target is None:
            return b""
        begin, at, quiet_until = (
            _FORMAT.bytes_in(seconds)
            for seconds in (max(0.0, point.turn_begins - _LEAD), point.at, point.quiet_until)
        )
        quiet = sound[at:quiet_until] or bytes(2)
        size = _FORMAT.bytes_in(silence)
        heard = sound[begin:at] + (quiet * -(-size // len(quiet)))[:size]
        resampler = Resampler(_FORMAT, target)
        heard = resampler.write(heard) + resampler.flush()
        return heard[max(0, len(heard) - target.bytes_in(self._detector.audio_seconds)) :]
