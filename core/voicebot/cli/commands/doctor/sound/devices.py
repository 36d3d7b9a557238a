"""Which microphones and speakers there are."""

from __future__ import annotations

import asyncio

from voicebot.cli.commands.doctor.result import Result, in_daemon_thread
from voicebot.cli.resources.endpoints import find_endpoints
from voicebot.diagnosis import Finding
from voicebot.messages import Endpoint

_LIMIT = 10.0
_NOUNS = {"input": "microphone", "output": "speaker"}
_REMEDIES = {
    "input": "plug one in, or allow this program to use it; `voicebot run --type` needs none",
    "output": "plug one in, or choose it as the output of the system",
}


async def device_results() -> list[Result]:
    """Return whether there are a microphone and a speaker, and which are the defaults."""
    try:
        async with asyncio.timeout(_LIMIT):
            # in a thread with a loop of its own, since a sound system that hangs would block this one
            found, failures = await in_daemon_thread(lambda: asyncio.run(find_endpoints()), "sound")
    except TimeoutError:
        return [Result("sound", Finding("sound-system", "skipped", f"no answer within {_LIMIT:g} s"))]
    except Exception as error:  # a plugin's device may raise anything
        message = f"a device failed: {type(error).__name__}"
        return [Result("sound", Finding("sound-system", "skipped", message))]
    if failures and not found:
        return [_failure_result(failure) for failure in failures]
    endpoints = [endpoint for _, endpoint in found if not endpoint.monitor]
    return [_result(direction, endpoints) for direction in _NOUNS]


def _failure_result(failure: str) -> Result:
    message, _, remedy = failure.partition("; ")
    return Result("sound", Finding("sound-system", "problem", message, remedy))


def _result(direction: str, endpoints: list[Endpoint]) -> Result:
    noun = _NOUNS[direction]
    names = [endpoint.name for endpoint in endpoints if endpoint.direction == direction]
    if not names:
        return Result(noun, Finding(noun, "problem", "there is none", _REMEDIES[direction]))
    default = next((e.name for e in endpoints if e.direction == direction and e.default), None)
    others = len(names) - 1
    which = f"'{default}' is the default" if default is not None else "none is the default"
    more = f", and there {'is' if others == 1 else 'are'} {others} more" if others else ""
    return Result(noun, Finding(noun, "ok", f"{which}{more}"))
