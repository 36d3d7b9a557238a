"""The configs and pages that come with voicebot, in a wheel as in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

SCHEMA = "voicebot.schema.json"
"""The file beside a config in which an editor finds what a config may say."""
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_configs() -> dict[str, Path]:
    """Return the shipped configs by name, without `.yaml`, sorted."""
    return {path.stem: path for path in sorted(_directory().glob("*.yaml"))}


def shown_page(page: str) -> str:
    """Return where a page of the docs that comes with voicebot can be opened, as short as it can be said."""
    path = _lying("docs") / page
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def config_named(name: Path) -> Path:
    """Return the file that a user means by the name of a config: his own, else the shipped one.

    `.yaml` may be left out of both. A name that nothing has is returned as it is.
    """
    if not name.name:  # a directory
        return name
    own = (path for path in spellings(name) if os.path.lexists(path) and not _holds_no_config(path))
    if (found := next(own, None)) is not None:
        return found
    shipped = {path.name: path for path in shipped_configs().values()}
    return next((shipped[str(path)] for path in spellings(name) if str(path) in shipped), name)


def spellings(path: Path) -> tuple[Path, ...]:
    """Return what a path to a config may be short for, itself first."""
    return path, *(path.with_name(f"{path.name}{suffix}") for suffix in (".yaml", ".yml") if path.name)


def _holds_no_config(path: Path) -> bool:
    """Return whether a path leads to a directory that nobody can mean by a config."""
    return path.is_dir() and not any(path.glob("*.y*ml"))


def _directory() -> Path:
    return _lying("configs")


def _lying(folder: str) -> Path:
    """Return where a folder lies: in the package in a wheel, at the project's top in an editable checkout."""
    installed = _PACKAGE / folder
    project = _PACKAGE.parent.parent
    if not installed.is_dir() and (project / "pyproject.toml").is_file():
        return project / folder
    return installed
