"""`voicebot devices`: the microphones and speakers that `run --device` can name."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import FAILED, show_error, show_warning
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import echo_json
from voicebot.cli.output.tables import show_table
from voicebot.cli.output.wrapping import echo_wrapped

if TYPE_CHECKING:
    from voicebot.messages import Endpoint
    from voicebot.plugin.registry import Registration

_NOUNS = {"input": "microphone", "output": "speaker"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """List microphones and speakers.

    `voicebot run --device`, `--microphone` and `--speaker` take a name, a part of a name, or a number. A
    monitor records what a speaker plays; to use one as a microphone, give its full name.
    """
    found, failures = coroutines.run(_find())
    if as_json:
        echo_json([{"device": device, **_described(endpoint)} for device, endpoint in found])
    elif found:
        rows = [
            (
                device,
                "monitor" if e.monitor else _NOUNS[e.direction],
                str(e.index),
                e.name,
                "default" if e.default else "",
            )
            for device, e in found
        ]
        show_table(("device", "kind", "number", "name", ""), rows)
    elif not failures:
        echo_wrapped("There is no microphone or speaker; use `voicebot run` with --input or --type.")
    for failure in failures:
        (show_warning if found else show_error)(failure)
    if failures and not found:
        context.exit(FAILED)


def _described(endpoint: Endpoint) -> dict[str, object]:
    """Return an endpoint as JSON data; `monitor` is left out unless it is one."""
    described = asdict(endpoint)
    if not endpoint.monitor:
        del described["monitor"]
    return described


async def _find() -> tuple[list[tuple[str, Endpoint]], list[str]]:
    """Return all endpoints by device, and failures, which do not affect other devices."""
    from voicebot.errors import ProviderError
    from voicebot.interfaces import AudioDevice
    from voicebot.plugin.manager import installed_plugins

    found: list[tuple[str, Endpoint]] = []
    failures: list[str] = []
    warn_of_conflicts("device")
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
