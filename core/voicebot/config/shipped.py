"""The configs that come with voicebot, in a wheel as in a checkout."""

from __future__ import annotations

from pathlib import Path

SCHEMA = "voicebot.schema.json"
"""The file beside a config in which an editor finds what a config may say."""
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_configs() -> dict[str, Path]:
    """Return the shipped configs by name, without `.yaml`, sorted."""
    return {path.stem: path for path in sorted(_directory().glob("*.yaml"))}


def _directory() -> Path:
    """Return where they lie: within the package in a wheel, at the project's top in an editable checkout."""
    installed = _PACKAGE / "configs"
    project = _PACKAGE.parent.parent
    if not installed.is_dir() and (project / "pyproject.toml").is_file():
        return project / "configs"
    return installed
