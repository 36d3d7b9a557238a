"""What the `azure-openai` chat model can be configured with, and what is unwise about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from voicebot import Advice, Field, SecretStr
from voicebot_openai.models import family_of, meant_model, retirement_of
from voicebot_openai.options import OPENAI_HOST, ChatOptions, Server, effort_advice, is_address

_DOMAINS = (
    *(".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
    *(".openai.azure.us", ".cognitiveservices.azure.us", ".services.ai.azure.us"),
    *(".openai.azure.cn", ".cognitiveservices.azure.cn"),
    ".azure-api.net",
)
_DEPLOYMENT = re.compile(r"[A-Za-z0-9._-]+")
_SPEECH = re.compile(r"(speech\.microsoft|\.api\.cognitive\.microsoft)\.(com|us|azure)$")
_OUR_PATHS = re.compile(r"/(openai|api/projects|models|chat)(/|$).*")
_SOON = timedelta(days=60)


class AzureServer(Server):
    """A deployment of a model in Azure."""

    endpoint: str
    """Address of the Azure OpenAI resource, as `https://NAME.openai.azure.com/`; in the Azure portal under
    "Keys and Endpoint". `http://127.0.0.1:PORT` is the emulator's."""
    deployment: str = Field(min_length=1)
    """Name of the deployment, as you chose it when you deployed the model; not the model's own name."""
    api_key: SecretStr | None = None
    """Key of the resource; in the Azure portal under "Keys and Endpoint"."""
    entra: bool = False
    """Whether to sign in by Microsoft Entra ID (`az login`, a managed identity, ...) instead of a key; needs
    the extra `entra`."""
    api_version: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d(-preview)?$")
    """Version of the API to talk to, as `2024-10-21`; when unset the v1 API is used, which has none."""
    model: str | None = None
    """Name of the model that is deployed, as `gpt-5.4-mini`, where the deployment's name does not tell: it
    decides which parameters are sent."""

    @field_validator("api_key", "api_version", "model", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """Treat an empty variable of the environment as if the option was left out."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("api_version")
    @classmethod
    def _is_a_day(cls, version: str | None) -> str | None:
        try:
            date.fromisoformat((version or "2000-01-01")[:10])
        except ValueError:
            raise ValueError(f"'{version}' is no date; write it as 2024-10-21") from None
        return version

    @field_validator("endpoint")
    @classmethod
    def _is_an_endpoint(cls, endpoint: str) -> str:
        endpoint = endpoint.strip()
        if not is_address(endpoint) or "@" in urlsplit(endpoint).netloc:
            raise ValueError("must be an address such as https://NAME.openai.azure.com/")
        return endpoint

    @model_validator(mode="after")
    def _can_sign_in(self) -> AzureServer:
        if self.entra and self.key:
            raise ValueError("`entra: true` needs no `api_key`: write `api_key: null`")
        if not self.entra and not self.key and not getattr(self, "headers", None):
            raise ValueError("Azure OpenAI needs an `api_key`, or `entra: true` to sign in without one")
        return self

    @property
    def url(self) -> str:
        """Address of the resource; a path that belongs to single requests is left away."""
        parts = urlsplit(self.endpoint)
        path = _OUR_PATHS.sub("", parts.path).rstrip("/")
        return parts._replace(path=path, query="", fragment="").geturl()

    @property
    def address(self) -> str:
        """What messages call the server."""
        return f"Azure OpenAI at {urlsplit(self.url).netloc}"

    @property
    def target(self) -> str:
        """What the server calls the model."""
        return self.deployment

    @property
    def is_azure(self) -> bool:
        """Whether the server is Azure OpenAI."""
        return True

    @property
    def signs_in(self) -> bool:
        """Whether a token is sent instead of a key."""
        return self.entra

    @property
    def scope(self) -> str:
        """What a token of Entra ID must be good for."""
        end = "us" if self.host.endswith(".us") else "cn" if self.host.endswith(".cn") else "com"
        if self.api_version is None and end == "com":
            return "https://ai.azure.com/.default"
        return f"https://cognitiveservices.azure.{end}/.default"


class AzureChatOptions(ChatOptions, AzureServer):  # whom before how, as the bases are read from the last
    """Options of the `azure-openai` chat model."""

    connect_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds that connecting to the service may take."""
    timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the service may stay silent, before the first piece of a reply or between two pieces."""
    max_retries: int = Field(2, ge=0, le=5)
    """How often a reply is asked for again when the service fails before the reply's first word."""
    retry_budget: float = Field(4.0, ge=0, le=60)
    """Seconds after the question up to which the reply may be asked for again; a `retry-after` beyond that
    is not waited for."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise about the endpoint, the model and its parameters."""
        yield from self._about_endpoint()
        yield from self._about_parameters()
        if not _DEPLOYMENT.fullmatch(self.deployment):
            yield Advice(
                "deployment", "`deployment` is no name of one: it has letters, digits, -, _ and . alone"
            )
        if self.model and (meant := meant_model(self.model)):
            yield Advice("model", f"'{self.model}' is not known as a model; did you mean '{meant}'?")
        yield from effort_advice(self.reasoning_effort)
        option, name = ("model", self.model) if self.model else ("deployment", self.deployment)
        if warning := retirement_warning(name, datetime.now(UTC).date()):
            yield Advice(option, warning)

    def _about_endpoint(self) -> Iterable[Advice]:
        parts = urlsplit(self.endpoint)
        if self.host == OPENAI_HOST:
            yield Advice("endpoint", f"{OPENAI_HOST} is not in Azure; it takes `provider: openai`")
        elif _SPEECH.search(self.host):
            yield Advice(
                "endpoint",
                f"{self.host} belongs to Azure Speech; the address of an Azure OpenAI resource is as "
                "https://NAME.openai.azure.com/",
            )
        elif not self.is_local and not self.host.endswith(_DOMAINS):
            yield Advice(
                "endpoint",
                f"{self.host} does not look like Azure OpenAI, whose addresses are as "
                "https://NAME.openai.azure.com/; leave it if it is a gateway of your own",
            )
        if parts.query or _OUR_PATHS.search(parts.path):
            yield Advice("endpoint", f"only {self.url}/ of it is used: the rest belongs to single requests")
        if parts.scheme == "http" and not self.is_local:
            yield Advice("endpoint", "the key and all that is said travel unencrypted; write https://")

    def _about_parameters(self) -> Iterable[Advice]:
        family = family_of(self.model or self.deployment)
        if family is None:
            return
        name = self.model or self.deployment
        if not family.reasoning:
            if self.reasoning_effort is not None:
                option = "reasoning_effort"
                yield Advice(option, f"`{option}` is not sent: {name} does not think before it answers")
            return
        for option in ("temperature", "top_p"):
            if getattr(self, option) is not None:
                yield Advice(option, f"`{option}` is not sent: {name} is a reasoning model, which refuses it")
        if self.max_tokens is not None:
            yield Advice(
                "max_tokens",
                f"`max_tokens` counts the thoughts of {name} too, a reasoning model, and may leave nothing "
                "to say; ask for short replies in `system` instead",
            )


def retirement_warning(name: str, today: date) -> str:
    """Return what to say of a model that is retired or soon will be; empty when all is well."""
    known = retirement_of(name)
    if known is None or known[1] - today > _SOON:
        return ""
    model, day = known
    when = "was retired on" if day <= today else "retires on"
    return f"{model} {when} {day.isoformat()}; deploy a newer model in ai.azure.com"
