"""The worker's process: what it is started with, which is no more than it needs.

It sees none of the keys that its parent's environment may hold, and none of the variables by which Python or
the system's linker would run something else. Modules are found where its parent found them.
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
# What it imports first must come from Python's own library, so the path is set after that.
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv.pop())
from voicebot_offline.recognition.worker import main
main()
"""


def command(settings: protocol.WorkerSettings) -> list[str]:
    """Return what starts a worker, isolated from the user's files, variables and packages."""
    flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
    return [sys.executable, *flags, "-c", _PROGRAM, json.dumps(settings), json.dumps(module_path())]


def module_path() -> list[str]:
    """Return where modules are looked for, the working directory last: a file there is not meant as one."""
    here = os.getcwd()
    absolute = [os.path.abspath(entry) for entry in sys.path]
    elsewhere = [entry for entry in absolute if entry != here]
    return elsewhere if len(elsewhere) == len(absolute) else [*elsewhere, here]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a worker gets."""
    return {
        name: value for name, value in environ.items() if name.upper() in _NEEDED or name.startswith(_LOCALE)
    }
