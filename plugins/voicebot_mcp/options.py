"""The options of the toolset `mcp`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, SecretStr, ServerAddress, ToolsetOptions, check_headers
from voicebot_mcp.address import check_url, command_name, is_local, is_plain_elsewhere, url_name

_VARIABLE = re.compile(r"[^=\0]+")
_ONLY_FOR = {"url": ("headers", "token_file"), "command": ("env", "cwd")}
"""The options that make sense only with another one."""


class McpOptions(ToolsetOptions):
    """A server, either at `url` or run by `command`, and what to expect of it."""

    url: str | None = None
    """Address of a server with the transport "streamable HTTP", such as `https://tools.example/mcp`."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """Headers of every request, such as `Authorization: Bearer ${TOKEN}`. Only with `url`."""
    token_file: Path | None = None
    """File with a token that is sent as `Authorization: Bearer ...`. It is read for each request, so that a
    token which another program renews is used at once. Only with `url`."""
    command: tuple[str, ...] | None = None
    """A program that is a server with the transport "stdio", and its arguments, such as `[uvx,
    mcp-server-time]`. It runs as long as the bot."""
    env: dict[str, SecretStr] = Field(default_factory=dict)
    """Variables of its environment, besides `HOME`, `LOGNAME`, `PATH`, `SHELL`, `TERM` and `USER`, which it
    gets from voicebot's; it gets no others. Only with `command`."""
    cwd: Path | None = None
    """The folder in which it runs; by default, the one in which voicebot runs. Only with `command`."""
    trust_hints: bool = False
    """Whether to believe the server which of its tools only read (`readOnlyHint`). Otherwise each counts as
    one that writes, unless `overrides` says something else."""
    start_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the start of the bot waits for the server. If it takes longer or fails, the conversation
    begins without its tools, and they are added when they are there. It has to be less than `start_timeout`
    of the whole config, after which a bot does not start at all."""
    timeout: float | None = Field(None, gt=0, le=3600)
    """Seconds that a call of one of its tools may take; unset for `tool_use.timeout`."""

    @property
    def server_name(self) -> str:
        """The server for messages, without anything that may be a secret."""
        name = url_name(self.url) if self.url is not None else command_name(self.command or ("",))
        return f"MCP server {name}"

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str | None) -> str | None:
        return None if url is None else check_url(url)

    @field_validator("command")
    @classmethod
    def _check_command(cls, command: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if command is not None and (not command or not command[0].strip()):
            raise ValueError("names no program; write one such as [uvx, mcp-server-time]")
        if command is not None and any("\0" in word for word in command):
            raise ValueError("contains a null character")
        return command

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return check_headers(headers)

    @field_validator("env")
    @classmethod
    def _check_env(cls, env: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in env.items():
            if not _VARIABLE.fullmatch(name) or "\0" in value.get_secret_value():
                raise ValueError(f"{name!r} cannot be a variable of the environment with this value")
        return env

    @model_validator(mode="after")
    def _check_server(self) -> McpOptions:
        if (self.url is None) == (self.command is None):
            raise ValueError("name one server: set either `url` or `command`")
        return self

    def advice(self, language: str) -> Iterable[Advice]:
        """Report what cannot work or is unsafe, without contacting the server."""
        for owner, names in _ONLY_FOR.items():
            for name in names:
                if getattr(self, owner) is None and getattr(self, name):
                    yield Advice(name, f"has no effect: it is only for a server with `{owner}`")
        if self.token_file is not None and any(name.lower() == "authorization" for name in self.headers):
            yield Advice("token_file", "replaces the header `Authorization` in `headers`; remove one of them")
        if self.url is not None and is_plain_elsewhere(self.url):
            yield Advice(
                "url",
                "calls and their results cross the network unencrypted; use https:// if the server can",
            )
        if self.command is not None:
            yield from self._advice_about_command(self.command)
        yield from self._advice_about_confirmation()

    def server_addresses(self) -> Iterator[ServerAddress]:
        """Yield the server, unless it is a program."""
        if self.url is None:
            return
        parts = urlsplit(self.url)
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        yield ServerAddress(parts.hostname or "", port, tls, environment_proxy=not is_local(self.url))

    def _advice_about_command(self, command: tuple[str, ...]) -> Iterable[Advice]:
        if self.cwd is not None and not self.cwd.is_dir():
            yield Advice("cwd", "there is no such folder")
            return
        path = self.env["PATH"].get_secret_value() if "PATH" in self.env else None
        program = Path(command[0])
        if self.cwd is not None and len(program.parts) > 1:
            program = self.cwd / program
        if shutil.which(program, path=path) is None:
            yield Advice(
                "command",
                f"there is no program '{command[0]}' in PATH; install it, or write its full path",
            )

    def _advice_about_confirmation(self) -> Iterable[Advice]:
        """Report tools that may write without a question, as far as the config tells."""
        unasked = []
        for name in self.allow:
            override = self.overrides.get(name)
            effect = override.effect if override is not None else None
            writes = effect == "writes" or (effect is None and not self.trust_hints)
            if writes and (override is None or override.confirm is None):
                unasked.append(name)
        if unasked:
            yield Advice(
                "allow",
                f"{', '.join(map(repr, unasked))} may change something without a question to the user; in "
                '`overrides`, set `effect: reads` for what only reads, else `confirm: "Shall I ...?"`, or '
                '`confirm: ""` if no question is needed',
            )
