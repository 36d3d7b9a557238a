"""What the chat models have in common to configure, and the options of `openai`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue, field_validator, model_validator

from voicebot import Advice, Field, Options, SecretStr
from voicebot_openai.models import meant_model

OPENAI_HOST = "api.openai.com"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_OURS = frozenset({"connection", "content-length", "content-type", "transfer-encoding"})


class Server(Options):
    """Whom a chat model talks to; subclasses say where that is and with which key."""

    @field_validator("api_key", check_fields=False)
    @classmethod
    def _can_be_sent(cls, api_key: SecretStr | None) -> SecretStr | None:
        key = api_key.get_secret_value().strip() if api_key else ""
        if not (key.isascii() and key.isprintable()):
            raise ValueError("contains characters that no key has; copy it again")
        return api_key

    @property
    def url(self) -> str:
        """Address of the API."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The key itself, empty when there is none."""
        key: SecretStr | None = getattr(self, "api_key", None)
        return key.get_secret_value().strip() if key else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must show nowhere."""
        password = urlsplit(self.url).password or ""
        return tuple(secret for secret in (self.key, password, unquote(password)) if secret)

    @property
    def host(self) -> str:
        """Name of the machine in the address."""
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
        """Whether the server is Azure OpenAI, which has troubles of its own."""
        return False

    @property
    def signs_in(self) -> bool:
        """Whether a token is sent that is asked for anew again and again, instead of a key."""
        return False

    @property
    def target(self) -> str:
        """What the server calls the model."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """The address as it may be shown: without the user name, password and query it may contain."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


class ChatOptions(Server):
    """How a chat model is asked, whoever answers."""

    temperature: float | None = Field(None, ge=0, le=2)
    """How freely words are picked, from 0 (always the likeliest) to 2; the server's own when unset."""
    top_p: float | None = Field(None, gt=0, le=1)
    """Share of the likeliest words the model picks from; the server's own when unset."""
    max_tokens: int | None = Field(None, ge=1)
    """Longest reply in tokens, thoughts included; longer ones are cut off. No limit when unset."""
    reasoning_effort: str | None = Field(None, min_length=1)
    """How long a thinking model thinks (`none`, `minimal`, `low`, `medium`, `high`); others may refuse it."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    """Fields added to every request as they are, for what only one vendor knows."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """HTTP headers added to every request, for a gateway in between: `{X-Team: ${TEAM_KEY}}`. They show
    nowhere, and go before those of the same name that are sent anyway."""
    system_role: Literal["system", "user"] = "system"
    """As what the persona is sent: `user` puts it in front of the first question, for models whose template
    takes no system message (Gemma, the first of Mistral)."""
    begins_in_thought: bool = False
    """Whether replies begin with a thought of which only the end is marked (`</think>`), as those of
    DeepSeek-R1 and QwQ do where the server does not keep thoughts apart; else the first reply tells."""
    connect_timeout: float = Field(5.0, gt=0, le=60)
    """Seconds that connecting to the server may take."""
    timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that the server may stay silent, before the first piece of a reply or between two pieces."""
    max_retries: int = Field(1, ge=0, le=5)
    """How often a reply is asked for again when the server fails before the reply's first word."""
    retry_budget: float = Field(2.0, ge=0, le=60)
    """Seconds after the question up to which the reply may be asked for again; a server that wants us to
    wait for longer is not waited for."""

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!a} is no name of a header")
            if name.lower() in _OURS:
                raise ValueError(f"{name} is not for others to set")
            text = value.get_secret_value()
            if not (text.isascii() and text.isprintable()):
                raise ValueError(f"the value of {name} contains characters that no header has")
        if len({name.lower() for name in headers}) < len(headers):
            raise ValueError("one of the headers is there twice; upper and lower case are the same")
        return headers

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must show nowhere."""
        values = (value.get_secret_value().strip() for value in self.headers.values())
        return (*super().secrets, *(part for value in values for part in (value, *value.split()) if part))


class OpenAIServer(Server):
    """Any server with OpenAI's chat completions API."""

    model: str = Field(min_length=1)
    """Name of the model, as the server calls it: `gpt-4o-mini`, `llama3.2`."""
    base_url: str = Field(f"https://{OPENAI_HOST}/v1", repr=False)  # it may hold a password
    """Address of the server's API, mostly ending in `/v1`; Ollama's is `http://localhost:11434/v1`."""
    api_key: SecretStr | None = None
    """Key that the server asks for; local servers mostly ask for none."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, base_url: str) -> str:
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
        """What the server calls the model."""
        return self.model


class OpenAIChatOptions(ChatOptions, OpenAIServer):  # whom before how, as the bases are read from the last
    """Options of the `openai` chat model."""

    preload: bool = False
    """Whether a reply is asked for at start, so that a local server loads the model before it is needed."""

    @model_validator(mode="after")
    def _has_the_key_it_needs(self) -> OpenAIChatOptions:
        if self.host == OPENAI_HOST and not self.key and not self.headers:
            raise ValueError(
                f"{self.address} needs a key: add `api_key: ${{OPENAI_API_KEY}}`, or another `base_url`"
            )
        return self

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise where the server is OpenAI's own, whose models and keys are known."""
        if self.host != OPENAI_HOST:
            return
        if meant := meant_model(self.model):
            yield Advice("model", f"'{self.model}' is not known as a model; did you mean '{meant}'?")
        if self.key and not self.key.startswith("sk-"):
            yield Advice("api_key", "`api_key` is unlike those of OpenAI, which begin with sk-")
        yield from effort_advice(self.reasoning_effort)

    @property
    def request_fields(self) -> dict[str, object]:
        """What a request says beside the model and the messages; what is unset is left to the server."""
        # Thinking models of openai.com refuse the old name, many other servers do not know the new one.
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
    """Give a warning of an effort that no model of OpenAI's has."""
    if effort is not None and effort not in _EFFORTS:
        near = get_close_matches(effort, _EFFORTS, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f", which are {', '.join(_EFFORTS)}"
        yield Advice("reasoning_effort", f"'{effort}' is not known as an effort{hint}")


def is_address(text: str) -> bool:
    """Return whether a text is a complete address of a web server."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
