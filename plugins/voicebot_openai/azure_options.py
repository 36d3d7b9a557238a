"""The options of the `azure-openai` chat model, and advice on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, SecretStr
from voicebot_openai.models import family_of, retirement_of, similar_model
from voicebot_openai.options import OPENAI_HOST, ChatOptions, Server, effort_advice, is_address

_DOMAINS = (
    *(".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
    *(".openai.azure.us", ".cognitiveservices.azure.us", ".services.ai.azure.us"),
    *(".openai.azure.cn", ".cognitiveservices.azure.cn"),
    ".azure-api.net",
)
_DEPLOYMENT = re.compile(r"[A-Za-z0-9._-]+")
_SPEECH = re.compile(r"(speech\.microsoft|\.api\.cognitive\.microsoft)\.(com|us|azure)$")
_REQUEST_PATH = re.compile(r"/(openai|api/projects|models|chat)(/|$).*")
_RETIRES_SOON = timedelta(days=60)


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
    api_version: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d(-preview)?$")
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
        try:
            date.fromisoformat((version or "2000-01-01")[:10])
        except ValueError:
            raise ValueError(f"'{version}' is not a date such as 2024-10-21") from None
        return version

    @field_validator("endpoint")
    @classmethod
    def _check_endpoint(cls, endpoint: str) -> str:
        endpoint = endpoint.strip()
        if not is_address(endpoint) or "@" in urlsplit(endpoint).netloc:
            raise ValueError("must be an address such as https://NAME.openai.azure.com/")
        return endpoint

    @model_validator(mode="after")
    def _check_credentials(self) -> AzureServer:
        if self.entra and self.key:
            raise ValueError("`entra: true` needs no `api_key`; write `api_key: null`")
        if not self.entra and not self.key and not getattr(self, "headers", None):
            raise ValueError("Azure OpenAI needs an `api_key`, or `entra: true` to sign in without one")
        return self

    @property
    def url(self) -> str:
        """Address of the resource, without the path of a request."""
        parts = urlsplit(self.endpoint)
        path = _REQUEST_PATH.sub("", parts.path).rstrip("/")
        return parts._replace(path=path, query="", fragment="").geturl()

    @property
    def address(self) -> str:
        """The name of the server in messages."""
        return f"Azure OpenAI at {urlsplit(self.url).netloc}"

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
    def scope(self) -> str:
        """The scope to request of Entra ID."""
        end = "us" if self.host.endswith(".us") else "cn" if self.host.endswith(".cn") else "com"
        if self.api_version is None and end == "com":
            return "https://ai.azure.com/.default"
        return f"https://cognitiveservices.azure.{end}/.default"


class AzureChatOptions(ChatOptions, AzureServer):  # fields are listed from the last base to the first
    """Options of the `azure-openai` chat model."""

    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting to the service may take."""
    timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the service may send nothing, before the first chunk of a reply or between two chunks."""
    max_retries: int = Field(2, ge=0, le=5)
    """How often to ask again when the service fails before the first word of a reply."""
    retry_budget: float = Field(4.0, ge=0, le=60)
    """Seconds after the question within which to ask again; if the `retry-after` of the service is longer,
    the reply fails at once."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of mistakes in the endpoint, the deployment, the model and its parameters."""
        yield from self._endpoint_advice()
        yield from self._parameter_advice()
        if not _DEPLOYMENT.fullmatch(self.deployment):
            yield Advice(
                "deployment",
                "`deployment` is not a valid name: it may contain only letters, digits, -, _ and .",
            )
        if self.model and (similar := similar_model(self.model)):
            yield Advice("model", f"'{self.model}' is not a known model; did you mean '{similar}'?")
        yield from effort_advice(self.reasoning_effort)
        option, name = ("model", self.model) if self.model else ("deployment", self.deployment)
        if warning := retirement_warning(name, datetime.now(UTC).date()):
            yield Advice(option, warning)

    def _endpoint_advice(self) -> Iterable[Advice]:
        parts = urlsplit(self.endpoint)
        if self.host == OPENAI_HOST:
            yield Advice("endpoint", f"{OPENAI_HOST} is not in Azure; use `provider: openai`")
        elif _SPEECH.search(self.host):
            yield Advice(
                "endpoint",
                f"{self.host} belongs to Azure Speech; the address of an Azure OpenAI resource looks like "
                "https://NAME.openai.azure.com/",
            )
        elif not self.is_local and not self.host.endswith(_DOMAINS):
            yield Advice(
                "endpoint",
                f"{self.host} does not look like Azure OpenAI, whose addresses look like "
                "https://NAME.openai.azure.com/; ignore this if it is your own gateway",
            )
        if parts.query or _REQUEST_PATH.search(parts.path):
            yield Advice("endpoint", f"only {self.url}/ is used: the rest belongs to individual requests")
        if parts.scheme == "http" and not self.is_local:
            yield Advice("endpoint", "the key and the conversation are sent unencrypted; write https://")

    def _parameter_advice(self) -> Iterable[Advice]:
        family = family_of(self.model or self.deployment)
        if family is None:
            return
        name = self.model or self.deployment
        if not family.reasoning:
            if self.reasoning_effort is not None:
                option = "reasoning_effort"
                yield Advice(option, f"`{option}` is not sent: {name} is not a reasoning model")
            return
        for option in ("temperature", "top_p"):
            if getattr(self, option) is not None:
                yield Advice(option, f"`{option}` is not sent: {name} is a reasoning model, which rejects it")
        if self.max_tokens is not None:
            yield Advice(
                "max_tokens",
                f"`max_tokens` includes the reasoning of {name} and may leave nothing for the reply; ask for "
                "short replies in `system` instead",
            )


def retirement_warning(name: str, today: date) -> str:
    """Return a warning of a model that is retired or soon will be, else an empty string."""
    retirement = retirement_of(name)
    if retirement is None or retirement[1] - today > _RETIRES_SOON:
        return ""
    model, day = retirement
    when = "was retired on" if day <= today else "will be retired on"
    return f"{model} {when} {day.isoformat()}; deploy a newer model in ai.azure.com"
