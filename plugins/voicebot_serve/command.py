"""`voicebot serve`: bots for everybody who opens a page, or points a client at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import socket

    from voicebot import BotConfig
    from voicebot_serve.server import Server

_ENVIRONMENT = "VOICEBOT_SERVE_"


@click.command()
@click.argument("configs", nargs=-1, metavar="CONFIG...", required=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar=f"{_ENVIRONMENT}HOST",
    help="Address to listen on; only this machine reaches the default.",
)
@click.option(
    "--port",
    default=8080,
    show_default=True,
    envvar=f"{_ENVIRONMENT}PORT",
    type=click.IntRange(0, 65535),
    help="TCP port; 0 takes a free one.",
)
@click.option(
    "--drain",
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    envvar=f"{_ENVIRONMENT}DRAIN",
    type=click.FloatRange(0, 86_400),
    help="How long conversations may go on after SIGTERM, before the bot says goodbye.",
)
@click.option(
    "--max-conversations",
    "most",
    default=100,
    show_default=True,
    envvar=f"{_ENVIRONMENT}MAX_CONVERSATIONS",
    type=click.IntRange(1, 100_000),
    help="Conversations at a time.",
)
def command(configs: tuple[str, ...], host: str, port: int, drain: float, most: int) -> None:
    """Serve bots to browsers and other clients.

    Each CONFIG is a file, or a config that comes with voicebot, such as offline or pirate. Its bot is at the
    address with the name of its file, and the first one also at the root. The section `serve` of a config
    says who may talk to its bot; without it, only this machine may. SIGTERM lets nobody in any more and waits
    for the conversations to end; Ctrl-C ends them at once.

    Options can also be set by variables such as VOICEBOT_SERVE_PORT.
    """
    import asyncio

    from voicebot import install_hint

    for module in ("starlette", "uvicorn", "websockets"):
        from importlib.util import find_spec

        if find_spec(module) is None:
            hint = install_hint(module, "voicebot-framework[serve]")
            raise click.ClickException(f"the server is not installed; {hint}")
    loaded = [_load(Path(name)) for name in configs]
    _refuse_open_address(host, loaded)
    listening = _listen(host, port)
    try:
        from voicebot_serve.bots import started
        from voicebot_serve.server import Server

        asyncio.run(_serve(Server(started(loaded), most=most), listening, host, drain))
    finally:
        listening.close()


async def _serve(server: Server, listening: socket.socket, host: str, drain: float) -> None:
    from voicebot_serve.app import application
    from voicebot_serve.running import uvicorn_server

    async def end(waits: bool) -> None:
        if len(server.sessions) and not waits:
            click.echo(f"waiting up to {drain:g} s for {len(server.sessions)} conversations to end", err=True)
        await server.drain(0 if waits else drain, "" if waits else None)

    def ready() -> None:
        _say_what_to_open(server, host, listening.getsockname()[1])

    async with server:
        longest = max(served.options.limits.message for served in server.bots.values())
        await uvicorn_server.serve(application(server), listening, end, longest, ready)


def _load(name: Path) -> BotConfig:
    from voicebot import config_named, load_config, read_dot_env

    path = config_named(name)
    read_dot_env(path.parent)
    config = load_config(path)
    for warning in config.warnings:
        click.echo(f"warning: {warning}", err=True)
    return config


def _refuse_open_address(host: str, configs: list[BotConfig]) -> None:
    """Raise a usage error for an address that others reach, with a bot that does not say who may come in."""
    from voicebot_serve.access.keys import Keys
    from voicebot_serve.access.origin import is_loopback
    from voicebot_serve.bots import options_of

    if is_loopback(host):
        return
    for config in configs:
        options = options_of(config)
        if not (options.open or Keys(options.keys) or options.login_header or options.telephony):
            raise click.UsageError(
                f"others reach --host {host}, and {config.path} does not say who may come in; give it "
                "`serve: {keys: {NAME: ${SECRET}}}`, or `serve: {open: true}` to let in everybody"
            )


def _listen(host: str, port: int) -> socket.socket:
    from voicebot_serve.running.uvicorn_server import listening_socket

    try:
        return listening_socket(host, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"{host} port {port} cannot be used: {reason}; choose another with --host or --port"
        ) from None


def _say_what_to_open(server: Server, host: str, port: int) -> None:
    from voicebot_serve.access.origin import is_loopback

    shown = f"[{host}]" if ":" in host else host
    root = f"http://{shown}:{port}"
    for name, served in server.bots.items():
        path = "/" if len(server.bots) == 1 else f"/{name}/"
        click.echo(f"{served.title} is at {root}{path}")
    if not is_loopback(host):
        click.echo(
            "browsers give a microphone to pages of HTTPS only: put a proxy with TLS in front", err=True
        )
