"""The configs and pages that come with voicebot, in a wheel as in a checkout."""

from __future__ import annotations

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


def _directory() -> Path:
    return _lying("configs")


def _lying(folder: str) -> Path:
    """Return where a folder lies: in the package in a wheel, at the project's top in an editable checkout."""
    installed = _PACKAGE / folder
    project = _PACKAGE.parent.parent
    if not installed.is_dir() and (project / "pyproject.toml").is_file():
        return project / folder
    return installed
