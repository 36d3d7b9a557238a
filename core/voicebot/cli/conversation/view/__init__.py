"""Views of a conversation: they show its events in pipes, on terminals and above typed lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voicebot.cli.conversation.view.view import View
from voicebot.cli.output.printing import console, is_animated

if TYPE_CHECKING:
    from voicebot.cli.conversation.typed_lines.readers import LineReader
    from voicebot.cli.conversation.typed_lines.stream import TypedStream
    from voicebot.config.schema import Settings

__all__ = ["View", "choose_view"]


def choose_view(settings: Settings, stream: TypedStream, now: Callable[[], float], lines: LineReader) -> View:
    """Return the view that suits stdin and stdout.

    Args:
        now: returns the conversation's time, to which the times of events refer.
    """
    if not is_animated():
        from voicebot.cli.conversation.view.lines import LinesView
        from voicebot.cli.output import logs

        spoken = stream.live and stream.microphone is not None
        invitation = f"listening{'; speak or type a line' if lines is not None else ''}; Ctrl-C to end"
        return LinesView(settings, now, timings=logs.verbosity() > 0, invitation=invitation if spoken else "")
    from voicebot.cli.conversation.typed_lines.plain_lines import PlainLines

    if lines is None or isinstance(lines, PlainLines):
        from voicebot.cli.conversation.view.live import LiveView

        return LiveView(settings, now, console(), live=stream.live)
    from voicebot.cli.conversation.view.edited import EditedView

    return EditedView(settings, now, lines, lambda: stream.muted, spoken=stream.microphone is not None)
