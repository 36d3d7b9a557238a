"""Where the program begins and ends: signals are minded before anything else is imported."""

from __future__ import annotations

import atexit
import signal
import sys

from voicebot.cli.process import signals

PATIENCE = 10.0
"""Seconds that threads which plugins have started, and what they do at the very end, may take."""


def main() -> None:
    """Run the command line."""
    signals.end_at_once()
    atexit.register(signals.finish)  # what is registered first comes last
    from voicebot.cli.process import streams

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
    status = signals.status() if signals.received() else status
    _end_within_patience(status)
    sys.exit(status)


def _end_within_patience(status: int) -> None:
    import threading

    threading.Thread(target=_end, args=(status,), name="voicebot end", daemon=True).start()


def _end(status: int) -> None:
    """End the process if it does not end by itself."""
    import time
    from contextlib import suppress

    time.sleep(PATIENCE)
    with suppress(Exception):
        from voicebot.cli.output.errors import show_error

        show_error(f"something did not stop within {PATIENCE:g} s and was left behind")
    signals.end_process(status)
