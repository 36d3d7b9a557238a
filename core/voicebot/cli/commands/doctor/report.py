"""How the results of `voicebot doctor` are shown, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from voicebot import __version__
from voicebot.cli.commands.doctor.result import Result
from voicebot.cli.output.printing import Styled, echo, styled
from voicebot.cli.output.wrapping import wrapped

_COLORS = {"ok": "green", "warning": "yellow", "problem": "red", "skipped": "cyan"}
_LABEL = len("warning") + 1
_INDENT = 2
Results = Mapping[str, Sequence[Result]]


def show(results: Results) -> None:
    """Write all results, and how many there are of each verdict."""
    for title, group in results.items():
        if group:
            echo(styled(title, bold=True))
        for result in group:
            _show(result)
    counts = count(results)
    problems, warnings = counts["problem"], counts["warning"]
    found = [_number(problems, "problem")] if problems else ["no problem"]
    found += [_number(warnings, "warning")] if warnings else []
    color = "red" if problems else "yellow" if warnings else "green"
    echo(styled(f"{' and '.join(found)} found", fg=color, bold=True))


def document(config: str, results: Results, hint: str) -> dict[str, Any]:
    """Return the results for programs."""
    counts = count(results)
    return {
        "ok": not counts["problem"],
        "voicebot": __version__,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config,
        "hint": hint,
        "counts": counts,
        "checks": [
            {
                "group": title,
                "check": result.finding.check,
                "about": result.about,
                "verdict": result.finding.verdict,
                "message": result.finding.message,
                "remedy": result.finding.remedy,
                "seconds": {stage: round(seconds, 4) for stage, seconds in result.seconds.items()},
            }
            for title, group in results.items()
            for result in group
        ],
    }


def count(results: Results) -> dict[str, int]:
    """Return how many results there are of each verdict."""
    verdicts = [result.finding.verdict for group in results.values() for result in group]
    return {verdict: verdicts.count(verdict) for verdict in ("ok", "warning", "problem", "skipped")}


def _show(result: Result) -> None:
    finding = result.finding
    label = styled(finding.verdict.ljust(_LABEL), fg=_COLORS[finding.verdict])
    times = ", ".join(
        f"{stage.replace('_', ' ')} {seconds * 1000:.0f} ms" for stage, seconds in result.seconds.items()
    )
    text = f"{result.about}: {finding.message}{f' ({times})' if times else ''}"
    start = _INDENT + _LABEL
    echo(" " * _INDENT, label, Styled(wrapped(text, first=start, indent=start)))
    if finding.remedy:
        remedy = wrapped(f"to do: {finding.remedy}", first=start, indent=start)
        echo(" " * start, Styled(remedy))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
