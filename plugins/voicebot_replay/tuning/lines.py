"""What was found, as lines of a terminal, as YAML and as JSON."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import click

from voicebot import printable_words, report_columns
from voicebot_replay.tuning.figures import Figures
from voicebot_replay.tuning.settings import TurnSettings, patience_text
from voicebot_replay.tuning.tune import Tuned

_TABLE, _NAME = 80, 30


def tuned_lines(tuned: Tuned, config: str) -> Iterator[str]:
    """Yield the lines, none wider than the terminal but for the command at the end.

    Args:
        config: the name of the config, for that command.
    """
    found = tuned.recommendation
    if found.verdict != "too few":
        yield from _paragraph(
            f"{_amount(tuned)}. {len(tuned.tried)} settings were tried on {_half(tuned, 0)}, and the best "
            f"was checked on {_half(tuned, 1)}."
        )
        yield ""
        yield from _table("chosen on", found.chosen_on)
    if found.before is not None:
        yield ""
        rows = [(tuned.present, found.before)]
        if found.best is not None and found.after is not None:
            rows.append((found.best, found.after))
        yield from _table("checked on", rows)
        yield ""
    yield from _paragraph(_verdict(tuned))
    if found.verdict == "better" and found.best is not None:
        yield ""
        yield from yaml_lines(found.best, tuned.present)
        yield ""
        changes = " ".join(
            shlex.quote(f"{name}={value}") for name, value in _changes(found.best, tuned.present)
        )
        yield f"voicebot set {shlex.quote(config)} {changes}"


def yaml_lines(best: TurnSettings, present: TurnSettings) -> Iterator[str]:
    """Yield the lines of a config that make the present settings the best ones."""
    for name, value in _changes(best, present):
        section, _, option = name.partition(".")
        yield f"{section}:"
        yield f"  {option}: {value}"


def tuned_json(tuned: Tuned) -> dict[str, Any]:
    """Return the same for programs; shares are from 0 to 1, times in seconds."""
    found = tuned.recommendation
    return {
        "verdict": found.verdict,
        "recommended": _settings(found.best) if found.verdict == "better" else None,
        "best": _settings(found.best),
        "present": _settings(tuned.present),
        "tried": len(tuned.tried),
        "recorded": tuned.recorded,
        "recordings": tuned.recordings,
        "turns": tuned.turns,
        "pauses": tuned.pauses,
        "cut_off_costs": tuned.cut_off_cost,
        "chosen_on": [{**(_settings(each) or {}), **asdict(figures)} for each, figures in found.chosen_on],
        "checked_on": {
            "present": asdict(found.before) if found.before else None,
            "best": asdict(found.after) if found.after else None,
            "cost_of_best_less_present": asdict(found.saves) if found.saves else None,
        },
        "turns_needed": found.turns_needed,
        "warnings": tuned.warnings,
    }


def _changes(best: TurnSettings, present: TurnSettings) -> Iterator[tuple[str, str]]:
    if best.patience != present.patience:
        yield "turns.patience", patience_text(best.patience)
    if best.detector != present.detector:
        yield "turn_detector.provider", best.detector


def _settings(settings: TurnSettings | None) -> dict[str, Any] | None:
    return None if settings is None else {"turn_detector": settings.detector, "patience": settings.patience}


def _amount(tuned: Tuned) -> str:
    recordings = _count(tuned.recorded, "recording")
    return f"{_count(sum(tuned.turns), 'turn')} with {_count(sum(tuned.pauses), 'pause')} in {recordings}"


def _half(tuned: Tuned, half: int) -> str:
    turns = _count(tuned.turns[half], "turn")
    if not tuned.is_divided_by_recording:
        return f"the {('first', 'last')[half]} {turns}"
    return f"{turns} of {_count(tuned.recordings[half], 'recording')}"


def _verdict(tuned: Tuned) -> str:
    found = tuned.recommendation
    rule = f"where a cut-off counts as {tuned.cut_off_cost:g} s of waiting"
    match found.verdict:
        case "too few":
            return (
                f"{_amount(tuned)}: too few to recommend anything. With {found.turns_needed} turns, and both "
                "halves of the recordings about as long, something may be said."
            )
        case "as good":
            return f"The present settings are as good as any that were tried, {rule}. Keep them."
        case _:
            assert found.saves is not None
    low, high = found.saves.interval
    amount = f"{-found.saves.seconds:.2f} s [{-high:.2f}, {-low:.2f}]"
    match found.verdict:
        case "better":
            return f"Recommended: {found.best}. A turn costs {amount} less on what was checked, {rule}."
        case "uncertain":
            return (
                f"No recommendation: {found.best} may be better ({amount} less for each turn, {rule}), but "
                f"these are too few turns and pauses to tell. About {found.turns_needed} turns would do."
            )
        case _:
            return (
                f"No recommendation: {found.best} was best where it was chosen, but is not better where it "
                f"was checked ({amount} less for each turn, {rule}). Keep the present settings."
            )


def _table(title: str, rows: Iterable[tuple[TurnSettings, Figures]]) -> Iterator[str]:
    """Yield a table; if the terminal has no room for it, a paragraph for each row."""
    if report_columns() < _TABLE:
        yield click.style(title, bold=True)
        for settings, figures in rows:
            yield from _row_in_words(settings, figures)
        return
    yield click.style(
        f"{title:<{_NAME}}{'cut off, % [95 %]':>27}{'median':>8}{'90 %':>7}{'> 1 s':>8}", bold=True
    )
    for settings, figures in rows:
        now = " (now)" if settings.is_present else ""
        low, high = figures.cut_off_interval
        cut_off = f"{figures.cut_off} of {figures.turns}  {_percent(figures.cut_off_share):>5}"
        room = _NAME - max(0, len(cut_off) - 14)  # with many turns, the numbers are longer
        name = printable_words(str(settings))[: room - 2 - len(now)] + now
        interval = f"[{_percent(low)}, {_percent(high)}]"
        late = "-" if figures.late is None else f"{_percent(figures.late)} %"
        yield (
            f"{name:<{room}}{cut_off:>14} {interval:>12}"
            f"{_seconds(figures.median_wait):>8}{_seconds(figures.wait_of_90):>7}{late:>8}"
        )


def _row_in_words(settings: TurnSettings, figures: Figures) -> list[str]:
    low, high = figures.cut_off_interval
    said = [
        f"cut off {figures.cut_off} of {figures.turns}, {_percent(figures.cut_off_share)} % "
        f"[{_percent(low)}, {_percent(high)}]",
        f"median {_seconds(figures.median_wait)}",
        f"90 % {_seconds(figures.wait_of_90)}",
        "> 1 s -" if figures.late is None else f"> 1 s {_percent(figures.late)} %",
    ]
    name = printable_words(str(settings)) + (" (now)" if settings.is_present else "")
    line = f"{name}: {'; '.join(said)}"
    return textwrap.wrap(line, report_columns(), initial_indent="  ", subsequent_indent="    ")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, report_columns())
