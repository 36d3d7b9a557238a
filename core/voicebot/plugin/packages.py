"""The `pip install` commands that messages suggest for missing packages.

A distribution that has not been released, such as ours or a plugin under development, is not on an index. It
was installed from a checkout, a file or a repository, which its metadata record (PEP 610), and its extras
come from there too.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot.dataclass import dataclass

if TYPE_CHECKING:
    from packaging.requirements import Requirement

OURS = "voicebot-framework"
"""The distribution of voicebot itself; on PyPI the name `voicebot` belongs to somebody else."""
_EXTRA_CLAUSE = re.compile(r"\s*(?:and\s+)?extra == [\"'][^\"']*[\"']")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a distribution was installed from, if not an index: a local folder or file, or a URL."""

    path: str | None
    url: str
    editable: bool = False

    @property
    def reachable(self) -> bool:
        """Whether it can be installed from there again, and named without revealing a secret."""
        if self.path is not None:
            return os.path.exists(self.path)
        from urllib.parse import urlsplit

        parts = urlsplit(self.url)
        anonymous = parts.username is None or (parts.scheme.endswith("ssh") and parts.password is None)
        return bool(parts.scheme) and anonymous and not parts.query


def install_hint(module: str, requirement: str) -> str:
    """Return a command that installs a missing module, for the end of an error message.

    Args:
        module: the module to import, such as `pocketsphinx`.
        requirement: the requirement that installs it, such as `voicebot-framework[offline]`. If that
            distribution is already installed, the command names where it was installed from.
    """
    if reason := unavailable(module, requirement):
        return reason
    return f"run: {install_command(requirement)}"


def install_command(*requirements: str) -> str:
    """Return the `pip install` command for all requirements, quoted for a shell."""
    extras: dict[str, set[str]] = {}
    words: dict[str, str] = {}
    for text in requirements:
        parsed = _parsed(text)
        found = _origin(parsed.name) if parsed else None
        if parsed is None or found is None:
            words[text] = quoted(text)
            continue
        together = extras.setdefault(parsed.name, set())
        together |= parsed.extras
        words[parsed.name] = _source(parsed.name, found, together)
    return " ".join([pip("install"), *dict.fromkeys(words.values())])


def pip(action: str) -> str:
    """Return how to call the pip of this Python: `pip`, or `python -m pip` if that would be another's."""
    found = shutil.which("pip")
    ours = {os.path.dirname(sys.executable), sysconfig.get_path("scripts")}
    if not sys.executable or (found and os.path.dirname(os.path.abspath(found)) in ours):
        return f"pip {action}"
    plain = os.name == "nt" and " " not in sys.executable  # PowerShell does not run a quoted path
    return f"{sys.executable if plain else quoted(sys.executable)} -m pip {action}"


def upgrade(distribution: str) -> str:
    """Return how to upgrade an installed distribution."""
    found = _origin(distribution)
    if found is None:
        return f"{pip('install')} --upgrade {quoted(distribution)}"
    if found.path is None and found.reachable:
        return f"{pip('install')} --upgrade {_source(distribution, found, set())}"
    return f"it was installed from {found.path or 'a private address'}"


def requirement_here(distribution: str, bounds: str) -> str:
    """Return the requirement that works on other machines too: its URL, or its name with bounds."""
    found = _origin(distribution)
    if found is not None and found.path is None and found.reachable:
        return f"{distribution} @ {found.url}"
    return f"{distribution}{bounds}"


def is_from_here(distribution: str) -> bool:
    """Return whether a distribution was installed from a local folder or file."""
    found = _origin(distribution)
    return found is not None and found.path is not None


def unavailable(module: str, requirement: str) -> str | None:
    """Return why a module is not available for this Python or machine: its extra excludes it here."""
    from packaging.utils import canonicalize_name

    parsed = _parsed(requirement)
    if parsed is None or not parsed.extras:
        return None
    wanted = canonicalize_name(module.replace(".", "-"))
    for needed in _requirements(parsed.name):
        marker = str(needed.marker or "")
        named = any(f'extra == "{extra}"' in marker.replace("'", '"') for extra in parsed.extras)
        if canonicalize_name(needed.name) == wanted and named and not _applies(needed, parsed.extras):
            where = _EXTRA_CLAUSE.sub("", marker).replace('"', "'").strip()
            here = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
            return f"{needed.name} is not available for {here}, only where {where}"
    return None


def quoted(text: str) -> str:
    """Return a text quoted as one word of a shell command."""
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)


def _source(distribution: str, origin: Origin, extras: set[str]) -> str:
    """Return what installs a distribution from where it came, or if that is gone, what its extras need."""
    listed = f"[{','.join(sorted(extras))}]" if extras else ""
    if not origin.reachable:
        missing = [_requirement(each) for each in _requirements(distribution) if _is_missing(each, extras)]
        return " ".join(map(quoted, missing)) or quoted(f"{distribution}{listed}")
    if origin.path is None:
        return quoted(f"{distribution}{listed} @ {origin.url}")
    return f"{'-e ' if origin.editable else ''}{quoted(origin.path + listed)}"


def _origin(distribution: str) -> Origin | None:
    """Return where a distribution was installed from; None if from an index, or if it is not installed."""
    import json
    from importlib.metadata import distribution as installed
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        said: Any = json.loads(installed(distribution).read_text("direct_url.json") or "null")
        url = str(said["url"])
        editable = bool(said.get("dir_info", {}).get("editable"))
        vcs: dict[str, str] = said.get("vcs_info", {})
    except Exception:  # not installed, installed from an index, or its metadata are damaged
        return None
    parts = urlsplit(url)
    if parts.scheme == "file" and not vcs:
        return Origin(str(Path(url2pathname(parts.path))), url, editable)
    if vcs:
        revision = vcs.get("requested_revision")
        url = f"{vcs.get('vcs', 'git')}+{url}" + (f"@{revision}" if revision else "")
    if folder := said.get("subdirectory"):
        url += f"#subdirectory={folder}"
    return Origin(None, url)


def _parsed(text: str) -> Requirement | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _requirements(distribution: str) -> Iterator[Requirement]:
    """Yield what an installed distribution requires, with all its extras."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires(distribution) or []
    except PackageNotFoundError:
        return
    for line in lines:
        if (parsed := _parsed(line)) is not None:
            yield parsed


def _applies(needed: Requirement, extras: set[str]) -> bool:
    return needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras or {""})


def _is_missing(needed: Requirement, extras: set[str]) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    if not _applies(needed, extras):
        return False
    try:
        version(needed.name)
    except PackageNotFoundError:
        return True
    return False


def _requirement(needed: Requirement) -> str:
    extras = f"[{','.join(sorted(needed.extras))}]" if needed.extras else ""
    return f"{needed.name}{extras}{needed.specifier}"
