"""The metrics of all workers of a server, whichever of them is asked: each writes its own for the others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voicebot_serve.running.metric_types import Gauge, Metric, Values
from voicebot_serve.running.metrics import CONVERSATIONS

logger = logging.getLogger(__name__)
_EVERY = 1.0
"""Seconds after which a worker writes its metrics."""
_OLD = 5.0
"""Seconds after which what a worker wrote says nothing of now."""


class SharedMetrics:
    """The metrics of one worker, which goes on from what its predecessor had counted.

    Args:
        directory: where the workers write; only their user can read it.
        number: that of the worker, and of the one before it that has ended.
        metrics: those of this process.
    """

    def __init__(self, directory: Path, number: int, metrics: Sequence[Metric]) -> None:
        self.conversations_elsewhere = 0
        """How many conversations the other workers had a second ago."""
        self._directory = directory
        self._own = directory / f"metrics-{number}.json"
        self._metrics = metrics
        before = _read(self._own)
        for metric in metrics:
            metric.add_values(before.get(metric.name, {}))

    async def run(self) -> None:
        """Write the metrics again and again, and look at those of the others, until cancelled."""
        try:
            while True:
                self.save()
                others = await asyncio.to_thread(self._others)
                self.conversations_elsewhere = round(sum(map(_conversations, others)))
                await asyncio.sleep(_EVERY)
        finally:
            self.save()

    def save(self) -> None:
        """Write the metrics for the other workers."""
        values = {metric.name: [*metric.values().items()] for metric in self._metrics}
        beside = self._own.with_suffix(".new")
        try:
            beside.write_text(json.dumps([_now(), values]))
            beside.replace(self._own)
        except OSError as error:
            logger.warning("metrics cannot be written for the other workers: %s", error.strerror or error)

    async def text(self) -> str:
        """Return the metrics of all workers together in the text format of Prometheus."""
        others = await asyncio.to_thread(self._others)
        return "".join(
            metric.text(metric.combined([metric.values(), *(other.get(metric.name, {}) for other in others)]))
            for metric in self._metrics
        )

    def _others(self) -> list[dict[str, Values]]:
        gauges = [metric.name for metric in self._metrics if isinstance(metric, Gauge)]
        files = self._directory.glob("metrics-*.json")
        return [_read(file, without=gauges) for file in files if file != self._own]


def _read(file: Path, without: Sequence[str] = ()) -> dict[str, Values]:
    """Return what a worker wrote; if that is old, without some metrics."""
    try:
        at, values = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    is_old = _now() - at > _OLD
    return {name: _values(each) for name, each in values.items() if not (is_old and name in without)}


def _conversations(values: dict[str, Values]) -> float:
    return sum(number for (number,) in values.get(CONVERSATIONS, {}).values())


def _values(pairs: list[Any]) -> Values:
    return {tuple(labels): numbers for labels, numbers in pairs}


def _now() -> float:
    return datetime.now(UTC).timestamp()
