"""What a request says beside the messages, and how that is learned from a server that refuses some of it."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.models import Family, family_of
from voicebot_openai.options import OpenAIChatOptions

if TYPE_CHECKING:
    import openai

logger = logging.getLogger(__name__)

_LIMIT, _OLD_LIMIT = "max_completion_tokens", "max_tokens"


class RequestFields:
    """The fields of every request; what the server does not know is left out from then on."""

    def __init__(self, fields: dict[str, object]) -> None:
        self._fields = fields
        self._refused: set[str] = set()

    def current(self) -> dict[str, object]:
        """Return the fields to send."""
        fields = self._chosen() | {"stream_options": {"include_usage": True}}
        return {name: value for name, value in fields.items() if name not in self._refused}

    def learn(self, refusal: openai.APIStatusError) -> bool:
        """Leave out what the server refused; return whether asking again makes sense."""
        for name in self.current():
            if self._may_go(name) and _names(refusal, name):
                self._refused.add(name)
                logger.info("the chat model is asked without `%s`, which it refuses", name)
                return True
        return False

    def learn_model(self, name: str) -> None:
        """Take note of the model that answered."""

    def _chosen(self) -> dict[str, object]:
        return self._fields

    def _may_go(self, name: str) -> bool:
        return name == "stream_options"  # the reply matters more than its price


class OpenAIFields(RequestFields):
    """What `openai` sends: what its options say, as they say it."""

    def __init__(self, options: OpenAIChatOptions) -> None:
        super().__init__(options.request_fields)


class AzureFields(RequestFields):
    """What `azure-openai` sends: what its options say, as the model's family wants to be told."""

    def __init__(self, options: AzureChatOptions) -> None:
        super().__init__({"extra_body": options.extra_body} if options.extra_body else {})
        self._options = options
        self._family = family_of(options.model or options.deployment)

    def learn_model(self, name: str) -> None:
        """Take note of the model that answered, where neither options nor deployment told it."""
        if self._family is None and (family := family_of(name)) is not None:
            self._family = family
            logger.debug("the deployment is of %s", name)

    def _chosen(self) -> dict[str, object]:
        fields = self._fields | _for_family(self._options, self._family)
        for name, other in ((_LIMIT, _OLD_LIMIT), (_OLD_LIMIT, _LIMIT)):
            if name in self._refused and name in fields and other not in fields:
                fields[other] = fields[name]  # the same by its other name
        return {name: value for name, value in fields.items() if value is not None}

    def _may_go(self, name: str) -> bool:
        return name != "extra_body"


def _for_family(options: AzureChatOptions, family: Family | None) -> dict[str, object]:
    limited = {_LIMIT: options.max_tokens}
    picking: dict[str, object] = {"temperature": options.temperature, "top_p": options.top_p}
    if family is None:
        return picking | limited | {"reasoning_effort": options.reasoning_effort}
    if not family.reasoning:
        return picking | {_OLD_LIMIT: options.max_tokens}
    # Left to itself a model may think for seconds, and nobody likes to wait that long for an answer.
    return limited | {"reasoning_effort": options.reasoning_effort or family.effort}


def _names(refusal: openai.APIStatusError, field: str) -> bool:
    words = ("stream_options", "include_usage") if field == "stream_options" else (field,)
    if refusal.param:
        return refusal.param.partition(".")[0] in words
    said = f"{refusal.message} {refusal.body}"
    return any(re.search(rf"(?<!\w){word}(?!\w)", said) for word in words)
