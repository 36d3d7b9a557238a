"""Import a plugin in a process of its own in which its SDK cannot be imported."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from voicebot.interfaces import Provider
from voicebot.plugin.manager import installed_plugins
from voicebot.plugin.registry import Registration

_SCRIPT = """
import importlib, json, sys
modules, blocked, sys.path[:] = json.loads(sys.argv[1])
wanted = []
class Missing:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            wanted.append(name)
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing)
error = ""
try:
    for module in modules:
        importlib.import_module(module)
except Exception as problem:
    error = f"{type(problem).__name__}: {problem}"
print(json.dumps([wanted, error]))
"""


def registration_of(provider: Provider[Any]) -> Registration | None:
    """Return a provider's registration, if it has one."""
    return next((r for r in installed_plugins().registry if r.provider is type(provider)), None)


async def import_without(modules: Sequence[str], sdk: Sequence[str]) -> tuple[list[str], str]:
    """Import modules where the SDK is missing; return the parts of it that were imported, and any error."""
    arguments = json.dumps([modules, sdk, sys.path])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _SCRIPT, arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode != 0:
        return [], err.decode(errors="replace").strip().splitlines()[-1]
    wanted, error = json.loads(out.splitlines()[-1])
    return list(dict.fromkeys(wanted)), error
