"""The configs and pages that come with voicebot, in a wheel as in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

SCHEMA = "voicebot.schema.json"
"""The file next to a config from which an editor knows what a config may contain."""
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_configs() -> dict[str, Path]:
    """Return the shipped configs by name, without `.yaml`, sorted."""
    return {path.stem: path for path in sorted(_directory().glob("*.yaml"))}


def shown_page(page: str) -> str:
    """Return the path of a documentation page that comes with voicebot, relative if possible."""
    path = _folder("docs") / page
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def config_named(name: Path) -> Path:
    """Return the file that the name of a config refers to: an existing file, or else a shipped config.

    `.yaml` may be left out. A name that matches nothing is returned unchanged.
    """
    if not name.name:  # a directory
        return name
    own = (path for path in spellings(name) if os.path.lexists(path) and not _holds_no_config(path))
    if (found := next(own, None)) is not None:
        return found
    shipped = {path.name: path for path in shipped_configs().values()}
    return next((shipped[str(path)] for path in spellings(name) if str(path) in shipped), name)


def spellings(path: Path) -> tuple[Path, ...]:
    """Return the paths that a path to a config may stand for, itself first."""
    return path, *(path.with_name(f"{path.name}{suffix}") for suffix in (".yaml", ".yml") if path.name)


def _holds_no_config(path: Path) -> bool:
    """Return whether a path is a directory without configs, which cannot be meant by a config's name."""
    return path.is_dir() and not any(path.glob("*.y*ml"))


def _directory() -> Path:
    return _folder("configs")


def _folder(folder: str) -> Path:
    """Return where a folder is: in the package if installed from a wheel, else at the top of a checkout."""
    installed = _PACKAGE / folder
    project = _PACKAGE.parent.parent
    if not installed.is_dir() and (project / "pyproject.toml").is_file():
        return project / folder
    return installed
