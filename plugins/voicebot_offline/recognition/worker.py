"""The process that pocketsphinx runs in, because it holds Python's global lock for seconds at a time.

Its argument is its settings. It ends when told to finish and when its input closes, and so whenever its
parent dies. It ignores Ctrl-C, which reaches every process of a terminal: its parent decides.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import sys
import threading
from contextlib import suppress
from typing import IO

from voicebot_offline.recognition import protocol
from voicebot_offline.recognition.listener import Listener

_PR_SET_PDEATHSIG = 1
WAITING = 50
"""Frames read ahead; after that the pipe fills up, and its writer waits."""


class Worker:
    """Serves one session over two pipes."""

    def __init__(self, settings: protocol.WorkerSettings, source: IO[bytes], target: IO[bytes]) -> None:
        self._source, self._target = source, target
        self._inbox: queue.Queue[tuple[bytes, bytes]] = queue.Queue(WAITING)
        threading.Thread(target=self._read, name="frames", daemon=True).start()
        self._listener = Listener(
            settings,
            partial=lambda text: self._send({"partial": text}),
            final=lambda text, commit: self._send({"final": text, "commit": commit}),
        )
        self._send({"ready": True})

    def serve(self) -> None:
        """Process frames until one says to finish."""
        while (received := self._next()) is not None:
            kind, content = received
            if kind == protocol.AUDIO:
                self._listener.hear(content)
            elif kind == protocol.HINTS:
                if unknown := self._listener.expect(json.loads(content)):
                    self._send({"unknown": unknown})
            else:
                self._listener.settle(commit=kind == protocol.COMMIT)
                if kind == protocol.FINISH:
                    return

    def _next(self) -> tuple[bytes, bytes] | None:
        while self._listener.has_backlog:
            if not self._listener.is_full:
                try:
                    return self._inbox.get_nowait()
                except queue.Empty:
                    pass
            self._listener.decode_backlog()
        return self._inbox.get()

    def _read(self) -> None:
        while (received := protocol.read_frame(self._source)) is not None:
            self._inbox.put(received)
            if received[0] == protocol.FINISH:
                return
        os._exit(0)  # there is nobody to send the rest to, and the decoder may be busy for a while

    def _send(self, message: protocol.Message) -> None:
        self._target.write(protocol.line(message))
        self._target.flush()


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not look like a message
    try:
        Worker(json.loads(sys.argv[1]), sys.stdin.buffer, target).serve()
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:
        target.write(protocol.line({"error": f"{type(error).__name__}: {error}"}))
        target.flush()
        os._exit(1)
    os._exit(0)


def _die_with_parent() -> None:
    """Make Linux end this process with its parent: a busy decoder lets no thread run for seconds."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
