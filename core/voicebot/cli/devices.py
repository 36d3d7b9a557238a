"""`voicebot devices`: the microphones and speakers that `run --device` can name."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from voicebot.cli import loop
from voicebot.cli.tables import show_table

if TYPE_CHECKING:
    from voicebot.messages import Endpoint
    from voicebot.plugin.registry import Registration

_NOUNS = {"input": "microphone", "output": "speaker"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(*, as_json: bool) -> None:
    """List microphones and speakers.

    `voicebot run --device`, `--microphone` and `--speaker` take a name, a part of one, or a number.
    """
    found = loop.run(_find())
    if as_json:
        document = [{"device": device, **asdict(endpoint)} for device, endpoint in found]
        click.echo(json.dumps(document, indent=2))
    elif found:
        rows = [
            (device, _NOUNS[e.direction], str(e.index), e.name, "default" if e.default else "")
            for device, e in found
        ]
        show_table(("device", "kind", "number", "name", ""), rows)
    else:
        click.echo(
            "There is no microphone and no speaker here; `voicebot run` can do with --input or --type."
        )


async def _find() -> list[tuple[str, Endpoint]]:
    from voicebot.interfaces import AudioDevice
    from voicebot.plugin.manager import installed_plugins

    registry = installed_plugins().registry
    devices = [registry.get(AudioDevice.kind, name) for name in registry.names(AudioDevice.kind)]
    return [(device.name, endpoint) for device in devices if device for endpoint in await _endpoints(device)]


async def _endpoints(device: Registration) -> list[Endpoint]:
    from pydantic import ValidationError

    from voicebot.interfaces import AudioDevice

    try:
        provider = device.provider(device.options())
    except ValidationError:  # one that needs options has its own idea of what it is connected to
        return []
    assert isinstance(provider, AudioDevice)
    async with aclosing(provider):
        await provider.start()
        return list(provider.endpoints())
