"""The section `redact` of a config: what is removed from everything that is written down or exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicebot import BotConfig, Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the section."""
    registry.add_section("redact", "voicebot_redaction.options:RedactOptions")


@hookimpl
def voicebot_redact(config: BotConfig) -> Callable[[str], str] | None:
    """Remove what the section says."""
    options = config.sections.get("redact")
    if options is None:
        return None
    from voicebot_redaction.options import RedactOptions
    from voicebot_redaction.redactor import Redactor

    assert isinstance(options, RedactOptions)
    return Redactor(options)
