"""List microphones and speakers, and find the one that a config means."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal

from voicebot import DeviceError, Endpoint

Direction = Literal["input", "output"]
ALTERNATIVES = "without one, use `run` with --input FILE or --type, or `say` with -o FILE"
_NOUNS = {"input": "microphone", "output": "speaker"}
_USUAL_RATE = 48_000
_ALSA_SERVERS = (b"default", b"pipewire", b"pulse")
_MONITOR = b".monitor"
"""The end of the names of monitors in PulseAudio and PipeWire, in every language."""


class SoundSystem:
    """The endpoints of the sound system; a context manager, because it holds a connection to it."""

    def __init__(self) -> None:
        import miniaudio

        _hush_alsa()
        self._ffi, self._lib = miniaudio.ffi, miniaudio.lib
        self._context = self._ffi.new("ma_context *")
        chosen = self._ffi.new("ma_backend[]", [backend.value for backend in backends()])
        if self._lib.ma_context_init(chosen, len(chosen), self._ffi.NULL, self._context) != 0:
            raise DeviceError(f"no microphone and no speaker: this system has no sound; {ALTERNATIVES}")
        self._infos: dict[Direction, list[Any]] = {"input": [], "output": []}

    def __enter__(self) -> SoundSystem:
        lists = {direction: self._ffi.new("ma_device_info **") for direction in self._infos}
        counts = {direction: self._ffi.new("ma_uint32 *") for direction in self._infos}
        failed = self._lib.ma_context_get_devices(
            self._context, lists["output"], counts["output"], lists["input"], counts["input"]
        )
        for direction, infos in self._infos.items():
            if not failed:
                found = (lists[direction][0][index] for index in range(counts[direction][0]))
                infos += [info for info in found if self._is_real(info)]
        return self

    def __exit__(self, *exception: object) -> None:
        self._lib.ma_context_uninit(self._context)

    def endpoints(self, direction: Direction) -> list[Endpoint]:
        """Return the endpoints of one direction, numbered from 0."""
        return [
            Endpoint(
                index,
                self._text(info.name),
                direction,
                default=bool(info.isDefault),
                monitor=direction == "input" and self._is_monitor(info),
            )
            for index, info in enumerate(self._infos[direction])
        ]

    def choose(self, direction: Direction, wanted: str | int | None) -> ChosenEndpoint:
        """Find the endpoint that a config means.

        Raises:
            DeviceError: there is none, or more than one.
        """
        endpoints = self.endpoints(direction)
        if not endpoints:
            raise DeviceError(f"no {_NOUNS[direction]}: this system has none; {ALTERNATIVES}")
        default = next((e for e in endpoints if e.default), None)
        endpoint = match(endpoints, direction, wanted) if named(wanted) else instead_of_monitor(endpoints)
        if endpoint is None:  # the system's default, which may change while it is in use
            if default is None:
                return ChosenEndpoint("the system's own", None, _USUAL_RATE)
            return ChosenEndpoint(default.name, None, self._rate(direction, default.index))
        device_id = self._ffi.new("ma_device_id *", self._infos[direction][endpoint.index].id)
        return ChosenEndpoint(endpoint.name, device_id, self._rate(direction, endpoint.index))

    def _rate(self, direction: Direction, index: int) -> int:
        """Return the endpoint's native rate, so that only soxr resamples."""
        info = self._infos[direction][index]
        kind = self._lib.ma_device_type_capture if direction == "input" else self._lib.ma_device_type_playback
        asked = self._ffi.new("ma_device_info *")
        if (
            self._lib.ma_context_get_device_info(self._context, kind, self._ffi.addressof(info.id), asked)
            != 0
        ):
            return _USUAL_RATE
        rates = [asked.nativeDataFormats[i].sampleRate for i in range(asked.nativeDataFormatCount)]
        # 0 stands for "any".
        usual = not rates or _USUAL_RATE in rates or 0 in rates
        return _USUAL_RATE if usual else int(rates[0])

    def _is_real(self, info: Any) -> bool:
        """Return whether an endpoint is a device, not one of ALSA's filters, which exist without a card."""
        if self._context.backend != self._lib.ma_backend_alsa:
            return True
        name = self._system_name(info)
        return b":" in name or name in _ALSA_SERVERS

    def _is_monitor(self, info: Any) -> bool:
        """Return whether a source captures what a speaker plays; only sound servers have such sources."""
        if self._context.backend != self._lib.ma_backend_pulseaudio:
            return False
        return self._system_name(info).endswith(_MONITOR)

    def _system_name(self, info: Any) -> bytes:
        """Return ALSA's or PulseAudio's own name of an endpoint."""
        return bytes(self._ffi.buffer(self._ffi.addressof(info.id))).partition(b"\0")[0]

    def _text(self, name: Any) -> str:
        return str(self._ffi.string(name).decode(errors="replace"))


class ChosenEndpoint:
    """An endpoint to open: its name, miniaudio's id (None follows the system's default) and rate in Hz."""

    def __init__(self, name: str, device_id: Any, rate: int) -> None:
        self.name = name
        self.device_id = device_id
        self.rate = rate


def named(wanted: str | int | None) -> bool:
    """Return whether a config names an endpoint; an empty variable names none."""
    return wanted is not None and str(wanted).strip() != ""


def match(endpoints: Sequence[Endpoint], direction: Direction, wanted: str | int | None) -> Endpoint | None:
    """Return the endpoint with that index, that name, or the only one with that text in its name.

    A monitor is not a microphone: only its whole name selects it.
    """
    if not named(wanted):
        return None
    noun, name = _NOUNS[direction], str(wanted).strip().casefold()
    real = [e for e in endpoints if not e.monitor]
    found = [e for e in real if e.name.casefold() == name]
    if not found:
        found = [e for e in endpoints if e.monitor and e.name.casefold() == name]
    if not found and name.isdecimal():
        found = [e for e in endpoints if e.index == int(name)]
        if found and found[0].monitor:
            raise DeviceError(f"sound-card: {noun} {name} is a monitor; {_monitors(found)}")
    if not found:
        found = [e for e in real if name in e.name.casefold()]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} {noun}s match {wanted!r}" if found else f"there is no {noun} {wanted!r}"
    overheard = [e for e in endpoints if e.monitor and name in e.name.casefold()]
    if not found and overheard:
        what += f" ({_monitors(overheard)})"
    raise DeviceError(f"sound-card: {what}; {_choices(found or real, noun)}")


def instead_of_monitor(endpoints: Sequence[Endpoint]) -> Endpoint | None:
    """Return the microphone to use if the system's default is a monitor; None if it is not.

    A sound server without a microphone, or whose microphone was unplugged, defaults to a monitor, and the bot
    would hear itself.
    """
    if not any(e.default and e.monitor for e in endpoints):
        return None
    real = [e for e in endpoints if not e.monitor]
    if len(real) == 1:
        return real[0]
    monitors = _monitors([e for e in endpoints if e.default])
    if not real:
        raise DeviceError(f"no microphone: this system has none ({monitors}); {ALTERNATIVES}")
    raise DeviceError(
        f"sound-card: the system's default is not a microphone ({monitors}); {_choices(real, 'microphone')}"
    )


def _choices(endpoints: Sequence[Endpoint], noun: str) -> str:
    choices = ", ".join(f"{e.index} {e.name!r}" for e in endpoints)
    return f"choose one of: {choices}" if choices else f"this system has no {noun}"


def _monitors(monitors: Sequence[Endpoint]) -> str:
    """Explain monitors, and how to select one."""
    names = " and ".join(repr(e.name) for e in monitors)
    hear = "records what a speaker plays" if len(monitors) == 1 else "record what speakers play"
    return f"{names} {hear}, and only the whole name selects it"


def backends() -> list[Any]:
    """Return miniaudio's backends, best first, without the null backend."""
    import miniaudio

    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
    return sorted(miniaudio.get_enabled_backends() - silent, key=lambda backend: int(backend.value))


_alsa_handler: Any = None


def _hush_alsa() -> None:
    """Keep libasound from printing a page of messages about missing cards."""
    global _alsa_handler  # noqa: PLW0603 - libasound keeps the pointer as long as the process lives
    if sys.platform == "linux" and _alsa_handler is None:
        _alsa_handler = ctypes.CFUNCTYPE(None)(lambda: None)
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_alsa_handler)
