"""What each figure should at most (or at least) be, and the table that shows it beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Results = dict[str, dict[str, Any]]
"""By variant, then by measurement."""


@dataclass(frozen=True)
class Figure:
    """One row: where it is found in the results, and its target for voicebot's variants."""

    measurement: str
    title: str
    path: tuple[str, ...]
    most: float | None = None
    least: float | None = None
    only: str = ""

    @property
    def target(self) -> str:
        """Return the target in words."""
        if self.most is not None:
            return f"<= {self.most:g}{f' ({self.only})' if self.only else ''}"
        return f">= {self.least:g}" if self.least is not None else ""

    def met(self, variant: str, value: float) -> bool:
        """Return whether a figure is as it should be; nothing is asked of what is written by hand."""
        if variant.startswith("by-hand") or (self.only and self.only != variant):
            return True
        return not (
            (self.most is not None and value > self.most) or (self.least is not None and value < self.least)
        )


FIGURES = [
    Figure("turns", "first sound, ms after the final", ("first_audio_ms", "p50")),
    Figure("turns", "  over the bound of the delays, ms", ("added_ms", "p50"), most=5, only="sentence"),
    Figure("turns", "  sooner than at sentences, ms", ("sooner_ms",), least=100),
    Figure("turns", "last sound, ms", ("last_audio_ms", "p50")),
    Figure("turns", "words in the first unit", ("first_unit_words",)),
    Figure("turns", "voice requests a turn", ("tts_requests_per_turn",)),
    Figure("turns", "turns that failed", ("failed_turns",), most=0),
    Figure("zero", "no delays: final to first sound, ms", ("first_audio_ms", "p50"), most=1.5),
    Figure("zero", "no delays: final to last sound, ms", ("last_audio_ms", "p50")),
    Figure("zero", "no delays: CPU a turn, ms", ("cpu_ms_per_turn", "p50"), most=4),
    Figure("zero", "  best turn", ("cpu_ms_per_turn", "min")),
    Figure("ingest", "microphone path, us CPU a frame", ("us_per_frame_cpu",), most=5),
    Figure("ingest", "  waking up for each frame", ("us_per_frame_cpu_one_by_one",)),
    Figure("bargein", "interrupted: last audible after, ms", ("stop_ms", "p50"), most=20),
    Figure("bargein", "  worst", ("stop_ms", "max"), most=20),
    Figure("bargein", "  voice cancelled after, ms", ("tts_cancel_ms", "p50"), most=1),
    Figure("bargein", "  model cancelled after, ms", ("llm_cancel_ms", "p50"), most=1),
    Figure("bargein", "  interruptions missed", ("still_talking_at_user_end",), most=0),
    Figure("start", "spawn to first frame heard, ms", ("spawn_to_ready_ms",), most=450),
    Figure("start", "  CPU time of it, ms", ("cpu_to_ready_ms",)),
    Figure("start", "  spawn to the harness imported, ms", ("spawn_to_imported_ms",)),
    Figure("start", "start of one more session, ms", ("session_start_ms",)),
    Figure("start", "memory with one session, MB", ("rss_one_session_mb",), most=60),
    Figure("start", "memory of one more session, kB", ("rss_per_extra_session_kb",), most=25),
    Figure("memory", "allocated for a fresh session, kB", ("fresh_kb",), most=25),
    Figure("memory", "  idle after its first turn, kB", ("idle_after_turn_kb",), most=40),
    Figure("start", "tasks of an idle session", ("tasks_per_idle_session",), most=5),
    Figure("start", "heavy modules imported", ("heavy_modules",), most=0),
    Figure("detector", "voice activity, ms CPU a frame of speech", ("frame_cpu_ms",), most=0.1),
    Figure("detector", "  memory a silent conversation, kB", ("silent_kb",), most=400),
    Figure("detector", "  memory a conversation in speech, kB", ("speaking_kb",)),
]
SCALE = [
    ("added p50, ms", ("added_ms", "p50")),
    ("added p99, ms", ("added_ms", "p99")),
    ("loop lag p50, ms", ("lag_ms", "p50")),
    ("loop lag p99, ms", ("lag_ms", "p99")),
    ("CPU, %", ("cpu_pct_total",)),
    ("CPU a session, %", ("cpu_pct_per_session",)),
    ("microphone keeps real time", ("mic_realtime_ratio",)),
    ("memory, MB", ("rss_mb",)),
    ("turns", ("turns",)),
]


def add_comparisons(results: Results) -> None:
    """Add what follows from two variants together."""
    for one, other in (("short", "sentence"), ("config", "sentence"), ("by-hand-eager", "by-hand")):
        pair = [
            look_up(results.get(name, {}).get("turns"), ("first_audio_ms", "p50")) for name in (one, other)
        ]
        if pair[0] is not None and pair[1] is not None:
            results[one]["turns"]["sooner_ms"] = round(pair[1] - pair[0], 1)


def look_up(result: Any, path: tuple[str, ...]) -> float | None:
    """Return one figure of a result, if it is there."""
    for key in path:
        result = result.get(key) if isinstance(result, dict) else None
    return result


def table(results: Results) -> Iterator[str]:
    """Yield the lines of the table; `!` marks what misses its target."""
    variants = list(results)
    yield _line("", variants, "target")
    for figure in FIGURES:
        values = [look_up(results[variant].get(figure.measurement), figure.path) for variant in variants]
        if any(value is not None for value in values):
            cells = [
                "-" if value is None else f"{value:g}{'' if figure.met(variant, value) else ' !'}"
                for variant, value in zip(variants, values, strict=True)
            ]
            yield _line(figure.title, cells, figure.target)
    for variant in variants:
        rows = results[variant].get("scale", [])
        if rows:
            yield ""
            yield _line(f"sessions at once: {variant}", [str(row["sessions"]) for row in rows], "")
            for title, path in SCALE:
                yield _line(f"  {title}", [_text(look_up(row, path)) for row in rows], "")


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _line(title: str, cells: list[str], target: str) -> str:
    return f"{title:<38}" + "".join(f"{cell:>14}" for cell in cells) + f"   {target}"
