"""A picture of the simulated figures: cut-offs against waiting, and what wrong partials cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def draw(results: dict[str, Any], file: Path) -> None:
    """Draw both as one PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (policies, curve) = plt.subplots(1, 2, figsize=(12, 5))
    for name, row in results["policies"].items():
        gaps, cut_off = row["gap_by_seed_ms"].values(), row["cut_off_by_seed_pct"].values()
        policies.scatter(gaps, cut_off, marker="*" if "ours" in name else "o", s=12, alpha=0.4)
        policies.annotate(name, (row["gap_mean_ms"], row["cut_off_pct"]), fontsize=8)
    policies.set_xlabel("mean gap, ms")
    policies.set_ylabel("turns with an audible cut-off, %")
    rates = [float(rate) for rate in results["hit_rate"]]
    rows = results["hit_rate"].values()
    curve.plot(rates, [row["gap_mean_ms"] for row in rows], "o-", label="mean gap")
    curve.plot(rates, [row["gap_p95_ms"] for row in rows], "o--", label="p95")
    curve.set_xlabel("share of partials that are right")
    curve.set_ylabel("gap, ms")
    curve.legend(loc="upper left")
    tokens = curve.twinx()
    tokens.plot(rates, [row["tokens_ratio"] for row in rows], "s-", color="grey", label="tokens")
    tokens.set_ylabel("tokens to one request a turn")
    tokens.legend(loc="upper right")
    figure.tight_layout()
    figure.savefig(file, dpi=120)
    plt.close(figure)
