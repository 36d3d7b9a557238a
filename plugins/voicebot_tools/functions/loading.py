"""Importing a file or a module of tools, whose code may do anything meanwhile."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any
from zlib import crc32

from voicebot import ProviderError, ToolMark
from voicebot_tools.functions.function_tool import FunctionTool
from voicebot_tools.functions.source import read_source


def load_file(path: Path) -> dict[str, FunctionTool]:
    """Run a file and return its tools by name.

    Raises:
        ProviderError: it cannot be read or run, or a tool in it has a mistake; one line with the place.
    """
    if problems := read_source(path).problems:
        raise ProviderError(problems[0])
    name = f"{path.stem}_{crc32(str(path).encode()):08x}"  # two configs may have a `tools.py` each
    spec = importlib.util.spec_from_file_location(name, path.absolute())
    if spec is None or spec.loader is None:
        raise ProviderError(f"{path}: is not a Python file; its name has to end with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pydantic look for a class's module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # SystemExit too
        del sys.modules[name]
        raise ProviderError(_reason(error, path)) from error
    return _tools(module)


def load_module(name: str) -> dict[str, FunctionTool]:
    """Import a module and return its tools by name.

    Raises:
        ProviderError: it cannot be imported, or a tool in it has a mistake; one line.
    """
    if (path := source_of(name)) is not None and (problems := read_source(path).problems):
        raise ProviderError(problems[0])
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        if (
            isinstance(error, ModuleNotFoundError)
            and error.name is not None
            and f"{name}.".startswith(f"{error.name}.")
        ):
            raise ProviderError(f"there is no module '{name}'; install it, or name a `file`") from error
        raise ProviderError(_reason(error, path or Path(name))) from error
    return _tools(module)


def source_of(name: str) -> Path | None:
    """Return the source of a module without importing it or its packages; None if there is none."""
    spec = spec_of(name)
    origin = spec.origin if spec is not None else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


def spec_of(name: str) -> ModuleSpec | None:
    """Return where a module is, without importing it or its packages; None if there is no such module."""
    path: Any = None
    spec: ModuleSpec | None = None
    outer = ""
    for part in name.split("."):
        outer = f"{outer}.{part}" if outer else part
        spec = PathFinder.find_spec(outer, path)
        if spec is None:
            return None
        path = spec.submodule_search_locations or ()
    return spec


def _tools(module: ModuleType) -> dict[str, FunctionTool]:
    tools: dict[str, FunctionTool] = {}
    for value in list(vars(module).values()):
        # Without calling `__getattr__`: objects such as Django's settings raise anything there.
        if not isinstance(inspect.getattr_static(value, "__voicebot_tool__", None), ToolMark):
            continue
        code = getattr(value, "__code__", None)
        place = f"{code.co_filename}:{code.co_firstlineno}" if code is not None else str(module.__name__)
        try:
            each = FunctionTool(value)
        except ValueError as error:
            raise ProviderError(f"{place}: the tool '{value.__name__}': {error}") from error
        other = tools.setdefault(each.name, each)
        if other.function is not each.function:
            raise ProviderError(
                f"{place}: the tool '{each.name}' is defined twice, first at {other.file}:{other.line}"
            )
    return tools


def _reason(error: BaseException, path: Path) -> str:
    """Return what running a file raised, with the line of the file where it happened."""
    file = str(path.absolute())  # as in a traceback
    lines = [each.lineno for each in extract_tb(error.__traceback__) if each.filename == file]
    place = f"{path}:{lines[-1]}" if lines else str(path)
    if isinstance(error, SyntaxError) and error.filename not in (None, file):
        return f"{place}: {error.filename}:{error.lineno}: {error.msg}"
    text = " ".join(str(error).split())
    reason = f"{place}: {type(error).__name__}: {text}".removesuffix(": ")
    if (
        isinstance(error, ModuleNotFoundError)
        and (path.parent / f"{(error.name or '').partition('.')[0]}.py").is_file()
    ):
        reason += "; a file of tools cannot import files beside it: use `module` for tools in several files"
    return reason
