"""Which microphones and speakers there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voicebot.cli.commands.doctor.result import Result, in_daemon_thread
from voicebot.cli.resources.endpoints import find_endpoints
from voicebot.cli.resources.providers import started
from voicebot.diagnosis import Finding
from voicebot.errors import ProviderError
from voicebot.interfaces import AudioDevice
from voicebot.messages import Endpoint

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig

_LIMIT = 10.0
_NOUNS = {"input": "microphone", "output": "speaker"}
_REMEDIES = {
    "input": "plug one in, or allow this program to use it; `voicebot run --type` needs none",
    "output": "plug one in, or choose it as the output of the system",
}
_START = "see that the sound system of this machine is running; `voicebot run --type` needs none"
_BROKEN = "not tried, since the device does not work"


async def device_results(config: BotConfig | None) -> list[Result]:
    """Return whether there are a microphone and a speaker, and which are the defaults.

    Args:
        config: the config whose device is looked at; None for all devices.
    """
    try:
        async with asyncio.timeout(_LIMIT):
            # in a thread with a loop of its own, since a sound system that hangs would block this one
            endpoints = await in_daemon_thread(lambda: asyncio.run(_endpoints(config)), "sound")
    except TimeoutError:
        return [Result("sound", Finding("sound-system", "skipped", f"no answer within {_LIMIT:g} s"))]
    except ProviderError as error:
        message, _, remedy = " ".join(str(error).split()).partition("; ")
        return [Result("sound", Finding("sound-system", "problem", message, remedy or _START))]
    except Exception as error:  # a plugin's device may raise anything
        message = f"the device failed: {type(error).__name__}"
        return [Result("sound", Finding("sound-system", "skipped", message))]
    if endpoints is None:
        return []
    return [_result(direction, endpoints) for direction in _NOUNS]


def doubted(results: Iterable[Result]) -> list[Result]:
    """Return results about the endpoints of a device that does not work: what is listed may play nothing."""
    return [
        replace(
            each,
            finding=replace(each.finding, verdict="skipped", message=f"{each.finding.message}; {_BROKEN}"),
        )
        if each.finding.verdict == "ok"
        else each
        for each in results
    ]


async def _endpoints(config: BotConfig | None) -> Sequence[Endpoint] | None:
    """Return the endpoints of a config's device, None if it has none to choose from; or of all devices."""
    if config is None:
        found, failures = await find_endpoints()
        if failures and not found:
            raise ProviderError(failures[0])
        return [endpoint for _, endpoint in found]
    async with started(config.device, config.settings.start_timeout) as device:
        assert isinstance(device, AudioDevice)
        return None if type(device).endpoints is AudioDevice.endpoints else device.endpoints()


def _result(direction: str, endpoints: Sequence[Endpoint]) -> Result:
    noun = _NOUNS[direction]
    here = [each for each in endpoints if each.direction == direction and not each.monitor]
    if not here:
        return Result(noun, Finding(noun, "problem", "there is none", _REMEDIES[direction]))
    default = next((endpoint.name for endpoint in here if endpoint.default), None)
    if default is None:
        names = ", ".join(f"'{endpoint.name}'" for endpoint in here)
        return Result(noun, Finding(noun, "ok", f"{names}; none is the system's default"))
    others = len(here) - 1
    more = f", and there {'is' if others == 1 else 'are'} {others} more" if others else ""
    return Result(noun, Finding(noun, "ok", f"'{default}' is the default{more}"))
