"""All checks of `voicebot doctor`, run at the same time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from voicebot.cli.commands.doctor.installation import installation_results
from voicebot.cli.commands.doctor.network.environment import proxy_results, trust_results
from voicebot.cli.commands.doctor.network.servers import server_results
from voicebot.cli.commands.doctor.providers import (
    is_broken_device,
    option_results,
    provider_results,
    servers_of,
)
from voicebot.cli.commands.doctor.result import Result, in_daemon_thread
from voicebot.cli.commands.doctor.settings import ReadConfig, config_results, file_results
from voicebot.cli.commands.doctor.sound.devices import device_results, doubted
from voicebot.diagnosis import Finding
from voicebot.errors import leaves

if TYPE_CHECKING:
    from voicebot.plugin.manager import Plugins

logger = logging.getLogger(__name__)
_LIMIT = 20.0
"""Seconds for a group of checks, besides those that have limits of their own."""
Group = Callable[[], Coroutine[Any, Any, list[Result]]]


async def examine(found: ReadConfig, plugins: Plugins, *, sound: bool) -> dict[str, list[Result]]:
    """Run all checks, and return their results by what they are about.

    Args:
        sound: whether microphones and speakers are looked at.
    """
    config = found.config
    servers = servers_of(config) if config is not None else {}
    groups: dict[str, list[Group]] = {
        "This machine": [
            _in_thread(lambda: installation_results(plugins)),
            _in_thread(lambda: file_results(found)),
            _in_thread(trust_results),
            lambda: proxy_results(list(servers)),
        ],
        "Config": [lambda: _config_results(found)],
        "Servers": [lambda: server_results(servers)],
        "Providers": [],
        "Sound": [lambda: device_results(config)] if sound else [],
    }
    if config is not None:
        groups["Providers"].append(lambda: provider_results(config, sound=sound))
    async with asyncio.TaskGroup() as tasks:
        running = {
            title: [
                tasks.create_task(
                    _limited(group, title, None if title == "Providers" else _LIMIT),
                    name=f"voicebot doctor: {title}",
                )
                for group in each
            ]
            for title, each in groups.items()
        }
    results = {
        title: [result for task in each for result in task.result()]
        for title, each in running.items()
        if each
    }
    if sound and any(is_broken_device(each) for each in results.get("Providers", ())):
        results["Sound"] = doubted(results["Sound"])
    return results


async def _config_results(found: ReadConfig) -> list[Result]:
    told = await option_results(found.config) if found.config is not None else []
    return [*await in_daemon_thread(lambda: config_results(found, told), "check"), *told]


def _in_thread(function: Callable[[], list[Result]]) -> Group:
    return lambda: in_daemon_thread(function, "check")


async def _limited(group: Group, title: str, limit: float | None) -> list[Result]:
    try:
        async with asyncio.timeout(limit):
            return await group()
    except TimeoutError:
        message = f"some checks did not end within {limit:g} s"
    except Exception as error:  # such as damaged metadata of a package; the other checks go on
        logger.info("checks failed", exc_info=error)
        message = f"some checks failed: {type(next(iter(leaves(error)))).__name__} (-v shows where)"
    return [Result(title, Finding("unfinished", "skipped", message))]
