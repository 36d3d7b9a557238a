"""Counters, gauges and histograms, in the text format of Prometheus.

About as much code as using the official client would take: that would be another package for four kinds of
number, and it keeps its metrics in module state.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

Labels: TypeAlias = tuple[str, ...]
Values: TypeAlias = Mapping[Labels, Sequence[float]]
"""The numbers of a metric by the values of its labels: one, or those of a histogram."""


class Metric:
    """A metric with a name, a help text, and the names of its labels."""

    kind = "untyped"

    def __init__(self, name: str, help: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.help = help
        self.labels = tuple(labels)

    def values(self) -> Values:
        """Return the numbers of this process."""
        raise NotImplementedError

    def add_values(self, values: Values) -> None:
        """Go on from numbers that an earlier process had; those of a gauge are not of interest then."""

    def combined(self, processes: Iterable[Values]) -> Values:
        """Return the numbers of several processes together: sums, as those of one process are."""
        sums: dict[Labels, list[float]] = {}
        for values in processes:
            for labels, numbers in values.items():
                before = sums.get(labels, [0.0] * len(numbers))
                sums[labels] = [self._of_two(*pair) for pair in zip(before, numbers, strict=True)]
        return sums

    def text(self, values: Values | None = None) -> str:
        """Return the lines of this metric, of this process or with other numbers."""
        lines = [f"# HELP {self.name} {self.help}", f"# TYPE {self.name} {self.kind}"]
        for labels, numbers in sorted((self.values() if values is None else values).items()):
            lines += [f"{name} {value:.10g}" for name, value in self._samples(labels, numbers)]
        return "\n".join(lines) + "\n"

    def _of_two(self, one: float, other: float) -> float:
        return one + other

    def _samples(self, labels: Labels, numbers: Sequence[float]) -> Iterator[tuple[str, float]]:
        yield self.name + self._written(labels), numbers[0]

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

    def values(self) -> Values:
        """See `Metric`."""
        return {labels: [number] for labels, number in self._values.items()}

    def add_values(self, values: Values) -> None:
        """See `Metric`."""
        for labels, (number,) in values.items():
            self.add(*labels, amount=number)


class Gauge(Metric):
    """Numbers that are read when they are asked for.

    Args:
        read: returns the numbers by the values of their labels.
        largest: whether the number of several processes is the largest of theirs, and not the sum.
    """

    kind = "gauge"

    def __init__(
        self,
        name: str,
        help: str,
        read: Callable[[], dict[Labels, float]],
        labels: Sequence[str] = (),
        *,
        largest: bool = False,
    ) -> None:
        super().__init__(name, help, labels)
        self._read = read
        self._largest = largest

    def values(self) -> Values:
        """See `Metric`."""
        return {labels: [float(number)] for labels, number in self._read().items()}

    def _of_two(self, one: float, other: float) -> float:
        return max(one, other) if self._largest else one + other


class Histogram(Metric):
    """How often a number was at most each of some bounds."""

    kind = "histogram"

    def __init__(self, name: str, help: str, bounds: Sequence[float], labels: Sequence[str] = ()) -> None:
        super().__init__(name, help, labels)
        self._bounds = tuple(bounds)
        self._values: dict[Labels, list[float]] = {}
        """How many numbers each bound has that are above the one before, those above all, and the sum."""

    def observe(self, number: float, *values: str) -> None:
        """Count a number."""
        numbers = self._values.setdefault(values, [0.0] * (len(self._bounds) + 2))
        numbers[bisect_left(self._bounds, number)] += 1
        numbers[-1] += number

    def values(self) -> Values:
        """See `Metric`."""
        return {labels: list(numbers) for labels, numbers in self._values.items()}

    def add_values(self, values: Values) -> None:
        """See `Metric`."""
        together = self.combined([self._values, values])
        self._values = {labels: list(numbers) for labels, numbers in together.items()}

    def _samples(self, labels: Labels, numbers: Sequence[float]) -> Iterator[tuple[str, float]]:
        total = 0.0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), numbers[:-1], strict=True):
            total += count
            yield f"{self.name}_bucket{self._written(labels, ('le', bound))}", total
        yield f"{self.name}_sum{self._written(labels)}", numbers[-1]
        yield f"{self.name}_count{self._written(labels)}", total


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
