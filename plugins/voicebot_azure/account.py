"""The account with Azure Speech that recogniser and synthesizer share: whose, where, and the way there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import ClassVar, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, Options, SecretStr

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_RESOURCE = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.CognitiveServices/accounts/[^/]+",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


class SpeechAccount(Options):
    """Options of everything that talks to Azure Speech."""

    entra_needs_resource: ClassVar[bool] = True
    """Whether a token of Entra ID is accepted together with the resource's id alone."""

    key: SecretStr | None = None
    """Key of the Speech resource; in the Azure portal under "Keys and Endpoint"."""
    region: str | None = Field(None, pattern=r"^[a-z0-9]+$")
    """Region of the resource, as `swedencentral`; a key is good for its own region alone."""
    endpoint: str | None = None
    """Address to use instead of the region's own: `https://NAME.cognitiveservices.azure.com/` of a resource
    with a name of its own or a private endpoint, `ws://HOST:PORT` of an emulator or a container. Empty
    counts as not given."""
    container: bool = False
    """Whether `endpoint` is a Speech container, which knows other paths and needs no key."""
    entra: bool = False
    """Whether to sign in by Microsoft Entra ID (`az login`, a managed identity, ...) instead of a key; needs
    the extra `entra`."""
    resource_id: str | None = Field(None, pattern=r"^/subscriptions/")
    """Id of the resource for `entra`, as `/subscriptions/.../accounts/NAME`; in the portal under
    "Properties"."""
    proxy: str | None = Field(None, pattern=r"^[^\s:/@]+:\d{1,5}$")
    """HTTP proxy on the way to Azure, as `HOST:PORT`; none when unset (not supported on macOS)."""
    proxy_user: str | None = None
    """User name for the proxy, if it asks for one."""
    proxy_password: SecretStr | None = None
    """Password for the proxy, if it asks for one."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """HTTP headers sent when a connection is opened, for a gateway in between: `{X-Team: ${TEAM_KEY}}`. They
    show nowhere, and go before those of the same name that are sent anyway."""
    properties: dict[str, str] = Field(default_factory=dict)
    """Properties handed to the Speech SDK as they are, by name, after all others; for what no option is
    for. Values are texts: write `"300"`, not 300."""

    @field_validator("key", "region", "endpoint", "resource_id", "proxy", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Treat an empty variable of the environment as if the option was left out."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("region", mode="before")
    @classmethod
    def _is_an_identifier(cls, region: object) -> object:
        """Take `Sweden Central`, the name that the portal shows, for `swedencentral`."""
        return region.replace(" ", "").lower() if isinstance(region, str) else region

    @field_validator("key")
    @classmethod
    def _can_be_sent(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value().strip() if key else ""
        if not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("contains characters that no key has; copy it again")
        return SecretStr(text) if text else None

    @field_validator("endpoint")
    @classmethod
    def _is_an_address(cls, endpoint: str | None) -> str | None:
        if endpoint is None:
            return None
        endpoint = endpoint.strip()
        try:
            parts = urlsplit(endpoint)
            fine = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fine = False
        if not fine or "@" in parts.netloc:
            raise ValueError("must be an address such as https://NAME.cognitiveservices.azure.com/")
        return endpoint

    @field_validator("proxy")
    @classmethod
    def _has_a_port(cls, proxy: str | None) -> str | None:
        if proxy is not None and not 0 < int(proxy.rpartition(":")[2]) < 65_536:
            raise ValueError("a port is a number from 1 to 65535")
        return proxy

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            text = value.get_secret_value()
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!a} is no name of a header")
            if not (text.isascii() and text.isprintable()):
                raise ValueError(f"the value of {name} contains characters that no header has")
        if len({name.lower() for name in headers}) < len(headers):
            raise ValueError("one of the headers is there twice; upper and lower case are the same")
        return headers

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.region is None and self.endpoint is None:
            raise ValueError("Azure Speech needs a `region` or an `endpoint`")
        if self.entra and self.key is not None:
            raise ValueError("`entra: true` needs no `key`: write `key: null`")
        if self.container and self.endpoint is None:
            raise ValueError("`container: true` needs the `endpoint` of the container, as ws://HOST:5000")
        if not (self.entra or self.container) and self.key is None:
            raise ValueError("Azure Speech needs a `key`, or `entra: true` to sign in without one")
        if self.entra and self.resource_id is None and (self.entra_needs_resource or self.endpoint is None):
            raise ValueError("`entra: true` needs the `resource_id` of the Speech resource too")
        if self.proxy is None and (self.proxy_user or self.proxy_password):
            raise ValueError("`proxy_user` and `proxy_password` are for a `proxy`, and there is none")
        return self

    @property
    def place(self) -> str:
        """What errors call the service: its region, or the host of its endpoint."""
        if self.endpoint is None:
            return f"Azure Speech in {self.region}"
        return f"Azure Speech at {urlsplit(self.endpoint).netloc}"

    def server(self, service: str) -> tuple[str, int, bool]:
        """Return host and port that are connected to, and whether by TLS.

        Args:
            service: `stt` or `tts`.
        """
        if self.endpoint is None:
            return f"{self.region}.{service}.speech.microsoft.com", 443, True
        parts = urlsplit(self.endpoint)
        return (
            parts.hostname or "",
            parts.port or _DEFAULT_PORTS[parts.scheme],
            parts.scheme in {"https", "wss"},
        )

    @property
    def text_stream_endpoint(self) -> str:
        """The address that takes text while it is written; whole sentences have another."""
        if self.endpoint is None:
            return f"wss://{self.region}.tts.speech.microsoft.com/cognitiveservices/websocket/v2"
        parts = urlsplit(self.endpoint)
        scheme = "wss" if parts.scheme in {"https", "wss"} else "ws"
        path = "/tts/cognitiveservices/websocket/v2"
        if parts.path.endswith("/websocket/v1"):
            path = f"{parts.path.removesuffix('1')}2"
        elif (parts.hostname or "").endswith(".tts.speech.microsoft.com"):
            path = "/cognitiveservices/websocket/v2"
        return urlunsplit((scheme, parts.netloc, path, parts.query, ""))

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise about the account."""
        if self.region is not None and self.region not in (known := known_regions()):
            near = get_close_matches(self.region, known, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ", as 'swedencentral'"
            yield Advice("region", f"'{self.region}' is not known as a region of Azure Speech{hint}")
        if self.resource_id is not None and not _RESOURCE.fullmatch(self.resource_id):
            yield Advice(
                "resource_id",
                "`resource_id` is not of the form /subscriptions/ID/resourceGroups/GROUP/providers/"
                'Microsoft.CognitiveServices/accounts/NAME; copy it in the portal under "Properties"',
            )


@cache
def known_regions() -> tuple[str, ...]:
    """Return the regions of Azure Speech."""
    text = (files(__package__) / "regions.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["regions"])
