"""An Azure OpenAI resource: its address, its credentials, and advice on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, SecretStr
from voicebot_openai.server import OPENAI_HOST, Server, is_address

VERSION_PATTERN = r"^\d{4}-\d\d-\d\d(-preview)?$"
_DOMAINS = (
    *(".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
    *(".openai.azure.us", ".cognitiveservices.azure.us", ".services.ai.azure.us"),
    *(".openai.azure.cn", ".cognitiveservices.azure.cn"),
    ".azure-api.net",
)
_DEPLOYMENT = re.compile(r"[A-Za-z0-9._-]+")
_SPEECH = re.compile(r"(speech\.microsoft|\.api\.cognitive\.microsoft)\.(com|us|azure)$")
_REQUEST_PATH = re.compile(r"/(openai|api/projects|models|chat)(/|$).*")


class AzureServer(Server):
    """A deployment of a model in Azure OpenAI."""

    endpoint: str
    """Address of the Azure OpenAI resource, such as `https://NAME.openai.azure.com/`, found in the Azure
    portal under "Keys and Endpoint". The emulator's is `http://127.0.0.1:PORT`."""
    deployment: str = Field(min_length=1)
    """Name of the deployment, which you chose when you deployed the model; not the name of the model."""
    api_key: SecretStr | None = None
    """Key of the resource, found in the Azure portal under "Keys and Endpoint"."""
    entra: bool = False
    """Whether to sign in with Microsoft Entra ID (`az login`, a managed identity, ...) instead of a key.
    Needs the extra `entra`."""
    api_version: str | None = Field(None, pattern=VERSION_PATTERN)
    """Version of the API, such as `2024-10-21`; when unset, the v1 API is used, which has no versions."""
    model: str | None = None
    """Name of the deployed model, such as `gpt-5.4-mini`, if the name of the deployment does not contain it.
    It decides which parameters are sent."""

    @field_validator("api_key", "api_version", "model", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Treat an empty environment variable as if the option had been left out."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("api_version")
    @classmethod
    def _check_date(cls, version: str | None) -> str | None:
        return checked_version(version)

    @field_validator("endpoint")
    @classmethod
    def _check_endpoint(cls, endpoint: str) -> str:
        return checked_endpoint(endpoint)

    @model_validator(mode="after")
    def _check_credentials(self) -> AzureServer:
        check_credentials(self)
        return self

    @property
    def url(self) -> str:
        """Address of the resource, without the path of a request."""
        return resource_url(self.endpoint)

    @property
    def address(self) -> str:
        """The name of the server in messages."""
        return resource_name(self.url)

    @property
    def target(self) -> str:
        """The name of the model in requests."""
        return self.deployment

    @property
    def is_azure(self) -> bool:
        """Whether the server is Azure OpenAI."""
        return True

    @property
    def signs_in(self) -> bool:
        """Whether an access token is sent instead of a key."""
        return self.entra

    @property
    def version(self) -> str | None:
        """The version of the API; None for the v1 API."""
        return self.api_version

    @property
    def scope(self) -> str:
        """The scope to request of Entra ID."""
        return token_scope(self.host, self.api_version)


def checked_version(version: str | None) -> str | None:
    """Return a version of the API; raise `ValueError` if it is not a date."""
    try:
        date.fromisoformat((version or "2000-01-01")[:10])
    except ValueError:
        raise ValueError(f"'{version}' is not a date such as 2024-10-21") from None
    return version


def checked_endpoint(endpoint: str) -> str:
    """Return the address of a resource without blanks; raise `ValueError` if it is not one."""
    endpoint = endpoint.strip()
    if not is_address(endpoint) or "@" in urlsplit(endpoint).netloc:
        raise ValueError("must be an address such as https://NAME.openai.azure.com/")
    return endpoint


def check_credentials(server: Server) -> None:
    """Raise `ValueError` unless there is either a key or a sign-in."""
    if server.signs_in and server.key:
        raise ValueError("`entra: true` needs no `api_key`; write `api_key: null`")
    if not server.signs_in and not server.key and not getattr(server, "headers", None):
        raise ValueError("Azure OpenAI needs an `api_key`, or `entra: true` to sign in without one")


def resource_url(endpoint: str) -> str:
    """Return the address of a resource without the path of a request."""
    parts = urlsplit(endpoint)
    path = _REQUEST_PATH.sub("", parts.path).rstrip("/")
    return parts._replace(path=path, query="", fragment="").geturl()


def resource_name(url: str) -> str:
    """Return the name of a resource in messages."""
    return f"Azure OpenAI at {urlsplit(url).netloc}"


def token_scope(host: str, version: str | None) -> str:
    """Return the scope of an access token to request of Entra ID."""
    end = "us" if host.endswith(".us") else "cn" if host.endswith(".cn") else "com"
    if version is None and end == "com":
        return "https://ai.azure.com/.default"
    return f"https://cognitiveservices.azure.{end}/.default"


def endpoint_advice(server: Server, endpoint: str, elsewhere: str) -> Iterable[Advice]:
    """Warn of mistakes in the address of a resource; `elsewhere` is the provider for openai.com."""
    parts = urlsplit(endpoint)
    if server.host == OPENAI_HOST:
        yield Advice("endpoint", f"{OPENAI_HOST} is not in Azure; use {elsewhere}")
    elif _SPEECH.search(server.host):
        yield Advice(
            "endpoint",
            f"{server.host} belongs to Azure Speech; the address of an Azure OpenAI resource looks like "
            "https://NAME.openai.azure.com/",
        )
    elif not server.is_local and not server.host.endswith(_DOMAINS):
        yield Advice(
            "endpoint",
            f"{server.host} does not look like Azure OpenAI, whose addresses look like "
            "https://NAME.openai.azure.com/; ignore this if it is your own gateway",
        )
    if parts.query or _REQUEST_PATH.search(parts.path):
        yield Advice("endpoint", f"only {server.url}/ is used: the rest belongs to individual requests")
    if parts.scheme == "http" and not server.is_local:
        yield Advice("endpoint", "the key and the conversation are sent unencrypted; write https://")


def deployment_advice(deployment: str) -> Iterable[Advice]:
    """Warn of a name that no deployment can have."""
    if not _DEPLOYMENT.fullmatch(deployment):
        yield Advice(
            "deployment",
            "`deployment` is not a valid name: it may contain only letters, digits, -, _ and .",
        )
