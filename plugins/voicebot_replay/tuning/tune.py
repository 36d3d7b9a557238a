"""Tries settings over recordings in virtual time, and recommends some or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from voicebot import BotConfig, ProviderError
from voicebot_recording.reading import Recording
from voicebot_replay.engine import Replayed, replay
from voicebot_replay.tuning.outcomes import counted, outcomes, pauses
from voicebot_replay.tuning.recommendation import Halves, Recommendation, Tried, recommend
from voicebot_replay.tuning.recordings import halves
from voicebot_replay.tuning.remembered import RememberedChoice
from voicebot_replay.tuning.settings import TurnSettings, settings_to_try

CUT_OFF_COST = 5.0
"""Seconds of waiting that weigh as much as a cut-off, as in the figures of simulated users."""
LEAST = 15
"""Turns that each half must have."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was tried, on what, and what comes of it.

    `tried` are the settings, the present ones first; `recorded` counts recordings. `recordings`, `turns` and
    `pauses` are how many there are in each half, pauses within the turns. `warnings` say in one line each
    what was not tried, and why replays may be inexact.
    """

    recommendation: Recommendation
    present: TurnSettings
    tried: tuple[Tried, ...] = field(repr=False)
    recorded: int
    recordings: tuple[int, int]
    turns: tuple[int, int]
    pauses: tuple[int, int]
    cut_off_cost: float
    warnings: tuple[str, ...] = ()

    @property
    def is_divided_by_recording(self) -> bool:
        """Whether each recording is in one half; the only one is divided between its turns."""
        return self.recorded > 1


def tune(
    recordings: Sequence[Recording],
    config: BotConfig,
    *,
    settings: Sequence[TurnSettings] | None = None,
    cut_off_cost: float = CUT_OFF_COST,
    least: int = LEAST,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Tuned:
    """Try settings on one half of the recordings, and check the best on the other half.

    The same recordings and settings give the same result. Each recording is replayed once with each of the
    settings, so it runs an event loop: call it in a thread if one is running.

    Args:
        recordings: of one bot, with text and sound.
        config: the present one.
        settings: those to try, the present ones first; by default, `settings_to_try`. They have the config's
            voice activity detector.
        cut_off_cost: seconds of waiting that weigh as much as a cut-off.
        least: turns that each half must have, or nothing is recommended.
        progress: called with how many settings have been tried, and how many there are.

    Raises:
        ProviderError: the present detectors do not start.
        ReplayError: a recording cannot be replayed, or nobody says anything in any.
    """
    settings = settings_to_try(config) if settings is None else settings
    heard = RememberedChoice(config.voice_activity) if config.voice_activity is not None else None
    now = [replay(each, replace(config, voice_activity=heard)) for each in recordings]
    data = _Turns(recordings, now)
    tried = [Tried(settings[0], data.divided(data.now))]
    warnings: list[str] = []
    if data.smaller < least:
        return data.tuned(recommend(tried, cut_off_cost, least), tried, cut_off_cost, warnings)
    failed: set[str] = set()
    for number, each in enumerate(settings[1:], 2):
        if each.detector not in failed:
            try:
                changed = replace(each.config, voice_activity=heard)
                found = [replay(recording, changed) for recording in recordings]
                tried.append(Tried(each, data.divided(found)))
            except ProviderError as error:
                failed.add(each.detector)
                warnings.append(f"{each.detector}: not tried: {error}")
        progress(number, len(settings))
    return data.tuned(recommend(tried, cut_off_cost, least), tried, cut_off_cost, warnings)


class _Turns:
    """The turns that were said in recordings, as far as the bot took them, and in which half each is."""

    def __init__(self, recordings: Sequence[Recording], now: Sequence[Replayed]) -> None:
        self.now = now
        self._recordings = recordings
        self._counted = [[n for n, each in enumerate(counted(found)) if each] for found in now]
        self._pauses = [
            pauses(recording, replayed.said) for recording, replayed in zip(recordings, now, strict=True)
        ]
        within = [
            sum(found[each] for each in numbers)
            for found, numbers in zip(self._pauses, self._counted, strict=True)
        ]
        self._halves = halves([len(each) for each in self._counted], within)

    @property
    def turns(self) -> tuple[int, int]:
        """How many are in each half."""
        first, second = (sum(len(parts[half]) for parts in self._halves) for half in (0, 1))
        return first, second

    @property
    def smaller(self) -> int:
        """How many are in the half that has fewer."""
        return min(self.turns)

    def divided(self, replays: Sequence[Replayed]) -> Halves:
        """Return what came of the turns in each half, for each recording."""
        every = [
            outcomes(found, recording.seconds)
            for recording, found in zip(self._recordings, replays, strict=True)
        ]
        first, second = self._divided(every)
        return first, second

    def tuned(
        self, found: Recommendation, tried: Sequence[Tried], cut_off_cost: float, warnings: Sequence[str]
    ) -> Tuned:
        """Return the result."""
        first, second = (sum(map(sum, half)) for half in self._divided(self._pauses))
        ones, others = (sum(bool(parts[half]) for parts in self._halves) for half in (0, 1))
        return Tuned(
            found,
            tried[0].settings,
            tuple(tried),
            len(self.now),
            (ones, others),
            self.turns,
            (first, second),
            cut_off_cost,
            (*self._warnings(), *warnings),
        )

    def _warnings(self) -> Iterator[str]:
        for recording, replayed in zip(self._recordings, self.now, strict=True):
            yield from replayed.warnings
            if replayed.failure:
                yield f"{recording.folder}: its replay ends early: {replayed.failure}"

    def _divided(self, every: Sequence[Sequence[_T]]) -> Iterator[tuple[tuple[_T, ...], ...]]:
        for half in (0, 1):
            yield tuple(
                tuple(values[counted[place]] for place in parts[half])
                for values, counted, parts in zip(every, self._counted, self._halves, strict=True)
            )
