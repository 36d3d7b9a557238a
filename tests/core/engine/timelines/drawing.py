"""Draws random timelines: the same seed gives the same one."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import get_args

from .settings import BACKCHANNEL, FAREWELL, GREETING
from .timeline import (
    Act,
    ChatFault,
    Cue,
    DeviceFails,
    End,
    RecogniserFails,
    RecogniserFault,
    Repeats,
    Says,
    SecondLook,
    Setting,
    Step,
    SynthesisFault,
    Timeline,
    Types,
)
from .world.vocabulary import user_word


def drawn(seed: int) -> Timeline:
    """Return the timeline of a seed."""
    timeline = _Draw(random.Random(seed)).timeline()
    return replace(timeline, setting=_with_options(timeline.setting, random.Random(f"options {seed}")))


def _with_options(setting: Setting, source: random.Random) -> Setting:
    """Draw what was added later, without a change of the rest of the timeline."""
    looks = get_args(SecondLook)
    if source.random() < 0.3:
        setting = replace(setting, second_looks=tuple(source.choice(looks) for _ in range(3)))
    if source.random() < 0.3:
        setting = replace(setting, marks=tuple(source.random() < 0.5 for _ in range(4)))
    return setting


class _Draw:
    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._words = 0
        self._alike = self._often(0.3)

    def timeline(self) -> Timeline:
        """Draw a timeline."""
        setting = self._setting()
        first, *others = (self._step(setting) for _ in range(self._random.randint(1, 6)))
        steps = (first if setting.greeting else replace(first, cue=""), *others)
        if not setting.live:
            return Timeline(setting, tuple(step for step in steps if isinstance(step.act, Says)))
        end: End = "hangs up"
        if self._often(0.2):
            end = self._random.choice(("is cancelled", "is cancelled", "loses its device for good"))
            if self._often(0.5):
                how = self._random.choice(("breaks", "breaks in write"))
                steps = (*steps, Step(0.5, RecogniserFails(how)))
        tail = None
        if end != "hangs up" or self._often(0.25):
            tail = self._random.choice((0.0, 0.0, 0.1, round(self._random.uniform(0, 6), 2)))
        return Timeline(setting, steps, end, tail)

    def _often(self, share: float) -> bool:
        return self._random.random() < share

    def _setting(self) -> Setting:
        pick, often = self._random.choice, self._often
        live, detector = not often(0.12), not often(0.4)
        finals = pick(("on commit", "on commit", "by itself", "both"))
        reports = often(0.5)
        if not detector and not reports and finals == "on commit":
            finals = "both"  # nobody would ask it
        return Setting(
            live=live,
            detector=detector,
            patience=pick((0.0, 0.3, 0.6, 1.0)),
            prepare=pick(("eager", "pause", "off")),
            interruptible=not often(0.2),
            interruption=pick((0.7, 0.7, 0.0)),
            greeting=GREETING if often(0.25) else "",
            idle=2.5 if often(0.15) else None,
            goodbye=often(0.15),
            mute=often(0.1),
            tone=often(0.15),
            short_first=often(0.5),
            frame=pick((0.02, 0.05, 0.05)),
            waits_first=not often(0.35),
            streamed=often(0.35),
            piece=pick((0.01, 0.1, 0.1, 0.5, 2.0)),
            speed=pick((1.2, 5.0, 50.0)),
            first_byte=pick((0.05, 0.2, 0.8)),
            timings=often(0.5),
            first_token=pick((0.05, 0.3, 0.9)),
            sentences=self._random.randint(1, 3),
            chat_faults=self._faults(get_args(ChatFault)),
            synthesis_faults=self._faults(get_args(SynthesisFault)),
            finals=finals,
            final_delays=tuple(
                pick((0.05, 0.1, 0.4, 0.9, 2.5, 5.0)) for _ in range(self._random.randint(1, 3))
            ),
            missing=self._random.randint(1, 2) if often(0.15) else 0,
            doubled=pick((0.05, 1.2)) if often(0.15) else None,
            partials=pick(("all", "misheard", "behind", "none")),
            lag=pick((0.0, 0.1, 0.4)),
            closing=pick((0.0, 0.3)),
            reports=reports,
        )

    def _faults(self, faults: tuple[str, ...]) -> tuple[str, ...]:
        """Draw faults of some of the first calls; later ones have none."""
        if self._often(0.75):
            return ("",)
        return (*(self._random.choice(faults) for _ in range(self._random.randint(1, 3))), "")

    def _step(self, setting: Setting) -> Step:
        cues: tuple[Cue, ...] = ("", "while the bot speaks", "while the bot speaks", "when the bot is silent")
        gap = self._random.choice((0.1, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0))
        return Step(gap, self._act(setting), self._random.choice(cues))

    def _act(self, setting: Setting) -> Act:
        chance = self._random.random()
        if chance < 0.57:
            return self._speech()
        if chance < 0.62:
            return Repeats()
        if chance < 0.7:
            return Says((), self._random.choice((0.1, 0.3, 0.8, 1.5, 6.0)))
        if chance < 0.76:
            return Says((BACKCHANNEL,), 0.3)
        if chance < 0.79 and setting.goodbye:
            return Says((FAREWELL,), 0.5)
        if chance < 0.87:
            return Types(self._new_words(self._random.randint(1, 2)))
        if chance < 0.92:
            return DeviceFails(self._random.choice((0.3, 1.5, 3.0)))
        how: RecogniserFault = self._random.choice(get_args(RecogniserFault))
        return RecogniserFails(how, self._random.randint(1, 2))

    def _speech(self) -> Says:
        count = self._random.randint(1, 4)
        return Says(self._new_words(count), round(0.3 * count, 2))

    def _new_words(self, count: int) -> tuple[str, ...]:
        first, self._words = self._words, self._words + count
        return tuple(user_word(number, alike=self._alike) for number in range(first, first + count))
