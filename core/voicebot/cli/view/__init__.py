"""What a conversation looks like: observers of its events, for pipes, terminals and typing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from voicebot.cli.output import console, is_animated
from voicebot.cli.view.base import View

if TYPE_CHECKING:
    from voicebot.config.schema import Settings
    from voicebot.interfaces import AudioStream

__all__ = ["View", "choose_view"]


def choose_view(settings: Settings, stream: AudioStream, now: Callable[[], float]) -> View:
    """Return the view that suits where stdin and stdout lead.

    Args:
        now: tells the conversation's time, in which events are dated.
    """
    if not is_animated():
        from voicebot.cli import logs
        from voicebot.cli.view.lines import LinesView

        return LinesView(settings, now, timings=logs.verbosity() > 0)
    screen = console()
    if stream.microphone is None and stream.speaker is None and sys.stdin.isatty():
        from voicebot.cli.view.prompt import PromptView

        return PromptView(settings, now, screen)
    from voicebot.cli.view.live import LiveView

    return LiveView(settings, now, screen, live=stream.live)
