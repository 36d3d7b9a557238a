"""The server of a voice or a recogniser: openai.com, Azure OpenAI, or any other with OpenAI's audio API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, Finding, SecretStr
from voicebot_openai.azure_server import (
    VERSION_PATTERN,
    check_credentials,
    checked_endpoint,
    checked_version,
    deployment_advice,
    endpoint_advice,
    resource_name,
    resource_url,
    token_scope,
)
from voicebot_openai.server import OPENAI_HOST, Connection, Server, is_address

_WARNING_TIME = timedelta(days=120)


class SpeechServer(Server):
    """A server with OpenAI's audio API: `base_url` and `model`, or `endpoint` and `deployment` of Azure."""

    shutdown_dates: ClassVar[dict[str, date]] = {}
    """The models of openai.com that will be shut down, and when."""
    successor: ClassVar[str] = ""
    """What to do then."""

    model: str | None = None
    """Name of the model on the server, or of the model that an Azure deployment has, if the name of the
    deployment does not contain it."""
    base_url: str = Field(f"https://{OPENAI_HOST}/v1", repr=False)  # it may hold a password
    """Address of the API, usually ending in `/v1`, such as `http://localhost:8000/v1`. Not for Azure."""
    api_key: SecretStr | None = None
    """Key for the server; local servers usually need none. With `endpoint`, the key of the Azure resource."""
    endpoint: str | None = None
    """Address of an Azure OpenAI resource, such as `https://NAME.openai.azure.com/`, in place of `base_url`.
    The emulator's is `http://127.0.0.1:PORT`."""
    deployment: str | None = Field(None, min_length=1)
    """Name of the Azure deployment, which you chose when you deployed the model."""
    entra: bool = False
    """Whether to sign in to Azure with Microsoft Entra ID (`az login`, a managed identity, ...) instead of a
    key. Needs the extra `entra`."""
    api_version: str | None = Field(None, pattern=VERSION_PATTERN)
    """Version of Azure's API, such as `2025-04-01-preview`; when unset, the v1 API is used, which has no
    versions."""

    @field_validator("api_key", "api_version", "model", "endpoint", "deployment", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Treat an empty environment variable as if the option had been left out."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("base_url")
    @classmethod
    def _check_address(cls, base_url: str) -> str:
        base_url = base_url.strip()
        if not is_address(base_url):
            raise ValueError("must be an address such as http://localhost:8000/v1")
        return base_url

    @field_validator("api_version")
    @classmethod
    def _check_date(cls, version: str | None) -> str | None:
        return checked_version(version)

    @field_validator("endpoint")
    @classmethod
    def _check_endpoint(cls, endpoint: str | None) -> str | None:
        return None if endpoint is None else checked_endpoint(endpoint)

    @model_validator(mode="after")
    def _check_server(self) -> Self:
        if self.endpoint is None:
            for name in ("deployment", "api_version", "entra"):
                if getattr(self, name):
                    raise ValueError(f"`{name}` is for Azure OpenAI, which needs an `endpoint`")
            if self.model is None:
                raise ValueError("`model` is missing: the name of the model on the server")
            if self.host == OPENAI_HOST and not self.key and not getattr(self, "headers", None):
                raise ValueError(
                    f"{self.address} needs a key: add `api_key: ${{OPENAI_API_KEY}}`, or set another "
                    "`base_url`"
                )
            return self
        if "base_url" in self.model_fields_set:
            raise ValueError("`endpoint` is for Azure OpenAI and `base_url` for others; leave one out")
        if self.deployment is None:
            raise ValueError("`deployment` is missing: the name of the deployment in Azure")
        check_credentials(self)
        return self

    @property
    def url(self) -> str:
        """Address of the API, or of the Azure resource."""
        return self.base_url if self.endpoint is None else resource_url(self.endpoint)

    @property
    def is_azure(self) -> bool:
        """Whether the server is Azure OpenAI."""
        return self.endpoint is not None

    @property
    def is_hosted(self) -> bool:
        """Whether the server is OpenAI's own, or Azure's."""
        return self.is_azure or self.host == OPENAI_HOST

    @property
    def signs_in(self) -> bool:
        """Whether an access token is sent instead of a key."""
        return self.entra

    @property
    def version(self) -> str | None:
        """The version of Azure's API."""
        return self.api_version

    @property
    def scope(self) -> str:
        """The scope to request of Entra ID."""
        return token_scope(self.host, self.api_version)

    @property
    def is_speech(self) -> bool:
        """Whether the server speaks or transcribes."""
        return True

    @property
    def target(self) -> str:
        """The name of the model in requests."""
        return self.deployment or self.model or ""

    @property
    def model_name(self) -> str:
        """The name that tells which model it is."""
        return (self.model or self.deployment or "").lower()

    @property
    def address(self) -> str:
        """The name of the server in messages."""
        return resource_name(self.url) if self.is_azure else super().address

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the server, and of models that will be shut down."""
        if self.endpoint is not None:
            yield from endpoint_advice(self, self.endpoint, "`base_url` and `model` instead of `endpoint`")
            yield from deployment_advice(self.deployment or "")
        elif self.host == OPENAI_HOST:
            if self.key and not self.key.startswith("sk-"):
                yield Advice("api_key", "`api_key` does not look like a key of OpenAI, which begins with sk-")
            for found in self.diagnose():
                if found.verdict in {"warning", "problem"}:
                    yield Advice("model", f"{found.message}; {found.remedy}")

    def diagnose(self) -> Iterator[Finding]:
        """Report when openai.com shuts the model down, as far as that was announced."""
        day = self.shutdown_dates.get(self.target)
        if self.host != OPENAI_HOST or day is None:
            return
        gone, soon = day <= datetime.now(UTC).date(), day - datetime.now(UTC).date() <= _WARNING_TIME
        message = f"openai.com {'shut' if gone else 'will shut'} {self.target} down on {day}"
        verdict: Literal["ok", "warning", "problem"] = "problem" if gone else "warning" if soon else "ok"
        yield Finding("retirement", verdict, message, self.successor if gone or soon else "")


class SpeechOptions(Connection, SpeechServer):  # fields are listed from the last base to the first
    """A server with OpenAI's audio API, and how to send requests to it."""
