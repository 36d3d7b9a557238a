"""What the overheard clips say of a policy: how often it cut people off, and how long it made them wait."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overheard import Overheard
from turn_policies import Policy


@dataclass(frozen=True)
class Result:
    """A policy and what it did."""

    policy: Policy
    overheard: Sequence[Overheard]

    def of(self, source: str) -> Result:
        """Return the result for the clips of one source."""
        return Result(self.policy, [each for each in self.overheard if each.clip.source == source])

    @property
    def sources(self) -> list[str]:
        """Where the clips are from."""
        return sorted({each.clip.source for each in self.overheard})

    @property
    def cut_offs(self) -> int:
        """Clips in which the bot was audible before the turn was over."""
        return sum(each.is_cut_off for each in self.overheard)

    @property
    def paused_clips(self) -> int:
        """Clips that have a pause."""
        return sum(bool(each.clip.pauses) for each in self.overheard)

    @property
    def paused_cut_offs(self) -> int:
        """Those of them in which the bot was audible before the turn was over."""
        return sum(each.is_cut_off and bool(each.clip.pauses) for each in self.overheard)

    @property
    def delays(self) -> list[float]:
        """Seconds from the true end to the reply that stays, of the clips that were not cut off."""
        return sorted(each.delay for each in self.overheard if each.delay is not None)

    @property
    def mean_delay(self) -> float | None:
        """The mean of `delays`."""
        return statistics.fmean(self.delays) if self.delays else None

    def figures(self) -> dict[str, Any]:
        """Return the figures; delays are in seconds, None where nothing was answered."""
        delays, mean = self.delays, self.mean_delay
        return {
            "clips": len(self.overheard),
            "cut_offs": self.cut_offs,
            "paused_clips": self.paused_clips,
            "paused_cut_offs": self.paused_cut_offs,
            "lost_words": sum(each.lost_words for each in self.overheard),
            "split_turns": sum(not each.merged for each in self.overheard),
            "unanswered": sum(not each.replies for each in self.overheard),
            "delays": len(delays),
            "delay_mean": mean and round(mean, 4),
            "delay_p50": _share(delays, 0.5),
            "delay_p95": _share(delays, 0.95),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the policy with its figures, over all clips and for each source."""
        return {
            "detector": self.policy.detector,
            "patience": self.policy.words,
            **self.figures(),
            "sources": {source: self.of(source).figures() for source in self.sources},
        }


def _share(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[round(share * (len(ordered) - 1))], 4) if ordered else None


def table(results: Sequence[Result]) -> list[str]:
    """Return the figures of all policies as lines, by source and together."""
    lines = [
        f"{'policy':<24}{'clips':<8}{'cut off, paused':>16}{'plain':>8}{'lost':>6}{'split':>6}{'none':>6}"
        f"{'delays':>8}{'p50':>7}{'mean':>7}{'p95':>7}"
    ]
    for result in results:
        parts = {source or "-": result.of(source) for source in result.sources}
        if len(parts) > 1:
            parts["all"] = result
        for name, part in parts.items():
            lines.append(_line(str(result.policy), name, part.figures()))
    return lines


def _line(policy: str, name: str, figures: dict[str, Any]) -> str:
    plain_clips = figures["clips"] - figures["paused_clips"]
    paused = f"{figures['paused_cut_offs']}/{figures['paused_clips']}"
    plain = f"{figures['cut_offs'] - figures['paused_cut_offs']}/{plain_clips}"
    delays = [
        "-" if figures[key] is None else f"{1000 * figures[key]:.0f}"
        for key in ("delay_p50", "delay_mean", "delay_p95")
    ]
    return (
        f"{policy:<24}{name:<8}{paused:>16}{plain:>8}{figures['lost_words']:>6}{figures['split_turns']:>6}"
        f"{figures['unanswered']:>6}{figures['delays']:>8}{delays[0]:>7}{delays[1]:>7}{delays[2]:>7}"
    )


def story(overheard: Overheard) -> str:
    """Describe the result of one clip in one line."""
    if overheard.is_cut_off:
        what = "CUT OFF " + ", ".join(f"{at - overheard.clip.speech_end:+.2f}" for at in overheard.replies)
    elif overheard.delay is None:
        what = "not answered"
    else:
        what = f"{1000 * overheard.delay:.0f} ms"
    lost = f", {overheard.lost_words} words lost of {overheard.recognised!r}" if overheard.lost_words else ""
    return f"{overheard.clip.name}: {what}; asked {overheard.asked!r}{lost}"


def agreement(one: Result, other: Result) -> str:
    """Return in how many clips two results agree, and how far their delays differ."""
    pairs = list(zip(one.overheard, other.overheard, strict=True))
    same = sum(a.is_cut_off == b.is_cut_off for a, b in pairs)
    apart = [abs(a.delay - b.delay) for a, b in pairs if a.delay is not None and b.delay is not None]
    figures = f", delays differ by {1000 * max(apart):.0f} ms at most" if apart else ""
    if len(apart) > 1:
        figures += f", by {1000 * statistics.median(apart):.0f} in the median"
    return f"{same} of {len(pairs)} clips cut off or not alike{figures}"
