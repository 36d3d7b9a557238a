"""The user, and whatever else happens to a conversation: runs the steps of a timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from voicebot import TypedLine
from voicebot.events import BotTurnEnded, UnitSpoken, UserTurnEnded

from .record import Record, Said
from .settings import COURTESY, LINES
from .timeline import Act, Cue, DeviceFails, RecogniserFails, Repeats, Says, Types
from .world.chat_model import TimelineChatModel
from .world.device import TimelineStream
from .world.recogniser import TimelineRecognizer
from .world.user_frames import silence, speech
from .world.vocabulary import meant

_LONGEST_CUE = 5.0
_LONGEST_TAIL = 45.0
"""Seconds of silence within which everything must have been answered."""
_CALM = 1.0


class User:
    """Does what a timeline says, and records it.

    Args:
        now: the seconds since the conversation began.
        end: ends the conversation.
    """

    def __init__(
        self,
        record: Record,
        stream: TimelineStream,
        recognizer: TimelineRecognizer,
        chat_model: TimelineChatModel,
        now: Callable[[], float],
        end: Callable[[], None],
    ) -> None:
        self._record = record
        self._timeline = record.timeline
        self._stream = stream
        self._recognizer = recognizer
        self._chat_model = chat_model
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
        elif (
            self._timeline.tail
        ):  # otherwise the end comes in the same iteration of the loop as the last step
            await asyncio.sleep(self._timeline.tail)
        self._end()

    def record_all(self) -> None:
        """Put all that is said into a recording."""
        at, frame = 0.0, self._timeline.setting.frame
        for step in self._timeline.steps:
            if isinstance(step.act, Says):
                self._stream.user_says([silence(frame)] * round(step.gap / frame))
                self._stream.user_says(speech(step.act.words, step.act.seconds, frame))
                self._add(step.act.words, at + step.gap, step.act.seconds)
                at += step.gap + step.act.seconds

    def _add(self, words: tuple[str, ...], began: float, seconds: float) -> None:
        self._record.sounds.append((began, began + seconds))
        for number, word in enumerate(words):
            start, end = (began + seconds * place / len(words) for place in (number, number + 1))
            if word not in COURTESY:
                self._record.said.append(Said(word, start, end))

    async def _cue(self, cue: Cue) -> None:
        """Wait for the bot to start or stop speaking, with a time limit."""
        until = self._now() + _LONGEST_CUE
        audible = cue == "while the bot speaks"
        while cue and self._now() < until and self._stream.is_audible != audible:  # noqa: ASYNC110 - it only plays
            await asyncio.sleep(0.05)

    async def _do(self, act: Act) -> None:
        match act:
            case Says(words, seconds):
                self._stream.user_says(speech(words, seconds, self._timeline.setting.frame))
                self._add(words, self._now(), seconds)
                await asyncio.sleep(seconds)
            case Repeats(seconds):
                await self._do(Says(self._last_word_of_the_bot(), seconds))
            case Types(words):
                self._stream.user_types(TypedLine(" ".join(words)))
                now = self._now()
                self._record.said += [Said(word, now, now, typed=True) for word in words]
            case DeviceFails(seconds):
                self._stream.fails_for(seconds)
            case RecogniserFails(how, times):
                self._recognizer.fail(how, times)
            case _:
                assert_never(act)

    def _last_word_of_the_bot(self) -> tuple[str, ...]:
        """Return the word, unless it has been repeated already."""
        units = [event.text for event in self._record.events if isinstance(event, UnitSpoken)]
        known = LINES | {said.word for said in self._record.said}
        words = [meant(word) for unit in units for word in unit.split()]
        return tuple(word for word in words[-1:] if word not in known)

    async def _calm(self) -> None:
        """Wait until nothing more will happen, with a time limit."""
        until = self._now() + _LONGEST_TAIL
        calm_since = self._now()
        while self._now() < min(until, calm_since + _CALM):
            await asyncio.sleep(0.1)
            if not self._is_calm():
                calm_since = self._now()

    def _is_calm(self) -> bool:
        stream, events = self._stream, self._record.events
        if stream.is_audible or not stream.is_idle or stream.is_lost:
            return False
        if not self._recognizer.is_idle or self._chat_model.open:
            return False
        turns = [event for event in events if isinstance(event, UserTurnEnded | BotTurnEnded)]
        if turns and isinstance(turns[-1], UserTurnEnded):
            return False
        texts = (turn.text for turn in turns if isinstance(turn, UserTurnEnded))
        answered = {meant(word) for text in texts for word in text.split()}
        return answered.issuperset(set(stream.delivered) - set(COURTESY))
