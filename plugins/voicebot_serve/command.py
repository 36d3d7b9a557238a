"""`voicebot serve`: bots for everybody who opens a page, or points a client at it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import socket

    from voicebot import BotConfig
    from voicebot_serve.launch import Launch

logger = logging.getLogger(__name__)
_ENVIRONMENT = "VOICEBOT_SERVE_"


@click.command(context_settings={"auto_envvar_prefix": _ENVIRONMENT.rstrip("_")})
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
    "--workers",
    default=1,
    show_default=True,
    envvar=f"{_ENVIRONMENT}WORKERS",
    type=click.IntRange(1, 256),
    help="Processes that share the address, each with its own providers.",
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
    help="Conversations at a time, in all processes together.",
)
@click.option(
    "--store",
    default="",
    metavar="URL",
    envvar=f"{_ENVIRONMENT}STORE",
    help="Redis that several servers share, such as redis://redis:6379, so that clients go on on any of "
    "them; rediss:// has TLS. A password belongs in the variable, as others on this machine see options.",
)
@click.option(
    "--no-watch",
    is_flag=True,
    envvar=f"{_ENVIRONMENT}NO_WATCH",
    help="Do not change a bot when its config is saved.",
)
@click.option(
    "--log-format",
    default="text",
    show_default=True,
    envvar=f"{_ENVIRONMENT}LOG_FORMAT",
    type=click.Choice(["text", "json"]),
    help="json writes an object a line, with the conversation's id. -v also logs who comes and goes.",
)
def command(
    configs: tuple[str, ...],
    host: str,
    port: int,
    workers: int,
    drain: float,
    most: int,
    store: str,
    no_watch: bool,
    log_format: str,
) -> None:
    """Serve bots to browsers and other clients.

    Each CONFIG is a file, or a config that comes with voicebot, such as offline or pirate. Its bot is at the
    address with the name of its file, and the first one also at the root. The section `serve` of a config
    says who may talk to its bot; without it, only this machine may. When a config, one that it extends,
    its prices or `.env` is saved, its bot changes: conversations between two turns, and those that begin then
    at once. SIGTERM lets nobody in any more and waits for the conversations to end; Ctrl-C ends them at once.

    Options can also be set by variables such as VOICEBOT_SERVE_PORT. VOICEBOT_SERVE_KEY encrypts what is
    kept of conversations in the store; all servers that share one need the same.
    """
    _require_packages()
    import asyncio

    from voicebot_serve.launch import Launch
    from voicebot_serve.running.json_logs import log_json
    from voicebot_serve.running.workers import WorkerPlace

    if log_format == "json":
        log_json()
    loaded = [_load(Path(name)) for name in configs]
    key = os.environ.get(f"{_ENVIRONMENT}KEY", "")
    launch = Launch(loaded, drain, most, store=store, key=key, watch=not no_watch)
    if (place := WorkerPlace.from_environment(os.environ)) is not None:
        asyncio.run(launch.as_worker(place))
        return
    _refuse_open_address(host, loaded)
    _warn_of_short_keys(loaded)
    if key and not store:
        logger.warning(
            "VOICEBOT_SERVE_KEY without --store: each server with that key would accept a browser's token "
            "once more; give all of them the same store"
        )
    with _listen(host, port) as listening:
        if workers == 1:
            asyncio.run(launch.alone(listening, host))
        else:
            os.environ[f"{_ENVIRONMENT}STORE"] = store  # for the workers; their options can be seen
            options = ["--workers", str(workers), "--drain", str(drain), "--max-conversations", str(most)]
            options += ["--log-format", log_format, *(["--no-watch"] if no_watch else [])]
            _supervise(launch, [*configs, *options], workers, listening, host)


def _supervise(
    launch: Launch, arguments: list[str], workers: int, listening: socket.socket, host: str
) -> None:
    """Run several processes, which share a directory that only this user can read."""
    import asyncio
    import logging
    from tempfile import TemporaryDirectory

    from voicebot_serve.launch import say_what_to_open
    from voicebot_serve.running.workers import WorkerFailed, supervise

    if sys.platform == "win32":
        raise click.UsageError("--workers cannot be used on Windows: start several servers behind a proxy")
    level = logging.getLogger().getEffectiveLevel()
    verbose = ["-vv"] if level <= logging.DEBUG else ["-v"] if level <= logging.INFO else []
    with TemporaryDirectory(prefix="voicebot-serve-") as directory:
        asyncio.run(launch.check_store(Path(directory)))
        say_what_to_open(launch.configs, host, listening.getsockname()[1])
        try:
            asyncio.run(supervise(workers, ["serve", *arguments, *verbose], listening, Path(directory)))
        except WorkerFailed as failed:
            raise SystemExit(failed.status) from None


def _require_packages() -> None:
    from importlib.util import find_spec

    from voicebot import install_hint

    for module in ("starlette", "uvicorn", "websockets"):
        if find_spec(module) is None:
            hint = install_hint(module, "voicebot-framework[serve]")
            raise click.ClickException(f"the server is not installed; {hint}")


def _load(name: Path) -> BotConfig:
    from voicebot import config_named, load_config, read_dot_env

    path = config_named(name)
    read_dot_env(path.parent)
    config = load_config(path)
    for warning in config.warnings:
        logger.warning("%s", warning)
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


def _warn_of_short_keys(configs: list[BotConfig]) -> None:
    """Log which keys could be guessed: nothing but their length keeps others from that."""
    from voicebot import printable
    from voicebot_serve.access.keys import SHORTEST, Keys
    from voicebot_serve.bots import options_of

    for config in configs:
        for name in Keys(options_of(config).keys).short:
            logger.warning(
                "%s: the key of %s in `serve.keys` has less than %d characters and could be guessed; take "
                "one such as those of `openssl rand -hex 32`",
                config.path,
                printable(name),
                SHORTEST,
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
