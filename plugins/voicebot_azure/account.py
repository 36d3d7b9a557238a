"""The Azure Speech account that recogniser and synthesizer share: credentials, address and proxy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, Finding, Options, SecretStr, ServerAddress, check_headers

_RESOURCE = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.CognitiveServices/accounts/[^/]+",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


class SpeechAccount(Options):
    """Options that the recogniser and the synthesizer have in common."""

    entra_needs_resource: ClassVar[bool] = True
    """Whether an Entra ID token is only accepted together with the id of the resource."""
    service: ClassVar[Literal["stt", "tts"]]
    """Which of the two services it is, as in the names of hosts."""

    key: SecretStr | None = None
    """Key of the Speech resource, found in the Azure portal under "Keys and Endpoint"."""
    region: str | None = Field(None, pattern=r"^[a-z0-9]+$")
    """Region of the resource, such as `swedencentral`. A key works only in its own region."""
    endpoint: str | None = None
    """Address to use instead of the region's: `https://NAME.cognitiveservices.azure.com/` for a resource with
    a custom domain or a private endpoint, `ws://HOST:PORT` for an emulator or a container. An empty value
    counts as unset."""
    container: bool = False
    """Whether `endpoint` is a Speech container, which uses other paths and needs no key."""
    entra: bool = False
    """Whether to sign in with Microsoft Entra ID (`az login`, a managed identity, ...) instead of a key.
    Needs the extra `entra`."""
    resource_id: str | None = Field(None, pattern=r"^/subscriptions/")
    """Id of the resource, for `entra`: `/subscriptions/.../accounts/NAME`, found in the Azure portal under
    "Properties"."""
    proxy: str | None = Field(None, pattern=r"^[^\s:/@]+:\d{1,5}$")
    """HTTP proxy to reach Azure through, as `HOST:PORT`. Not supported on macOS."""
    proxy_user: str | None = None
    """User name for the proxy, if it requires one."""
    proxy_password: SecretStr | None = None
    """Password for the proxy, if it requires one."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """HTTP headers to send when a connection is opened, for a gateway in between: `{X-Team: ${TEAM_KEY}}`.
    They replace headers of the same name, and their values are never shown."""
    properties: dict[str, str] = Field(default_factory=dict)
    """Properties to set on the Speech SDK by name, after all others, for anything that has no option of its
    own. Values are strings: write `"300"`, not 300."""

    @field_validator("key", "region", "endpoint", "resource_id", "proxy", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Treat an empty environment variable as if the option had been left out."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("region", mode="before")
    @classmethod
    def _normalize_region(cls, region: object) -> object:
        """Turn `Sweden Central`, the name that the portal shows, into `swedencentral`."""
        return region.replace(" ", "").lower() if isinstance(region, str) else region

    @field_validator("key")
    @classmethod
    def _check_key(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value().strip() if key else ""
        if not (text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("contains characters that a key cannot have; copy it again")
        return SecretStr(text) if text else None

    @field_validator("endpoint")
    @classmethod
    def _check_endpoint(cls, endpoint: str | None) -> str | None:
        if endpoint is None:
            return None
        endpoint = endpoint.strip()
        try:
            parts = urlsplit(endpoint)
            valid = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if not valid or "@" in parts.netloc:
            raise ValueError("must be an address such as https://NAME.cognitiveservices.azure.com/")
        return endpoint

    @field_validator("proxy")
    @classmethod
    def _check_port(cls, proxy: str | None) -> str | None:
        if proxy is not None and not 0 < int(proxy.rpartition(":")[2]) < 65_536:
            raise ValueError("the port must be from 1 to 65535")
        return proxy

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return check_headers(headers)

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        if self.region is None and self.endpoint is None:
            raise ValueError("Azure Speech needs a `region` or an `endpoint`")
        if self.entra and self.key is not None:
            raise ValueError("`entra: true` needs no `key`; write `key: null`")
        if self.container and self.endpoint is None:
            raise ValueError("`container: true` needs the container's `endpoint`, such as ws://HOST:5000")
        if not (self.entra or self.container) and self.key is None:
            raise ValueError("Azure Speech needs a `key`, or `entra: true` to sign in without one")
        if self.entra and self.resource_id is None and (self.entra_needs_resource or self.endpoint is None):
            raise ValueError("`entra: true` also needs the `resource_id` of the Speech resource")
        if self.proxy is None and (self.proxy_user or self.proxy_password):
            raise ValueError("`proxy_user` and `proxy_password` need a `proxy`")
        return self

    @property
    def place(self) -> str:
        """The name of the service in error messages: with its region, or the host of its endpoint."""
        if self.endpoint is None:
            return f"Azure Speech in {self.region}"
        return f"Azure Speech at {urlsplit(self.endpoint).netloc}"

    def server(self, service: str) -> tuple[str, int, bool]:
        """Return the host and port to connect to, and whether the connection uses TLS.

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

    def server_addresses(self) -> Iterator[ServerAddress]:
        """Yield the server, and the way to it: the SDK goes by `proxy` alone, not by the environment."""
        host, port, tls = self.server(self.service)
        proxy = None
        if self.proxy is not None:
            login = ""
            if self.proxy_user is not None:
                password = self.proxy_password.get_secret_value() if self.proxy_password else ""
                login = f"{quote(self.proxy_user, '')}:{quote(password, '')}@"
            proxy = SecretStr(f"http://{login}{self.proxy}")
        yield ServerAddress(host, port, tls, proxy=proxy)

    def diagnose(self) -> Iterator[Finding]:
        """Report a proxy of the environment, which the SDK does not use."""
        from voicebot_azure.environment_proxy import unused_proxy

        host, _, tls = self.server(self.service)
        if self.proxy is None:
            yield from unused_proxy(host, tls=tls)

    @property
    def text_stream_endpoint(self) -> str:
        """The address for streaming text; whole sentences go to another one."""
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
        """Warn of an unknown region and a malformed resource id."""
        if self.region is not None and self.region not in (known := known_regions()):
            similar = get_close_matches(self.region, known, 1)
            hint = f"; did you mean '{similar[0]}'?" if similar else ", such as 'swedencentral'"
            yield Advice("region", f"'{self.region}' is not a known region of Azure Speech{hint}")
        if self.resource_id is not None and not _RESOURCE.fullmatch(self.resource_id):
            yield Advice(
                "resource_id",
                "`resource_id` is not of the form /subscriptions/ID/resourceGroups/GROUP/providers/"
                'Microsoft.CognitiveServices/accounts/NAME; copy it from "Properties" in the Azure portal',
            )


@cache
def known_regions() -> tuple[str, ...]:
    """Return the regions of Azure Speech."""
    text = (files(__package__) / "regions.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["regions"])
