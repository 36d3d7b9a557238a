"""The user, and whatever else befalls a conversation: the steps of a timeline are done here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from voicebot import TypedLine
from voicebot.events import BotTurnEnded, UnitSpoken, UserTurnEnded

from .lines import COURTESY, LINES
from .record import Record, Said
from .timeline import Act, Cue, DeviceGoes, RecogniserFails, Repeats, Says, Types
from .world.device import Telephone
from .world.mind import Mind
from .world.recogniser import Scribe
from .world.userframes import silence, speech
from .world.vocabulary import meant

_LONGEST_CUE = 5.0
_LONGEST_TAIL = 45.0
"""Seconds of silence in which everything that was said must have been answered."""
_CALM = 1.0


class User:
    """Does what a timeline says, and notes it.

    Args:
        now: the seconds since the conversation began.
        end: ends the conversation.
    """

    def __init__(
        self,
        record: Record,
        phone: Telephone,
        scribe: Scribe,
        mind: Mind,
        now: Callable[[], float],
        end: Callable[[], None],
    ) -> None:
        self._record = record
        self._timeline = record.timeline
        self._phone = phone
        self._scribe = scribe
        self._mind = mind
        self._now = now
        self._end = end

    async def acts(self) -> None:
        """Do the steps one after the other, and wait for the end."""
        for step in self._timeline.steps:
            await self._cue(step.cue)
            await asyncio.sleep(step.gap)
            await self._do(step.act)
        if self._timeline.tail is None:
            await self._calm()
        elif self._timeline.tail:  # else the end comes in the same turn of the loop as the last step
            await asyncio.sleep(self._timeline.tail)
        self._end()

    def record_all(self) -> None:
        """Put all that is said into a recording."""
        at, frame = 0.0, self._timeline.setting.frame
        for step in self._timeline.steps:
            if isinstance(step.act, Says):
                self._phone.hears([silence(frame)] * round(step.gap / frame))
                self._phone.hears(speech(step.act.words, step.act.seconds, frame))
                self._note(step.act.words, at + step.gap, step.act.seconds)
                at += step.gap + step.act.seconds

    def _note(self, words: tuple[str, ...], began: float, seconds: float) -> None:
        self._record.sounds.append((began, began + seconds))
        for number, word in enumerate(words):
            start, end = (began + seconds * place / len(words) for place in (number, number + 1))
            if word not in COURTESY:
                self._record.said.append(Said(word, start, end))

    async def _cue(self, cue: Cue) -> None:
        """Wait for the bot to speak, or to fall silent, within reason."""
        until = self._now() + _LONGEST_CUE
        audible = cue == "while the bot speaks"
        while cue and self._now() < until and self._phone.is_audible != audible:  # noqa: ASYNC110 - it only plays
            await asyncio.sleep(0.05)

    async def _do(self, act: Act) -> None:
        match act:
            case Says(words, seconds):
                self._phone.hears(speech(words, seconds, self._timeline.setting.frame))
                self._note(words, self._now(), seconds)
                await asyncio.sleep(seconds)
            case Repeats(seconds):
                await self._do(Says(self._last_word_of_the_bot(), seconds))
            case Types(words):
                self._phone.sends(TypedLine(" ".join(words)))
                now = self._now()
                self._record.said += [Said(word, now, now, typed=True) for word in words]
            case DeviceGoes(seconds):
                self._phone.goes(seconds)
            case RecogniserFails(how, times):
                self._scribe.fail(how, times)
            case _:
                assert_never(act)

    def _last_word_of_the_bot(self) -> tuple[str, ...]:
        """Return the word, unless it has been repeated already."""
        units = [event.text for event in self._record.events if isinstance(event, UnitSpoken)]
        known = LINES | {said.word for said in self._record.said}
        words = [meant(word) for unit in units for word in unit.split()]
        return tuple(word for word in words[-1:] if word not in known)

    async def _calm(self) -> None:
        """Wait until nothing is left to come, or until it should have come long ago."""
        until = self._now() + _LONGEST_TAIL
        calm_since = self._now()
        while self._now() < min(until, calm_since + _CALM):
            await asyncio.sleep(0.1)
            if not self._is_calm():
                calm_since = self._now()

    def _is_calm(self) -> bool:
        phone, events = self._phone, self._record.events
        if phone.is_audible or not phone.at_rest or phone.is_lost:
            return False
        if not self._scribe.at_rest or self._mind.open:
            return False
        turns = [event for event in events if isinstance(event, UserTurnEnded | BotTurnEnded)]
        if turns and isinstance(turns[-1], UserTurnEnded):
            return False
        texts = (turn.text for turn in turns if isinstance(turn, UserTurnEnded))
        answered = {meant(word) for text in texts for word in text.split()}
        return answered.issuperset(set(phone.delivered) - set(COURTESY))
