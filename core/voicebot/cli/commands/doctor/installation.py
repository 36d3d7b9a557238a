"""What is installed: Python, voicebot with the packages that it needs, and plugins."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import TYPE_CHECKING

from voicebot import __version__
from voicebot.cli.commands.doctor.result import Result
from voicebot.diagnosis import Finding
from voicebot.plugin.packages import OURS, install_command, pip, quoted, upgrade

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from voicebot.plugin.manager import LoadedPlugin, Plugins


def installation_results(plugins: Plugins) -> list[Result]:
    """Return what is found about Python, packages and plugins."""
    return [_python_result(), *_package_results(plugins.loaded), *_plugin_results(plugins)]


def _python_result() -> Result:
    from packaging.specifiers import SpecifierSet

    version = platform.python_version()
    here = f"{platform.python_implementation()} {version} on {platform.system()} {platform.machine()}"
    needed = SpecifierSet(_metadata(OURS, "Requires-Python") or "")
    if not needed.contains(version, prereleases=True):
        message, remedy = f"{here}; voicebot needs {needed}", "install voicebot with such a Python"
        return Result("Python", Finding("python", "problem", message, remedy))
    known = {line.rpartition(" ")[2] for line in _classifiers(OURS)}
    if known and f"{sys.version_info.major}.{sys.version_info.minor}" not in known:
        message = f"{here}; voicebot was not tried with it, and some packages may not exist for it"
        return Result("Python", Finding("python", "warning", message, "use one of the versions before it"))
    return Result("Python", Finding("python", "ok", here))


def _package_results(loaded: Iterable[LoadedPlugin]) -> Iterator[Result]:
    """Yield what is found about voicebot and about the packages that it and other plugins need."""
    yield Result("voicebot", Finding("voicebot", "ok", f"{__version__} ({OURS})"))
    others = {plugin.distribution for plugin in loaded} - {OURS, "unknown"}
    count = 0
    wrong: list[Result] = []
    for distribution in (OURS, *sorted(others)):
        for requirement, extra in _requirements(distribution):
            finding = _package_finding(distribution, requirement, extra)
            count += not extra
            if finding is not None:
                wrong.append(Result(requirement.name, finding))
    if wrong:
        yield from wrong
    else:
        yield Result("packages", Finding("package", "ok", f"all {count} that are needed are there"))


def _package_finding(distribution: str, requirement: Requirement, extra: str) -> Finding | None:
    """Return what is wrong with a package, if anything is; that of an extra may be missing."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        if extra:
            return None
        message = f"{requirement.name} is not installed, which {distribution} needs"
        return Finding("package", "problem", message, f"run `{install_command(distribution)}`")
    if requirement.specifier.contains(version, prereleases=True):
        return None
    whom = f"the extra '{extra}' of {distribution}" if extra else distribution
    message = f"{requirement.name} {version} is installed, but {whom} needs {requirement.specifier}"
    remedy = f"run `{pip('install')} {quoted(f'{requirement.name}{requirement.specifier}')}`"
    return Finding("package", "warning" if extra else "problem", message, remedy)


def _requirements(distribution: str) -> Iterator[tuple[Requirement, str]]:
    """Yield what an installed distribution requires here, each once, with the extra that it is for."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        lines = metadata.requires(distribution) or []
        extras = metadata.metadata(distribution).get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        for extra in ("", *extras):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                yield requirement, extra
                break


def _plugin_results(plugins: Plugins) -> Iterator[Result]:
    for plugin in plugins.broken:
        reason = " ".join((plugin.error or "").split())
        what, _, known = reason.partition("; ")
        remedy = (
            known or f"{upgrade(plugin.distribution)}; or remove it: {pip('uninstall')} {plugin.distribution}"
        )
        message = f"of {plugin.distribution} is broken: {what}"
        yield Result(f"plugin {plugin.name}", Finding("plugin", "problem", message, remedy))
    for conflict in plugins.conflicts:
        remedy = f"remove one of them: {pip('uninstall')} {conflict.loser}"
        yield Result(f"plugin of {conflict.loser}", Finding("plugin", "warning", str(conflict), remedy))
    working = [plugin for plugin in plugins.loaded if plugin.error is None]
    ours = sum(plugin.distribution == OURS for plugin in working)
    others = sorted({f"{p.distribution} {p.version}".strip() for p in working if p.distribution != OURS})
    message = f"{ours} of voicebot's own" + (f", and those of {', '.join(others)}" if others else "")
    yield Result("plugins", Finding("plugin", "ok", message))


def _metadata(distribution: str, key: str) -> str | None:
    try:
        return metadata.metadata(distribution)[key]
    except (metadata.PackageNotFoundError, KeyError):
        return None


def _classifiers(distribution: str) -> list[str]:
    try:
        found = metadata.metadata(distribution).get_all("Classifier") or []
    except metadata.PackageNotFoundError:
        return []
    return [line for line in found if line.startswith("Programming Language :: Python :: 3.")]
