"""The options that the chat models have in common, and those of `openai`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue, field_validator, model_validator

from voicebot import Advice, Field, Options, SecretStr
from voicebot_openai.models import similar_model

OPENAI_HOST = "api.openai.com"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_RESERVED = frozenset({"connection", "content-length", "content-type", "transfer-encoding"})


class Server(Options):
    """The server of a chat model; subclasses define its address and key."""

    @field_validator("api_key", check_fields=False)
    @classmethod
    def _check_key(cls, api_key: SecretStr | None) -> SecretStr | None:
        key = api_key.get_secret_value().strip() if api_key else ""
        if not (key.isascii() and key.isprintable()):
            raise ValueError("contains characters that a key cannot have; copy it again")
        return api_key

    @property
    def url(self) -> str:
        """Address of the API."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The key in plain text, empty if there is none."""
        key: SecretStr | None = getattr(self, "api_key", None)
        return key.get_secret_value().strip() if key else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        password = urlsplit(self.url).password or ""
        return tuple(secret for secret in (self.key, password, unquote(password)) if secret)

    @property
    def host(self) -> str:
        """The host in the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")

    @property
    def is_ollama(self) -> bool:
        """Whether the server is most likely Ollama, by its port."""
        return urlsplit(self.url).port == 11434

    @property
    def is_azure(self) -> bool:
        """Whether the server is Azure OpenAI, which has error messages of its own."""
        return False

    @property
    def signs_in(self) -> bool:
        """Whether an access token, which is renewed regularly, is sent instead of a key."""
        return False

    @property
    def target(self) -> str:
        """The name of the model in requests."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """The address as it may be shown: without user name, password and query."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


class ChatOptions(Server):
    """How to ask a chat model for a reply, on any server."""

    temperature: float | None = Field(None, ge=0, le=2)
    """Sampling temperature, from 0 (always the likeliest word) to 2; the server's default when unset."""
    top_p: float | None = Field(None, gt=0, le=1)
    """Share of the likeliest words that the model picks from; the server's default when unset."""
    max_tokens: int | None = Field(None, ge=1)
    """Maximum length of a reply in tokens, including reasoning; longer replies are cut off. No limit when
    unset."""
    reasoning_effort: str | None = Field(None, min_length=1)
    """How much a reasoning model thinks (`none`, `minimal`, `low`, `medium`, `high`); other models may reject
    it."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    """Fields to add to every request unchanged, for parameters of a single vendor."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """HTTP headers to add to every request, for a gateway in between: `{X-Team: ${TEAM_KEY}}`. They replace
    headers of the same name, and their values are never shown."""
    system_role: Literal["system", "user"] = "system"
    """How to send the persona: `user` puts it before the first question, for models whose template has no
    system message (Gemma, the first Mistral models)."""
    begins_in_thought: bool = False
    """Whether replies begin with reasoning of which only the end is marked (`</think>`), like those of
    DeepSeek-R1 and QwQ on a server that does not separate reasoning. If unset, this is learned from the first
    reply."""
    connect_timeout: float = Field(5.0, gt=0, le=60)
    """Seconds that connecting to the server may take."""
    timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that the server may send nothing, before the first chunk of a reply or between two chunks."""
    max_retries: int = Field(1, ge=0, le=5)
    """How often to ask again when the server fails before the first word of a reply."""
    retry_budget: float = Field(2.0, ge=0, le=60)
    """Seconds after the question within which to ask again; if the server asks for a longer wait, the reply
    fails at once."""

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!a} is not a valid header name")
            if name.lower() in _RESERVED:
                raise ValueError(f"{name} cannot be set")
            text = value.get_secret_value()
            if not (text.isascii() and text.isprintable()):
                raise ValueError(f"the value of {name} contains characters that a header cannot have")
        if len({name.lower() for name in headers}) < len(headers):
            raise ValueError("a header is given twice; header names ignore case")
        return headers

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        values = (value.get_secret_value().strip() for value in self.headers.values())
        return (*super().secrets, *(part for value in values for part in (value, *value.split()) if part))


class OpenAIServer(Server):
    """Any server with OpenAI's chat completions API."""

    model: str = Field(min_length=1)
    """Name of the model on the server: `gpt-4o-mini`, `llama3.2`."""
    base_url: str = Field(f"https://{OPENAI_HOST}/v1", repr=False)  # it may hold a password
    """Address of the API, usually ending in `/v1`; Ollama's is `http://localhost:11434/v1`."""
    api_key: SecretStr | None = None
    """Key for the server; local servers usually need none."""

    @field_validator("base_url")
    @classmethod
    def _check_address(cls, base_url: str) -> str:
        base_url = base_url.strip()
        if not is_address(base_url):
            raise ValueError("must be an address such as http://localhost:11434/v1")
        return base_url

    @property
    def url(self) -> str:
        """Address of the API."""
        return self.base_url

    @property
    def target(self) -> str:
        """The name of the model in requests."""
        return self.model


class OpenAIChatOptions(ChatOptions, OpenAIServer):  # fields are listed from the last base to the first
    """Options of the `openai` chat model."""

    preload: bool = False
    """Whether to ask for a reply at start, so that a local server loads the model before it is needed."""

    @model_validator(mode="after")
    def _check_key_is_given(self) -> OpenAIChatOptions:
        if self.host == OPENAI_HOST and not self.key and not self.headers:
            raise ValueError(
                f"{self.address} needs a key: add `api_key: ${{OPENAI_API_KEY}}`, or set another `base_url`"
            )
        return self

    def advice(self, language: str) -> Iterable[Advice]:
        """Warn of unknown models and malformed keys, if the server is OpenAI's own."""
        if self.host != OPENAI_HOST:
            return
        if similar := similar_model(self.model):
            yield Advice("model", f"'{self.model}' is not a known model; did you mean '{similar}'?")
        if self.key and not self.key.startswith("sk-"):
            yield Advice("api_key", "`api_key` does not look like a key of OpenAI, which begins with sk-")
        yield from effort_advice(self.reasoning_effort)

    @property
    def request_fields(self) -> dict[str, object]:
        """The fields of a request other than model and messages, without those that are unset."""
        # Reasoning models of openai.com reject the old name; many other servers do not know the new one.
        limit = "max_completion_tokens" if self.host == OPENAI_HOST else "max_tokens"
        fields = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "reasoning_effort": self.reasoning_effort,
            limit: self.max_tokens,
            "extra_body": self.extra_body or None,
        }
        return {name: value for name, value in fields.items() if value is not None}


def effort_advice(effort: str | None) -> Iterator[Advice]:
    """Warn of a value that OpenAI's models do not have."""
    if effort is not None and effort not in _EFFORTS:
        similar = get_close_matches(effort, _EFFORTS, 1)
        hint = f"did you mean '{similar[0]}'?" if similar else f"the values are {', '.join(_EFFORTS)}"
        yield Advice("reasoning_effort", f"'{effort}' is not a known reasoning effort; {hint}")


def is_address(text: str) -> bool:
    """Return whether a text is the complete address of a web server."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
