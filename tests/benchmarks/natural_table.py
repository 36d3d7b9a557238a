"""The figures of natural pauses as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from natural_figures import SHARE, WAIT
from turn_policies import PROFILES, SILENCE

_CUT_OFF, _WAIT = f"cut_off_at_{WAIT:g}", f"wait_at_{100 * SHARE:g}_percent"
_PATIENCE = f"patience_at_{WAIT:g}"
_MORE = f"more_than_silence_at_{WAIT:g}"


def tables(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Return the detectors' curves at two places, and some policies, by source and over all.

    The policies are the profiles of patience, and what reaches the first of the two places.
    """
    first = results[0]
    yield (
        f"{first['pauses']} pauses and {first['ends']} ends in {first['recordings']} recordings; "
        f"pauses shorter than the hang-over of {first['hang_over']:g} s: {first['unnoticed_pauses']}"
    )
    yield "in brackets: intervals of 95 %; -: nothing to measure, or no policy reaches it"
    width = 2 + max(len(name) for name in ("source", *first["sources"]))
    yield ""
    yield (
        f"{'detector':<14}{'source':<{width}}{'files':>5}{'pauses':>8}{'ends':>6}"
        f"{f'cut off at {WAIT:g} s, %':>25}{'more than silence':>25}{f'wait at {100 * SHARE:g} %, s':>25}"
    )
    for result in {result["detector"]: result for result in results}.values():
        for source, part in _parts(result):
            yield (
                f"{result['detector']:<14}{source:<{width}}"
                f"{part['recordings']:>5}{part['pauses']:>8}{part['ends']:>6}"
                f"{_percent(part, _CUT_OFF):>25}{_percent(part, _MORE):>25}{_seconds(part, _WAIT):>25}"
            )
    chosen = [result for result in results if result["patience"] in {*PROFILES, result[_PATIENCE]}]
    yield ""
    yield (
        f"{'policy':<24}{'source':<{width}}{'mean wait, s':>25}{'cut off, %':>25}"
        f"{'silence of that wait, %':>25}{'more than silence':>25}"
    )
    for result in chosen:
        for source, part in _parts(result):
            yield (
                f"{result['detector'] + ' ' + result['patience']:<24}{source:<{width}}"
                f"{_seconds(part, 'mean_wait'):>25}{_percent(part, 'cut_off'):>25}"
                f"{_percent(part, 'silence_cut_off'):>25}{_percent(part, 'more_than_silence'):>25}"
            )
    yield ""
    for result in chosen:
        if result["detector"] == SILENCE:
            continue
        worse = [source for source, part in _parts(result) if (part["more_than_silence"] or 0) > 0]
        yield (
            f"{result['detector']} {result['patience']} cuts off more than constant silence of the same mean "
            f"wait on: {', '.join(worse) or 'no source'}"
        )


def _parts(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [*result["sources"].items(), ("all", result)]


def _percent(part: dict[str, Any], name: str) -> str:
    return _with_interval(part, name, 100, 1)


def _seconds(part: dict[str, Any], name: str) -> str:
    return _with_interval(part, name, 1, 2)


def _with_interval(part: dict[str, Any], name: str, factor: float, digits: int) -> str:
    low, high = (_figure(end, factor, digits) for end in part[f"{name}_interval"])
    return f"{_figure(part[name], factor, digits)} [{low}, {high}]"


def _figure(value: float | None, factor: float, digits: int) -> str:
    return "-" if value is None else f"{factor * value:.{digits}f}"
