"""The providers of a config: each is started and tried, as `voicebot check --connect` does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from voicebot.cli.commands.doctor.network.servers import Users
from voicebot.cli.commands.doctor.result import Result, all_of, in_daemon_thread
from voicebot.cli.resources.configs import wiring
from voicebot.cli.resources.connection_check import ConnectionCheck, check_connection
from voicebot.cli.resources.offers import listed, offered
from voicebot.diagnosis import Finding, ServerAddress, Verdict
from voicebot.interfaces import AudioDevice, Toolset

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.options import Options

_LIMIT = 5.0
"""Seconds for what options find out themselves."""


async def provider_results(config: BotConfig, *, sound: bool) -> list[Result]:
    """Try all providers at the same time; the chat model when it is known which tools there are.

    Of providers that wrap others, such as `fallback`, those are tried as well: one that does not work is only
    a warning, since the others may serve in its place.
    """
    parts = {part: each for part, each in wiring(config).items() if sound or each.kind != AudioDevice.kind}
    async with asyncio.TaskGroup() as tasks:
        toolsets = {
            part: tasks.create_task(check_connection(choice, config), name=f"voicebot doctor: {part}")
            for part, choice in parts.items()
            if choice.kind == Toolset.kind
        }
        others = [
            tasks.create_task(_tried(part, choice, config, toolsets), name=f"voicebot doctor: {part}")
            for part, choice in parts.items()
        ]
    return [result for task in others for result in task.result()]


def is_broken_device(result: Result) -> bool:
    """Return whether a result says that the device of the config does not work."""
    return result.about.startswith(f"{AudioDevice.kind} ") and result.finding.verdict == "problem"


async def option_results(config: BotConfig) -> list[Result]:
    """Return what the options of providers and sections find out themselves."""
    options = [
        (f"{part} {leaf.name}", leaf.options) for part, each in wiring(config).items() for leaf in each.leaves
    ]
    found = await all_of(_diagnosed(*each) for each in [*options, *config.sections.items()])
    return [result for results in found for result in results]


def servers_of(config: BotConfig) -> dict[ServerAddress, Users]:
    """Return the servers that providers connect to, each with the providers that do."""
    found: dict[ServerAddress, Users] = {}
    for part, choice in wiring(config).items():
        for leaf in choice.leaves:
            for address in _addresses(leaf.options):
                users = found.setdefault(address, Users())
                users.parts.append(f"{part} {leaf.name}")
                users.required |= len(choice.leaves) == 1
    return found


async def _tried(
    part: str, choice: ProviderChoice, config: BotConfig, toolsets: dict[str, asyncio.Task[ConnectionCheck]]
) -> list[Result]:
    about = f"{part} {choice.name}"
    if part in toolsets:
        return _results(about, await toolsets[part])
    tools = []
    if choice.kind == "chat":
        choices = wiring(config)
        lists = [listed(choices[name], await task) for name, task in toolsets.items()]
        tools = [tool for tool, _ in offered(lists)]
    leaves = [leaf for leaf in choice.leaves if leaf is not choice]
    checks = await all_of(check_connection(each, config, tools) for each in (choice, *leaves))
    told = [each.failure for each in checks[1:] if each.failure is not None]  # each has its own line
    checks[0].notices = [each for each in checks[0].notices if not any(failure in each for failure in told)]
    results = _results(about, checks[0])
    for leaf, check in zip(leaves, checks[1:], strict=True):
        results += _results(f"{part} {choice.name}: {leaf.name}", check, optional=not checks[0].failed)
    return results


def _results(about: str, check: ConnectionCheck, *, optional: bool = False) -> list[Result]:
    found = list(_findings(check, optional=optional))
    return [Result(about, finding, check.seconds) for finding in found[:1]] + [
        Result(about, finding) for finding in found[1:]
    ]


def _findings(check: ConnectionCheck, *, optional: bool) -> Iterator[Finding]:
    if check.failure is not None:
        message, remedy = _parted(check.failure)
        remedy = remedy or "run this with -v to see more; `voicebot options NAME` explains its options"
        yield Finding("provider", "warning" if optional else "problem", message, remedy)
    else:
        count = len(check.tools)
        tools = f", and has {count} tool{'' if count == 1 else 's'}" if count else ""
        yield Finding("provider", "ok", f"works{tools}")
    for notice in check.notices:
        yield Finding("provider", "warning", notice)
    for problem in check.problems:
        verdict: Verdict = "problem" if problem.severity == "error" else "warning"
        yield Finding("provider", verdict, str(problem))


def _parted(failure: str) -> tuple[str, str]:
    """Return what failed, and what it says about what to do, which may be nothing."""
    message, _, remedy = failure.partition("; ")
    if not remedy:
        message, asked, remedy = failure.partition("? ")
        message += asked.strip()
    return message, remedy[:1].lower() + remedy[1:]


async def _diagnosed(about: str, options: Options) -> list[Result]:
    try:
        async with asyncio.timeout(_LIMIT):
            findings = await in_daemon_thread(lambda: list(options.diagnose()), about)
    except TimeoutError:
        findings = [Finding("options", "skipped", f"took longer than {_LIMIT:g} s")]
    except Exception as error:  # a plugin's options may raise anything
        findings = [Finding("options", "skipped", f"could not be examined: {type(error).__name__}")]
    return [Result(about, finding) for finding in findings]


def _addresses(options: Options) -> Iterable[ServerAddress]:
    try:
        return list(options.server_addresses())
    except Exception:  # a plugin's options may raise anything, and the provider is tried anyway
        return ()
