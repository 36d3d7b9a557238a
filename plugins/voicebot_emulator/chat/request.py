"""Requests for chat completions, checked as strictly as Azure OpenAI checks them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voicebot import Message, Tool
from voicebot_emulator.chat.history import read_messages
from voicebot_emulator.chat.refusals import bad_value, invalid, unsupported
from voicebot_emulator.chat.tools import read_tools
from voicebot_emulator.http.refusals import Refusal

_REASONING = re.compile(r"o\d|codex|gpt-([5-9]|\d\d)(?!.*\bchat\b)")
_REFUSED_BY_REASONING = (
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
)
_KNOWN = {
    *("messages", "model", "stream", "stream_options", "temperature", "max_tokens", "max_completion_tokens"),
    *("n", "stop", "seed", "user", "tools", "tool_choice", "parallel_tool_calls", "response_format"),
    *("reasoning_effort", "verbosity", "metadata", "store", "service_tier", "prompt_cache_key"),
    *("modalities", "prediction", "data_sources", "safety_identifier", *_REFUSED_BY_REASONING),
}


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A valid request."""

    deployment: str
    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    stream: bool
    usage: bool
    """Whether a stream ends with its token counts."""


def read(text: str, deployment: str | None, deployments: Mapping[str, str]) -> ChatCall:
    """Read a request to a deployment, which the body names if the address does not.

    Raises:
        Refusal: the service would refuse the request.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise invalid("The body of the request could not be read as a JSON object.")
    name = deployment or body.get("model")
    if not isinstance(name, str) or not name:
        raise invalid("The request does not say which model it is for.", param="model")
    if (model := deployments.get(name)) is None:
        raise not_found()
    for argument in body:
        if argument not in _KNOWN:
            raise invalid(f"Unrecognized request argument supplied: {argument}")
    messages = read_messages(body.get("messages"))
    _check_parameters(body, model)
    tools = read_tools(body, model)
    options = body.get("stream_options")
    if options is not None and not body.get("stream"):
        raise invalid("The 'stream_options' parameter needs 'stream'.", param="stream_options")
    usage = isinstance(options, dict) and options.get("include_usage") is True
    return ChatCall(name, model, messages, tools, body.get("stream") is True, usage)


def not_found() -> Refusal:
    """Return the refusal for a deployment that does not exist."""
    return Refusal(
        404,
        "The API deployment for this resource does not exist. If it was created within the last 5 minutes, "
        "wait a moment and try again.",
        code="DeploymentNotFound",
    )


def is_reasoning(model: str) -> bool:
    """Return whether a model reasons before it answers, and so refuses sampling parameters."""
    return _REASONING.match(model) is not None


def _check_parameters(body: Mapping[str, Any], model: str) -> None:
    for name, lowest, highest in (("temperature", 0, 2), ("top_p", 0, 1)):
        value = body.get(name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and lowest <= value <= highest):
            raise invalid(f"{value!r} is not between {lowest} and {highest} - '{name}'", param=name)
    effort = body.get("reasoning_effort")
    if not is_reasoning(model):
        if effort is not None:
            raise invalid("Unrecognized request argument supplied: reasoning_effort")
        return
    if body.get("max_tokens") is not None:
        raise unsupported("max_tokens", " Use 'max_completion_tokens' instead.")
    if body.get("temperature") not in (None, 1):
        raise bad_value("temperature", body["temperature"], "Only the default (1) value is supported.")
    for name in _REFUSED_BY_REASONING:
        if body.get(name) is not None:
            raise unsupported(name)
    if effort is not None and effort not in (efforts := _efforts(model)):
        raise bad_value("reasoning_effort", effort, f"Supported values are: {', '.join(efforts)}.")


def _efforts(model: str) -> tuple[str, ...]:
    """Return the reasoning efforts that a model supports."""
    usual = ("low", "medium", "high")
    if re.match(r"o\d|codex", model):
        return usual
    return ("minimal", *usual) if re.match(r"gpt-5(?![.\d])", model) else ("none", *usual)
