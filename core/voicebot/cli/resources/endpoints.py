"""The microphones and speakers of all devices that are installed."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.messages import Endpoint
    from voicebot.plugin.registry import Registration


async def find_endpoints() -> tuple[list[tuple[str, Endpoint]], list[str]]:
    """Return all endpoints by device, and failures, which do not affect other devices."""
    from voicebot.errors import ProviderError
    from voicebot.interfaces import AudioDevice
    from voicebot.plugin.manager import installed_plugins

    found: list[tuple[str, Endpoint]] = []
    failures: list[str] = []
    for registration in installed_plugins().registry:
        if registration.kind == AudioDevice.kind:
            try:
                endpoints = await _endpoints(registration)
            except ProviderError as error:
                failures.append(f"{registration.name}: {error}")
            else:
                found += [(registration.name, endpoint) for endpoint in endpoints]
    return found, failures


async def _endpoints(device: Registration) -> list[Endpoint]:
    from pydantic import ValidationError

    from voicebot.interfaces import AudioDevice

    try:
        provider = device.provider(device.options())
    except ValidationError:  # its options, which are required, say what it is connected to
        return []
    assert isinstance(provider, AudioDevice)
    async with aclosing(provider):
        await provider.start()
        return list(provider.endpoints())
