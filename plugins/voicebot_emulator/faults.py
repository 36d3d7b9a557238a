"""Faults: what goes wrong, where and how often, written `[SERVICE:]NAME[=VALUE][@POINT][xTIMES]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

SERVICES = ("stt", "tts", "chat", "openai-stt", "openai-tts")
POINTS = ("connect", "start", "middle", "end")
"""Before the service answers; when it has begun to; in the middle of what it sends; before it reports the
end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: which services it applies to, whether it takes a value, and where it happens."""

    meaning: str
    services: tuple[str, ...] = SERVICES
    value: str = ""
    """What the value is, such as `SECONDS`; with `?` if it is optional; empty if there is none."""
    point: str | None = None
    """Where it happens by default; None if that cannot be chosen."""


_SPEECH = ("stt", "tts")
_OPENAI = ("chat", "openai-stt", "openai-tts")
KINDS = {
    "wrong-key": Kind("the key is refused (HTTP 401)"),
    "wrong-region": Kind("the key belongs to another region (HTTP 401)"),
    "unknown-deployment": Kind("there is no such deployment (HTTP 404)", _OPENAI),
    "throttled": Kind(
        "too many requests (HTTP 429), with a `retry-after` if a value is given", value="SECONDS?"
    ),
    "slow": Kind("the answer, or a websocket's upgrade, begins this much later", value="SECONDS"),
    "status": Kind("an answer with this HTTP status", value="CODE"),
    "refused": Kind("all connections to any service are refused for this long", value="SECONDS"),
    "drop": Kind("the connection is cut", point="middle"),
    "hang": Kind("nothing more is sent, but the connection stays open", point="middle"),
    "close": Kind(
        "the websocket is closed with this code; 1006 cuts it", (*_SPEECH, "openai-stt"), "CODE", "middle"
    ),
    "burst": Kind("sound or text comes in bursts", ("tts", "chat", "openai-tts")),
    "late-final": Kind("the final transcript comes this much later", ("stt", "openai-stt"), "SECONDS"),
    "content-filter": Kind(
        "the content filter refuses the prompt, ends a reply in mid-stream, or withdraws what was sent",
        ("chat",),
        "prompt|stream|withdraw",
    ),
    "error-event": Kind(
        "an error in place of the next piece of a reply, or of a transcript", ("chat", "openai-stt")
    ),
    "voice-not-here": Kind("the region does not have the voice", ("tts",)),
    "wrong-format": Kind(
        "something else is sent than was asked for, as some servers do", ("openai-tts",), "mp3|wav|html|json"
    ),
    "bad-ssml": Kind("the SSML is refused", ("tts",)),
}
_WRITTEN = re.compile(r"(?:([\w-]+):)?([a-z-]+)(?:=([^@\s]+?))?(?:@([a-z]+?))?(?:x([1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `service` None means every service it applies to, `times` None until it is cleared."""

    name: str
    value: str = ""
    service: str | None = None
    point: str | None = None
    times: int | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read a fault as it is written.

        Raises:
            ValueError: the text is not a valid fault; the message says what would be.
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"'{text}' is not a fault; write [SERVICE:]NAME[=VALUE][@POINT][xTIMES]")
        service, name, value, point, times = match.groups()
        if (kind := KINDS.get(name)) is None:
            raise ValueError(f"there is no fault '{name}'; the faults are {', '.join(KINDS)}")
        if service is not None and service not in kind.services:
            raise ValueError(f"'{name}' is a fault of {' and '.join(kind.services)}, not of '{service}'")
        _check_value(name, kind, value)
        if point is not None and (kind.point is None or point not in POINTS):
            where = f"at {', '.join(POINTS)}" if kind.point else "at one point only; leave @ out"
            raise ValueError(f"'{name}' happens {where}, not at '{point}'")
        return cls(name, value or "", service, point or kind.point, int(times) if times else None)

    def __str__(self) -> str:
        """Return the fault as it is written."""
        return (
            (f"{self.service}:" if self.service else "")
            + self.name
            + (f"={self.value}" if self.value else "")
            + (f"@{self.point}" if self.point else "")
            + (f"x{self.times}" if self.times else "")
        )


def _check_value(name: str, kind: Kind, value: str | None) -> None:
    if value is None:
        if kind.value and not kind.value.endswith("?"):
            raise ValueError(f"'{name}' needs a value: {name}={kind.value}")
        return
    wanted = kind.value.removesuffix("?")
    if not wanted:
        raise ValueError(f"'{name}' takes no value")
    fits = {
        "SECONDS": re.fullmatch(r"\d+(\.\d+)?", value) is not None,
        "CODE": value.isdigit() and 100 <= int(value) <= 4999,
    }.get(wanted, value in wanted.split("|"))
    if not fits:
        raise ValueError(f"the value of '{name}' must be {wanted}, not '{value}'")


class Faults:
    """The faults that are set; each happens as often as it says."""

    def __init__(self, faults: Iterable[Fault | str] = ()) -> None:
        self._faults: list[Fault] = []
        self.set(faults)

    def set(self, faults: Iterable[Fault | str]) -> None:
        """Replace the faults that are set.

        Raises:
            ValueError: a fault is not valid; nothing is changed then.
        """
        self._faults = [Fault.parse(fault) if isinstance(fault, str) else fault for fault in faults]

    def clear(self) -> None:
        """Remove all faults."""
        self._faults = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def take(self, service: str, *names: str, point: str | None = None) -> Fault | None:
        """Return the first fault with one of these names that is due here, if any, and count it."""
        for index, fault in enumerate(self._faults):
            if (
                fault.name in names
                and service in KINDS[fault.name].services
                and fault.service in (None, service)
                and fault.point == point
            ):
                if fault.times == 1:
                    del self._faults[index]
                elif fault.times is not None:
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None
