"""voicebot.schema.json: the schema of our configs for editors, with the providers that come with voicebot."""

from __future__ import annotations

from generator.providers import our_sections, ours
from voicebot.config.json_schema.config_schema import schema_text
from voicebot.config.shipped import SCHEMA as FILE

__all__ = ["FILE", "schema"]


def schema() -> str:
    """Return the file."""
    return schema_text(ours(), our_sections())
