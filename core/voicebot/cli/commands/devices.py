"""`voicebot devices`: the microphones and speakers that `run --device` can name."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import FAILED, show_error, show_warning
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import echo_json
from voicebot.cli.output.tables import show_table
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources.endpoints import find_endpoints

if TYPE_CHECKING:
    from voicebot.messages import Endpoint

_NOUNS = {"input": "microphone", "output": "speaker"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """List microphones and speakers.

    `voicebot run --device`, `--microphone` and `--speaker` take a name, a part of a name, or a number. A
    monitor records what a speaker plays; to use one as a microphone, give its full name.
    """
    warn_of_conflicts("device")
    found, failures = coroutines.run(find_endpoints())
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
