"""Making a timeline that breaks a rule smaller, as long as it still breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from .timeline import DeviceFails, RecogniserFails, Says, Setting, Step, Timeline, Types

_MOST = 250
"""How many timelines are tried."""


def shrunk(timeline: Timeline, fails: Callable[[Timeline], bool]) -> Timeline:
    """Return the smallest timeline found by removing and simplifying parts that still `fails`."""
    left = _MOST
    found = True
    while found:
        found = False
        for smaller in _smaller(timeline):
            if not smaller.setting.reports_end_of_speech:
                continue
            left -= 1
            if left < 0:
                return timeline
            if fails(smaller):
                timeline, found = smaller, True
                break
    return timeline


def _smaller(timeline: Timeline) -> Iterator[Timeline]:
    """Yield timelines that are a little smaller, the smallest first."""
    steps = timeline.steps
    for size in (4, 2, 1):
        for start in range(0, len(steps) - size + 1):
            yield replace(timeline, steps=steps[:start] + steps[start + size :])
    if timeline.end != "hangs up":
        yield replace(timeline, end="hangs up")
    if timeline.tail is not None:
        yield replace(timeline, tail=None)
    for setting in _plainer(timeline.setting):
        yield replace(timeline, setting=setting)
    for number, step in enumerate(steps):
        for plain in _plainer_steps(step):
            yield replace(timeline, steps=(*steps[:number], plain, *steps[number + 1 :]))


def _plainer(setting: Setting) -> Iterator[Setting]:
    plain = Setting()
    for each in fields(setting):
        value, default = getattr(setting, each.name), getattr(plain, each.name)
        if value == default:
            continue
        yield replace(setting, **{each.name: default})
        if isinstance(value, tuple) and default:
            for number, item in enumerate(value):
                if len(value) > 1:
                    yield replace(setting, **{each.name: value[:number] + value[number + 1 :]})
                if item != default[0]:
                    simpler = (*value[:number], default[0], *value[number + 1 :])
                    yield replace(setting, **{each.name: simpler})


def _plainer_steps(step: Step) -> Iterator[Step]:
    if step.cue:
        yield replace(step, cue="")
    for gap in (0.1, 0.5, 1.0, 2.0):
        if gap < step.gap:
            yield replace(step, gap=gap)
    match step.act:
        case Says(words, seconds):
            for count in range(1, len(words)):
                yield replace(step, act=Says(words[:count], round(seconds * count / len(words), 2)))
        case Types(words):
            if len(words) > 1:
                yield replace(step, act=Types(words[:1]))
        case DeviceFails(seconds):
            if seconds > 0.3:
                yield replace(step, act=DeviceFails(0.3))
        case RecogniserFails(how, times):
            if times > 1:
                yield replace(step, act=RecogniserFails(how))
            if how != "breaks":
                yield replace(step, act=RecogniserFails("breaks"))
