"""What a config says about calls of web services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, field_validator, model_validator

from voicebot import (
    Advice,
    Field,
    Options,
    SecretStr,
    ServerAddress,
    Tool,
    ToolsetOptions,
    check_headers,
    is_this_machine,
)
from voicebot_tools.arguments import NAME, NAME_RULE, Arguments, parameter, unknown_placeholders
from voicebot_tools.web.parameters import Parameter, ParameterType
from voicebot_tools.web.template import placeholders, placeholders_in_keys

_PARAMETER_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BODIES = ("POST", "PUT", "PATCH")


def _named(rule: re.Pattern[str], what: str) -> AfterValidator:
    """Return a check that the names in a mapping follow a rule; `what` says which."""

    def check(mapping: dict[str, Any]) -> dict[str, Any]:
        for name in mapping:
            if not rule.fullmatch(name):
                raise ValueError(f"{name!r} must consist of {what}")
        return mapping

    return AfterValidator(check)


class HttpTool(Options):
    """One call of a web service."""

    description: str
    """What it does and when to use it, for the chat model."""
    url: str
    """Address; `{parameter}` in its path or query stands for an argument, such as
    `https://api.example.com/v1/cities/{city}`. The host cannot depend on an argument."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    """Method of the request."""
    parameters: Annotated[
        dict[str, ParameterType | Parameter],
        _named(_PARAMETER_NAME, "letters, digits and '_'"),
    ] = Field(default_factory=dict)
    """The arguments, each with its type (`city: string`) or more (`{type: integer, description: Number of
    guests, optional: true}`)."""
    query: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """What to add to the query, such as `{q: "{city}", units: metric}`. What names an argument that was not
    given is left out."""
    secret_query: dict[str, SecretStr] = Field(default_factory=dict)
    """The same for secrets, such as `{appid: "${WEATHER_KEY}"}`; they are never shown."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """Headers, such as `{Authorization: "Bearer ${BOOKING_TOKEN}"}`; their values are never shown."""
    body: Any = None
    """JSON to send, such as `{name: "{name}", guests: "{guests}"}`. A text that is nothing but a placeholder
    becomes the argument itself, such as a number; what names an argument that was not given is left out."""
    result: str = ""
    """Which part of the JSON in the response the chat model gets: keys and numbers with dots between them,
    such as `current.summary` or `list.0.title`; `*` stands for each item. Empty for all of it."""
    effect: Literal["reads", "writes"] | None = None
    """`reads` if a call changes nothing, so that it may be made before the user's turn is over, or in vain;
    `writes` if it is made once, when it is the bot's turn. By default, only GET reads."""
    confirm: str | None = None
    """A question that the user has to answer with yes before the call, such as `Shall I book a table for
    {guests}?`."""
    timeout: float | None = Field(None, gt=0, le=3600)
    """Seconds that a call may take; unset for `tool_use.timeout`."""
    limit: int = Field(500_000, ge=1_000, le=20_000_000)
    """Bytes that a response may have."""
    insecure: bool = False
    """Whether the address may begin with `http:` although the server is not on this machine, so that others
    in the network can read and change what is sent."""

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\\#]", url):
            raise ValueError("must be an address that begins with https:// and has no '#'")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must not contain a user name or password; use `headers`")
        if re.search(r"[{}]", parts.netloc):
            raise ValueError("the host must not depend on an argument")
        _ = parts.port  # raises ValueError itself
        return url

    @field_validator("secret_query")
    @classmethod
    def _is_printable(cls, query: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in query.items():
            text = value.get_secret_value()
            if not (text.isascii() and text.isprintable()):
                raise ValueError(f"the value of {name} contains characters that it cannot have")
        return query

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return check_headers(headers, {"host"})

    @model_validator(mode="after")
    def _fits_together(self) -> HttpTool:
        used = [*placeholders(self.url), *placeholders(self.query), *placeholders(self.body)]
        for name in chain(used, unknown_placeholders(self.confirm or "", self.parameters)):
            if name not in self.parameters:
                raise ValueError(f"{{{name}}} is not one of its `parameters`")
        for name in chain(placeholders_in_keys(self.query), placeholders_in_keys(self.body)):
            raise ValueError(f"{{{name}}} is filled in only in values, not in the names of `query` or `body`")
        for option, secrets in (("headers", self.headers), ("secret_query", self.secret_query)):
            for name, value in secrets.items():
                if any(placeholders([name, value.get_secret_value()])):
                    reason = "which is not filled in there; write arguments in `url`, `query` or `body`"
                    raise ValueError(f"{name} in `{option}` has a name in braces, {reason}")
        if unused := [name for name in self.parameters if name not in used]:
            raise ValueError(f"the parameter '{unused[0]}' is used neither in `url` nor in `query` or `body`")
        for name in placeholders(self.url):
            if self.parameter(name).optional:
                raise ValueError(f"the parameter '{name}' cannot be optional, since `url` needs it")
        if self.body is not None and self.method not in _BODIES:
            raise ValueError(f"`body` needs one of the methods {', '.join(_BODIES)}")
        if not self.is_encrypted and not self.is_local and not self.insecure:
            raise ValueError(
                "`url` has to begin with https://; set `insecure: true` if you trust the network"
            )
        return self

    def parameter(self, name: str) -> Parameter:
        """Return a parameter, however short it was written."""
        written = self.parameters[name]
        return Parameter(type=written) if isinstance(written, str) else written

    def arguments(self) -> Arguments:
        """Return what reads the arguments that a chat model writes."""
        described: dict[str, Any] = {}
        for name in self.parameters:
            written = self.parameter(name)
            if written.optional:
                described[name] = (written.annotation | None, parameter(written.description, None))
            else:
                described[name] = (written.annotation, parameter(written.description))
        return Arguments(described)

    def tool(self, name: str) -> Tool:
        """Return what the chat model sees."""
        schema = self.arguments().schema
        effect: Literal["reads", "writes"] = "writes" if self.writes else "reads"
        return Tool(name, self.description, schema, effect, self.confirm or None, self.timeout)

    @property
    def writes(self) -> bool:
        """Whether a call changes something."""
        return self.effect == "writes" or (self.effect is None and self.method != "GET")

    @property
    def host(self) -> str:
        """The host in the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return is_this_machine(self.host)

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.url).scheme == "https"

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """The values that must never be shown."""
        return (*self.headers.values(), *self.secret_query.values())


class HttpToolOptions(ToolsetOptions):
    """The calls that there are."""

    tools: Annotated[dict[str, HttpTool], _named(NAME, NAME_RULE)]
    """Calls of web services, by the name that the tool has."""

    def known_tools(self) -> Mapping[str, Tool]:
        """Return all calls."""
        return {name: each.tool(name) for name, each in self.tools.items()}

    def server_addresses(self) -> Iterable[ServerAddress]:
        """Return the hosts of all calls."""
        found = []
        for each in self.tools.values():
            port = urlsplit(each.url).port or (443 if each.is_encrypted else 80)
            found.append(
                ServerAddress(each.host, port, each.is_encrypted, environment_proxy=not each.is_local)
            )
        return dict.fromkeys(found)

    def advice(self, language: str) -> Iterable[Advice]:
        """Report names that there are not, and connections that others can read."""
        for name, each in self.tools.items():
            if not each.is_encrypted and not each.is_local:
                yield Advice("tools", f"others in the network can read what '{name}' sends to {each.host}")
