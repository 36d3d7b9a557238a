"""Where the program starts and ends: signals are handled before anything else is imported."""

from __future__ import annotations

import atexit
import signal
import sys

from voicebot.cli.process import signals

EXIT_TIMEOUT = 10.0
"""Seconds that plugins' threads and exit handlers may take at the end."""


def main() -> None:
    """Run the command line."""
    signals.exit_on_signals()
    atexit.register(signals.finish)  # registered first, so it runs last
    from voicebot.cli.process import streams

    try:
        streams.prepare()
        from voicebot.cli.main import run

        status = run()
    except KeyboardInterrupt:
        status = signals.CTRL_C
        streams.drop_output()
    signals.exit_on_signals()
    if status == signals.CTRL_C and not signals.received():
        signals.record(signal.SIGINT)
    status = signals.status() if signals.received() else status
    _limit_exit(status)
    sys.exit(status)


def _limit_exit(status: int) -> None:
    """End the process after `EXIT_TIMEOUT` if it does not end by itself."""
    import threading

    threading.Thread(target=_end, args=(status,), name="voicebot end", daemon=True).start()


def _end(status: int) -> None:
    import time
    from contextlib import suppress

    time.sleep(EXIT_TIMEOUT)
    with suppress(Exception):
        from voicebot.cli.output.errors import show_error

        show_error(f"something did not stop within {EXIT_TIMEOUT:g} s and was abandoned")
    signals.end_process(status)
