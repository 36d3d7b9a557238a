"""The contract of a turn detector: how long a silence must last to end the turn."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voicebot.interfaces import TurnDetector
from voicebot.messages import TurnSoFar
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.samples import texts

_AT_ONCE = 20
_TURN = TurnSoFar("I would like a table for", False, "en-US", 0.3, 3.0, asked="What would you like?")
_TURNS = (
    _TURN,
    replace(_TURN, text="I would like a table for two.", settled=True),
    replace(_TURN, text="Yes.", settled=True, pauses=(0.4, 1.2), silence=1.1),
)


class TurnDetectorContract(ProviderContract[TurnDetector[Any]]):
    """What a turn detector must do."""

    @check
    async def test_a_wait_is_a_number_of_seconds(self) -> None:
        """`wait` returns seconds, a finite number that is not negative; the engine applies its limits."""
        async with self._started() as provider:
            for turn in _TURNS:
                await self._wait(provider, turn)

    @check
    async def test_any_turn_is_accepted(self) -> None:
        """Turns with no words or thousands, in any script or language, settled or not, are accepted."""
        texts_given = {name: (text, tag or "en-US") for name, (text, tag) in texts.FOREIGN.items()}
        texts_given |= {f"the text {text!r}": (text, "en-US") for text in texts.BLANK}
        texts_given |= {"a huge text": (texts.huge(), "en-US"), "markup": (texts.MARKUP, "en-US")}
        async with self._started() as provider:
            for name, (text, language) in texts_given.items():
                for settled in (False, True):
                    turn = replace(_TURN, text=text, language=language, settled=settled, asked=text)
                    try:
                        await self._wait(provider, turn)
                    except Unmet as unmet:
                        raise Unmet(f"{unmet.expected}, for {name}", unmet.seen) from unmet
                    except Exception as error:
                        raise Unmet(f"seconds for {name}", f"{type(error).__name__}: {error}") from error

    @check
    async def test_any_amount_of_sound_is_accepted(self) -> None:
        """Turns without sound, with one sample, and with all that `audio_seconds` allows are accepted."""
        async with self._started() as provider:
            for seconds in (0.0, 0.001, 0.5, provider.audio_seconds):
                await self._wait(provider, replace(_TURN, audio=self._sound(provider, seconds)))

    @check
    async def test_twenty_turns_at_once_are_kept_apart(self) -> None:
        """Of twenty turns at once, each gets the same answer as on its own, whatever came before."""
        async with self._started() as provider:
            turns = [replace(turn, audio=self._sound(provider, 0.5)) for turn in _TURNS]
            alone = [await self._wait(provider, turn) for turn in turns]
            for turn, wanted in zip(reversed(turns), reversed(alone), strict=True):
                self._has_same_wait(turn, await self._wait(provider, turn), wanted)
            async with asyncio.TaskGroup() as tasks:
                together = [
                    tasks.create_task(self._wait(provider, turns[n % len(turns)]), name=f"contract: turn {n}")
                    for n in range(_AT_ONCE)
                ]
            for number, task in enumerate(together):
                which = number % len(turns)
                self._has_same_wait(turns[which], task.result(), alone[which])

    async def _use(self, provider: TurnDetector[Any], midway: Callable[[], None] = do_nothing) -> None:
        midway()
        await self._wait(provider, replace(_TURN, audio=self._sound(provider, 0.5)))

    async def _use_fully(self, provider: TurnDetector[Any]) -> None:
        for turn in _TURNS:
            await self._wait(provider, replace(turn, audio=self._sound(provider, provider.audio_seconds)))

    async def _give_text(self, provider: TurnDetector[Any], text: str) -> None:
        await self._wait(provider, replace(_TURN, text=text, asked=text, audio=self._sound(provider, 0.5)))

    def _has_same_wait(self, turn: TurnSoFar, seconds: float, alone: float) -> None:
        expect(
            math.isclose(seconds, alone, abs_tol=0.05),
            f"{alone:.2f} s for {turn.text!r}, as when it is the only one",
            f"{seconds:.2f} s",
        )

    async def _wait(self, provider: TurnDetector[Any], turn: TurnSoFar) -> float:
        seconds = await provider.wait(turn)
        record_progress()
        expect(
            isinstance(seconds, int | float) and math.isfinite(seconds) and seconds >= 0,
            "a finite number of seconds, not negative",
            repr(seconds),
        )
        return seconds

    def _sound(self, provider: TurnDetector[Any], seconds: float) -> bytes:
        """Return silence in the detector's format, as much as it asks for at most, or none."""
        if provider.input_format is None:
            return b""
        return bytes(provider.input_format.bytes_in(min(seconds, provider.audio_seconds)))
