"""The toolset `python`: functions in a file beside the config, or in a module."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from pydantic import model_validator

from voicebot import Advice, ProviderError, Tool, ToolCall, ToolCaller, ToolEvent, Toolset, ToolsetOptions
from voicebot_tools.functions.function_tool import FunctionTool
from voicebot_tools.functions.loading import load_file, load_module, source_of, spec_of
from voicebot_tools.functions.running import run
from voicebot_tools.functions.source import read_source
from voicebot_tools.threads import Threads


class PythonToolOptions(ToolsetOptions):
    """Where the functions are."""

    file: Path | None = None
    """A Python file, relative to the config, such as `tools.py`. It is run when the bot starts; `check` only
    reads it."""
    module: str | None = None
    """A module that is installed, such as `my_company.tools`, instead of `file`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> PythonToolOptions:
        if (self.file is None) == (self.module is None):
            raise ValueError("needs either `file` or `module`")
        return self

    def advice(self, language: str) -> Iterable[Advice]:
        """Report what can be seen in the source without running it."""
        yield from super().advice(language)
        option = "file" if self.file is not None else "module"
        if self.module is not None and spec_of(self.module) is None:
            message = f"there is no module '{self.module}'; install it, or name a `file`"
            yield Advice(option, message, "error")
            return
        path = self.file or source_of(self.module or "")
        if path is None:  # a module without source
            return
        if path.is_file() and path.suffix != ".py":
            yield Advice(option, f"{path}: is not a Python file; its name has to end with .py", "error")
            return
        source = read_source(path)
        for problem in source.problems:
            yield Advice(option, problem, "error")
        for name in self.allow:
            if name in source.plain and name not in source.tools:
                place = f"{path}:{source.plain[name]}"
                yield Advice("allow", f"{place}: '{name}' is not marked with `@tool`", "error")
        for place in source.undescribed:
            yield Advice(option, f"{place} has no docstring; the chat model has to guess what it does")

    def known_tools(self) -> Mapping[str, Tool | None] | None:
        """Return the functions that are, or may be, marked in the source.

        Of those that are, the names of the arguments are known too.
        """
        path = self.file or source_of(self.module or "")
        source = read_source(path) if path is not None else None
        if source is None or source.problems or "*" in source.others:
            return None
        possible = (name for name in self.allow if name in source.others)
        described = {
            name: Tool(name, "", {"type": "object", "properties": {each: {} for each in arguments}})
            for name, arguments in source.parameters.items()
        }
        return dict.fromkeys((*source.tools, *possible)) | described


class PythonToolset(Toolset[PythonToolOptions]):
    """Functions marked with `@tool` in a Python file, or in a module.

    `async def` runs in the event loop, `def` in a thread of its own. A function returns text, None, anything
    that pydantic can write as JSON, or a `ToolResult`; an asynchronous generator yields `ToolProgress` while
    it works, and last its result. To tell the chat model why something failed, it raises `ProviderError`. If
    a call is cancelled, an asynchronous function is cancelled with it; a thread runs on, and its result is
    dropped.
    """

    def __init__(self, options: PythonToolOptions) -> None:
        super().__init__(options)
        self._functions: Mapping[str, FunctionTool] = {}
        self._threads = Threads()

    async def start(self) -> None:
        """Run the file, or import the module, in a thread; once."""
        if self._functions:
            return
        load = (
            partial(load_file, self.options.file)
            if self.options.file is not None
            else partial(load_module, self.options.module or "")
        )
        outcome = await self._threads.run(load)
        if outcome.error is not None:
            raise outcome.error
        functions: dict[str, FunctionTool] = outcome.value
        if not functions:
            where = self.options.file or self.options.module
            raise ProviderError(f"{where}: has no function marked with `@tool`")
        self._functions = functions

    def tools(self) -> Sequence[Tool]:
        """Return all functions that are marked, allowed or not."""
        return [each.tool for each in self._functions.values()]

    def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Call a function."""
        return run(self._functions, call, caller, self._threads)
