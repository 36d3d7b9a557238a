"""Where the program begins and ends: signals are minded before anything else is imported."""

from __future__ import annotations

import atexit
import signal
import sys

from voicebot.cli import signals, streams


def main() -> None:
    """Run the command line."""
    signals.end_at_once()
    atexit.register(signals.finish)  # what is registered first comes last
    try:
        streams.prepare()
        from voicebot.cli.main import run

        status = run()
    except KeyboardInterrupt:
        status = signals.CTRL_C
        streams.drop_output()
    signals.end_at_once()
    if status == signals.CTRL_C and not signals.received():
        signals.note(signal.SIGINT)
    sys.exit(signals.status() if signals.received() else status)
