"""The fields of a request other than its content; rejected ones are left out from then on."""

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

_USAGE: dict[str, object] = {"stream_options": {"include_usage": True}}
_LIMIT, _OLD_LIMIT = "max_completion_tokens", "max_tokens"
_EFFORT = "reasoning_effort"
_EFFORT_WITH_TOOLS = re.compile(rf"\btools?\b.*{_EFFORT}|{_EFFORT}.*\btools?\b", re.DOTALL)


class RequestFields:
    """The fields of every request.

    Args:
        rejected: the names that the server has rejected, if several requests share them.
    """

    def __init__(self, fields: dict[str, object], rejected: set[str] | None = None) -> None:
        self._fields = fields
        self._rejected = set() if rejected is None else rejected
        self._effort_with_tools: dict[str, object] = {}
        """The reasoning effort of requests with tools, if it has to differ; None to leave it out."""
        self._other_efforts: list[str | None] = ["none", None]
        """What to try if the server rejects it."""

    def current(self, *, with_tools: bool = False) -> dict[str, object]:
        """Return the fields to send."""
        fields = self._from_options()
        if with_tools:
            fields = fields | self._effort_with_tools
        rejected = self._rejected | {name for name, value in fields.items() if value is None}
        return {name: value for name, value in fields.items() if name not in rejected}

    def change_rejected(self, error: openai.APIStatusError, *, with_tools: bool = False) -> bool:
        """Leave out or change the field that the server rejected; return whether asking again makes sense."""
        if with_tools and _EFFORT_WITH_TOOLS.search(error.message):
            return self._change_effort()
        for name in self.current(with_tools=with_tools):
            if self._is_optional(name) and _mentions(error, name):
                self._rejected.add(name)
                logger.info("the server rejects `%s`, which is left out from now on", name)
                return True
        return False

    def set_model(self, name: str) -> None:
        """Record the model that answered."""

    def _change_effort(self) -> bool:
        """Change the reasoning effort of requests with tools.

        In chat completions, models since gpt-5.4 take tools only without reasoning: some of them if it is
        `none`, others if it is left out.
        """
        sent = self.current(with_tools=True).get(_EFFORT)
        while self._other_efforts:
            effort = self._other_efforts.pop(0)
            if effort != sent:
                self._effort_with_tools = {_EFFORT: effort}
                logger.warning(
                    "the server rejects tools with the reasoning effort %s; with tools it is %s from now on",
                    *(value or "left out" for value in (sent, effort)),
                )
                return True
        return False

    def _from_options(self) -> dict[str, object]:
        return self._fields

    def _is_optional(self, name: str) -> bool:
        return name == "stream_options"  # a reply matters more than its token usage


class OpenAIFields(RequestFields):
    """The fields of `openai`: its options, unchanged."""

    def __init__(self, options: OpenAIChatOptions) -> None:
        super().__init__(options.request_fields | _USAGE)


class AzureFields(RequestFields):
    """The fields of `azure-openai`: its options, in the form that the family of the model accepts."""

    def __init__(self, options: AzureChatOptions) -> None:
        extra: dict[str, object] = {"extra_body": options.extra_body} if options.extra_body else {}
        super().__init__(extra | _USAGE)
        self._options = options
        self._family = family_of(options.model or options.deployment)

    def set_model(self, name: str) -> None:
        """Record the model that answered, if neither options nor deployment name it."""
        if self._family is None and (family := family_of(name)) is not None:
            self._family = family
            logger.debug("the deployed model is %s", name)

    def _from_options(self) -> dict[str, object]:
        fields = self._fields | _for_family(self._options, self._family)
        for name, other in ((_LIMIT, _OLD_LIMIT), (_OLD_LIMIT, _LIMIT)):
            if name in self._rejected and name in fields and other not in fields:
                fields[other] = fields[name]  # the same field by its other name
        return {name: value for name, value in fields.items() if value is not None}

    def _is_optional(self, name: str) -> bool:
        return name != "extra_body"


def _for_family(options: AzureChatOptions, family: Family | None) -> dict[str, object]:
    limit = {_LIMIT: options.max_tokens}
    sampling: dict[str, object] = {"temperature": options.temperature, "top_p": options.top_p}
    if family is None:
        return sampling | limit | {_EFFORT: options.reasoning_effort}
    if not family.reasoning:
        return sampling | {_OLD_LIMIT: options.max_tokens}
    # By default a reasoning model may think for seconds, which is too long in a conversation.
    return limit | {_EFFORT: options.reasoning_effort or family.min_effort}


def _mentions(error: openai.APIStatusError, field: str) -> bool:
    names = ("stream_options", "include_usage") if field == "stream_options" else (field,)
    if error.param:
        return error.param.partition(".")[0] in names
    text = f"{error.message} {error.body}"
    return any(re.search(rf"(?<!\w){name}(?!\w)", text) for name in names)
