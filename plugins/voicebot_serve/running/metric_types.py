"""Counters, gauges and histograms, in the text format of Prometheus.

About as much code as using the official client would take: that would be another package for four kinds of
number, and it keeps its metrics in module state.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

Labels = tuple[str, ...]


class Metric:
    """A metric with a name, a help text, and the names of its labels."""

    kind = "untyped"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.help = help
        self.labels = tuple(labels)

    def samples(self) -> Iterator[tuple[str, str, float]]:
        """Yield the name, the labels as text, and the value of each sample."""
        raise NotImplementedError

    def text(self) -> str:
        """Return the lines of this metric."""
        lines = [f"# HELP {self.name} {self.help}", f"# TYPE {self.name} {self.kind}"]
        lines += [f"{name}{labels} {value:.10g}" for name, labels, value in self.samples()]
        return "\n".join(lines) + "\n"

    def _written(self, values: Labels, *more: tuple[str, str]) -> str:
        pairs = [*zip(self.labels, values, strict=True), *more]
        return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs) + "}" if pairs else ""


class Counter(Metric):
    """A number that only grows."""

    kind = "counter"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, help, labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0.0}

    def add(self, *values: str, amount: float = 1.0) -> None:
        """Add to the number with these values of the labels."""
        self._values[values] = self._values.get(values, 0.0) + amount

    def samples(self) -> Iterator[tuple[str, str, float]]:
        """See `Metric`."""
        for values, number in sorted(self._values.items()):
            yield self.name, self._written(values), number


class Gauge(Metric):
    """Numbers that are read when they are asked for.

    Args:
        read: returns the numbers by the values of their labels.
    """

    kind = "gauge"

    def __init__(
        self, name: str, help: str, read: Callable[[], dict[Labels, float]], labels: Sequence[str] = ()
    ) -> None:
        super().__init__(name, help, labels)
        self._read = read

    def samples(self) -> Iterator[tuple[str, str, float]]:
        """See `Metric`."""
        for values, number in sorted(self._read().items()):
            yield self.name, self._written(values), number


class Histogram(Metric):
    """How often a number was at most each of some bounds."""

    kind = "histogram"

    def __init__(self, name: str, help: str, bounds: Sequence[float], labels: Sequence[str] = ()) -> None:
        super().__init__(name, help, labels)
        self._bounds = tuple(bounds)
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, number: float, *values: str) -> None:
        """Count a number."""
        counts = self._counts.setdefault(values, [0] * (len(self._bounds) + 1))
        counts[bisect_left(self._bounds, number)] += 1
        self._sums[values] = self._sums.get(values, 0.0) + number

    def samples(self) -> Iterator[tuple[str, str, float]]:
        """See `Metric`."""
        for values, counts in sorted(self._counts.items()):
            total = 0
            for bound, count in zip((*map(str, self._bounds), "+Inf"), counts, strict=True):
                total += count
                yield f"{self.name}_bucket", self._written(values, ("le", bound)), total
            yield f"{self.name}_sum", self._written(values), self._sums[values]
            yield f"{self.name}_count", self._written(values), total


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
