"""The command and the environment of the worker process, reduced to what it needs.

The worker gets none of the keys in its parent's environment, and none of the variables that make Python or
the system's linker load other code. It finds modules where its parent does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from voicebot_offline.recognition import protocol

_NEEDED = {
    *("PATH", "HOME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),  # some Pythons do not start without their own
    *("SYSTEMROOT", "WINDIR"),
}
_LOCALE = "LC_"
# The first imports must come from the standard library, so the path is set after them.
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv.pop())
from voicebot_offline.recognition.worker import main
main()
"""


def command(settings: protocol.WorkerSettings) -> list[str]:
    """Return the command of a worker, isolated from the user's files, variables and packages."""
    flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
    return [sys.executable, *flags, "-c", _PROGRAM, json.dumps(settings), json.dumps(module_path())]


def module_path() -> list[str]:
    """Return the module search path, with the working directory last: its files are not meant as modules."""
    here = os.getcwd()
    absolute = [os.path.abspath(entry) for entry in sys.path]
    elsewhere = [entry for entry in absolute if entry != here]
    return elsewhere if len(elsewhere) == len(absolute) else [*elsewhere, here]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that a worker gets."""
    return {
        name: value for name, value in environ.items() if name.upper() in _NEEDED or name.startswith(_LOCALE)
    }
