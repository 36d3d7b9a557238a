"""What `speech_comparison.py` measures of any provider: how it is made, what it weighs, what it costs."""

from __future__ import annotations

import importlib.metadata
import json
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from voicebot import Provider
from voicebot.plugin.manager import installed_plugins

_OURS = "voicebot-framework"
_SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Compared:
    """A provider to compare, and the distributions that it needs beyond an install without extras."""

    provider: Provider[Any]
    distributions: tuple[importlib.metadata.Distribution, ...]

    @property
    def install_mb(self) -> float:
        """Megabytes of the files of these distributions."""
        files = (Path(str(file.locate())) for each in self.distributions for file in each.files or ())
        return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6)

    @property
    def license(self) -> str:
        """The licences that these distributions declare."""
        return ", ".join(sorted({f"{each.name} {_license(each)}" for each in self.distributions}))


def make(kind: str, text: str) -> Compared:
    """Return the provider that a text such as `whisper:model=base.en,threads=1` names."""
    name, _, rest = text.partition(":")
    registered = installed_plugins().registry.get(kind, name)
    if registered is None:
        raise SystemExit(f"there is no {kind} {name!r}; there are {installed_plugins().registry.names(kind)}")
    options = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
    owners = importlib.metadata.packages_distributions()
    direct = {dist for module in registered.requires for dist in owners.get(module, ())}
    base = _closure([_OURS])
    distributions = tuple(importlib.metadata.distribution(each) for each in sorted(_closure(direct) - base))
    return Compared(registered.provider(registered.options(**options)), distributions)


class Cost:
    """CPU seconds and the most memory of this process and its children, while it is entered."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.memory_mb = 0.0
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Cost:
        self.cpu = -_cpu_seconds()
        self._began = time.perf_counter()
        self._sampler.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.cpu += _cpu_seconds()
        self._ended.set()
        self._sampler.join()

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.memory_mb = max(self.memory_mb, sum(each.memory_info().rss for each in _family()) / 1e6)


def report(figures: dict[str, Any]) -> None:
    """Print the figures as the last line of the output."""
    print(json.dumps(figures))


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _cpu_seconds() -> float:
    return sum(sum(each.cpu_times()[:2]) for each in _family())


def _closure(names: Iterable[str]) -> set[str]:
    """Return the installed distributions that some need, these included; their extras are not followed."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            required = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(name)
        for line in required:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(requirement.name))
    return found


def _license(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    if declared := metadata.get("License-Expression"):
        return str(declared)
    classifiers = metadata.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return re.sub(r"\s+", " ", named[0] if named else metadata.get("License") or "not declared")[:40]
