"""Where the program begins and ends: signals are minded before anything else is imported."""

from __future__ import annotations

import sys

from voicebot.cli import signals, streams


def main() -> None:
    """Run the command line."""
    signals.install()
    try:
        streams.prepare()
        from voicebot.cli.main import run

        status = run()
    except KeyboardInterrupt:
        status = signals.status()
        streams.drop_output()
    signals.end_at_once()
    sys.exit(signals.status() if signals.received() else status)
