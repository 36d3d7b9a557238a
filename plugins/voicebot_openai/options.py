"""The options that the chat models have in common, and those of `openai`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Literal

from pydantic import JsonValue, field_validator, model_validator

from voicebot import Advice, Field, SecretStr
from voicebot_openai.models import similar_model
from voicebot_openai.server import OPENAI_HOST, Connection, Server, is_address

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")


class ChatParameters(Server):
    """What to ask of a chat model."""

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
    system_role: Literal["system", "user"] = "system"
    """How to send the persona: `user` puts it before the first question, for models whose template has no
    system message (Gemma, the first Mistral models)."""
    begins_in_thought: bool = False
    """Whether replies begin with reasoning of which only the end is marked (`</think>`), like those of
    DeepSeek-R1 and QwQ on a server that does not separate reasoning. If unset, this is learned from the first
    reply."""


class ChatOptions(Connection, ChatParameters):  # fields are listed from the last base to the first
    """How to ask a chat model for a reply, on any server."""


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


class OpenAIChatOptions(ChatOptions, OpenAIServer):
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
