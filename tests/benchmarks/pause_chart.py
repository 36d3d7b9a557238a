"""The curve of cut-offs against delay, as a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from turn_policies import DEFAULT_DETECTOR, DEFAULT_PATIENCE, Policy


def draw(points: Iterable[tuple[Policy, float, float]], path: Path, *, across: str, up: str) -> None:
    """Draw a line for each detector through its best policies, and a dot for each of the others.

    Args:
        points: of each policy the mean delay in seconds, and the share that it cuts off.
        across: label of the delay, which is drawn in milliseconds.
        up: label of the share, which is drawn in percent.
    """
    try:
        import matplotlib
    except ImportError:
        raise SystemExit("the curve is drawn with matplotlib; it comes with the extra bench") from None
    matplotlib.use("agg")
    from matplotlib import pyplot

    by_detector: defaultdict[str, list[tuple[float, float, Policy]]] = defaultdict(list)
    for policy, delay, share in points:
        by_detector[policy.detector].append((1000 * delay, 100 * share, policy))
    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for detector, measured in sorted(by_detector.items()):
        best = frontier([(delay, share) for delay, share, _ in measured])
        (line,) = axes.plot(*zip(*best, strict=True), marker="o", markersize=4, label=detector)
        axes.scatter(
            [p[0] for p in measured], [p[1] for p in measured], s=8, alpha=0.4, color=line.get_color()
        )
        for delay, share, policy in measured:
            if (policy.detector, policy.patience) == (DEFAULT_DETECTOR, DEFAULT_PATIENCE):
                axes.plot(delay, share, marker="*", markersize=13, color=line.get_color())
                axes.annotate("default", (delay, share), textcoords="offset points", xytext=(8, 4))
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_ylim(bottom=-2)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def frontier(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the (delay, share) that no other point beats in both, by delay."""
    best: list[tuple[float, float]] = []
    for delay, share in sorted(points):
        if not best or share < best[-1][1]:
            best.append((delay, share))
    return best
