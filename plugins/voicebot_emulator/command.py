"""`voicebot emulate`: cloud services on this machine, to try a bot or a program without an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from voicebot_emulator.providers import Providers
    from voicebot_emulator.script import Script
    from voicebot_emulator.server import Emulator

_POLL_INTERVAL = 0.5
"""Seconds after which Ctrl-C is noticed at the latest: an idle event loop may sleep through it."""


@click.command()
@click.argument("service", type=click.Choice(["azure"]))
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="TCP port; 0 takes a free one.",
)
@click.option(
    "--script",
    metavar="YAML",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What is heard and answered, with exact timing; the rest is left to real providers.",
)
@click.option(
    "--behind",
    metavar="CONFIG",
    help="Config whose providers listen, answer and speak: a file or a name; default: offline.",
)
@click.option(
    "--latency",
    default="none",
    show_default=True,
    type=click.Choice(["none", "published"]),
    help="Answer at once, or as slowly as the services do according to published figures.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the delays.")
@click.option("--region", default="swedencentral", show_default=True, help="Region that is emulated.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="A fault, such as stt:hang@start or throttled=2x1; can be repeated.",
)
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write every message to a file, as JSON lines without keys.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Another name it may be reached by, as NAME or NAME:PORT; can be repeated.",
)
def command(
    service: str,
    port: int,
    script: Path | None,
    behind: str | None,
    latency: Literal["none", "published"],
    seed: int,
    region: str,
    faults: tuple[str, ...],
    journal: Path | None,
    hosts: tuple[str, ...],
) -> None:
    """Emulate a cloud service.

    SERVICE is azure: Azure Speech and Azure OpenAI on one port of this machine, and at `/v1` the API of
    openai.com. Put the lines it prints into `.env` next to a config for Azure (`voicebot init --from pirate`
    writes one). Ctrl-C ends it.
    """
    import asyncio
    from importlib.util import find_spec

    if find_spec("aiohttp") is None:
        from voicebot import install_hint

        hint = install_hint("aiohttp", "voicebot-framework[emulator]")
        raise click.ClickException(f"the emulator is not installed; {hint}")
    from voicebot_emulator.account import Account
    from voicebot_emulator.latency import Latency
    from voicebot_emulator.server import Emulator

    plan = _script(script)
    emulator = Emulator(
        plan,
        providers=_providers(behind, plan),
        account=Account(region=region),
        latency=Latency(latency, seed),
        port=port,
        hosts=hosts,
    )
    _ready(emulator, faults, journal)
    asyncio.run(_serve(emulator, faults))


def _ready(emulator: Emulator, faults: tuple[str, ...], journal: Path | None) -> None:
    try:
        emulator.faults.set(faults)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None
    try:
        emulator.write_journal(journal)
    except OSError as error:
        raise click.ClickException(f"{journal} cannot be written: {error.strerror}") from None


async def _serve(emulator: Emulator, faults: tuple[str, ...]) -> None:
    import asyncio

    try:
        await emulator.__aenter__()
    except OSError as error:
        raise click.ClickException(
            f"port {emulator.port} cannot be used: {error.strerror}; choose another with --port"
        ) from None
    try:
        click.echo("# Azure is emulated until Ctrl-C. Put these lines into .env next to the config:")
        for name, value in emulator.environment.items():
            click.echo(f"{name}={value}")
        address = f"http://127.0.0.1:{emulator.port}/emulator/faults"
        click.echo(f"# Faults: curl -X PUT {address} -d '[\"chat:throttled=20\"]'")
        emulator.set_faults(faults)
        while True:  # noqa: ASYNC110 - it waits for a signal, which sets no event
            await asyncio.sleep(_POLL_INTERVAL)
    finally:
        await emulator.aclose()


def _script(path: Path | None) -> Script:
    from voicebot_emulator.script import Script, read_script

    if path is None:
        return Script()
    try:
        return read_script(path)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _providers(config: str | None, script: Script) -> Providers:
    """Return the providers that do what a script leaves out."""
    from voicebot import ConfigError, config_named, read_dot_env, shipped_configs
    from voicebot_emulator.providers import Providers

    if config is None and script.is_complete:
        return Providers()
    try:
        if config is None:
            return Providers.from_config(str(shipped_configs()["offline"]))
        path = config_named(Path(config))
        read_dot_env(path.parent)
        return Providers.from_config(str(path))
    except ConfigError:
        if config is None and script != type(script)():
            return Providers()
        raise
