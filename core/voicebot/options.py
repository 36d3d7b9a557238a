"""Options of providers, validated before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from voicebot.dataclass import dataclass
from voicebot.encodable import encodable_texts

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core.core_schema import CoreSchema

    from voicebot.diagnosis import Finding, ServerAddress
    from voicebot.messages import Tool

__all__ = [
    "Advice",
    "Field",
    "Options",
    "SecretStr",
    "ToolOverride",
    "ToolsetOptions",
    "VoiceActivityOptions",
]


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice of a provider about the value of one of its options, in one line for users.

    With a warning, the config can be used; with an error, it cannot. If `Options.diagnose` tells the same,
    the message is `MESSAGE; REMEDY` of its `Finding`, and `voicebot doctor` shows only that.
    """

    option: str
    message: str
    severity: Literal["error", "warning"] = "warning"


class Options(BaseModel):
    """Base of every provider's options; the docstring of each field is its documentation.

    Frozen; unknown names are rejected. Secrets are `SecretStr`, so that they are never shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_encoded(cls, data: Any) -> Any:
        return encodable_texts(data)

    def advice(self, language: str) -> Iterable[Advice]:
        """Return advice about options that are valid individually but unwise or wrong together.

        It is reported when a config is loaded, with the position of the option.

        Args:
            language: the language of the conversation, as a BCP 47 tag.
        """
        return ()

    def called_tools(self) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """Return the tools that these options call by name, each after the keys and indexes that lead to it.

        When a config is loaded, each that it does not allow is reported.
        """
        return ()

    def server_addresses(self) -> Iterable[ServerAddress]:
        """Return the servers that a provider with these options connects to, for `voicebot doctor`."""
        return ()

    def diagnose(self) -> Iterable[Finding]:
        """Look for trouble that a config alone does not show, such as a full disk, for `voicebot doctor`.

        Called in a thread, in which it may block for a few seconds. Servers are left to `server_addresses`
        and to the start of the provider.
        """
        return ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        """Add the fields' docstrings, and what to use instead of deprecated fields.

        Pydantic's `use_attribute_docstrings` would read the source of all models on import, which takes a
        quarter of a bot's start time.
        """
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in _docstrings(cls).items():
            alias = cls.model_fields[name].alias if name in cls.model_fields else None
            properties.get(alias or name, {}).setdefault("description", text)
        for name, field in cls.model_fields.items():
            if field.deprecation_message:
                option = properties.get(field.alias or name, {})
                option["deprecationMessage"] = f"Deprecated: {field.deprecation_message}"  # shown by editors
        return schema


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstrings of a model's fields, as far as its source is available."""
    owners = (owner for owner in reversed(model.__mro__) if issubclass(owner, Options))
    return {name: text for owner in owners for name, text in _docstrings_in(owner).items()}


@cache
def _docstrings_in(owner: type[BaseModel]) -> dict[str, str]:
    """Return the docstrings of the fields that one class declares, as far as its source is available."""
    import ast
    import inspect
    from itertools import pairwise
    from textwrap import dedent

    try:
        source = dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # created dynamically, or installed without sources
        return {}
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for field, following in pairwise(definition.body):
        match field, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found


class VoiceActivityOptions(Options):
    """Options that every voice activity detector has; the engine applies them to its probabilities."""

    start: float = Field(0.5, ge=0, le=1)
    """Speech starts when the probability of speech reaches this."""
    stop: float = Field(0.35, ge=0, le=1)
    """Speech may have stopped when the probability of speech stays below this."""
    hang_over: float = Field(0.25, ge=0, le=5)
    """Seconds below `stop` until speech counts as stopped; bridges gaps between words."""
    pre_roll: float = Field(0.5, ge=0, le=5)
    """Seconds of sound from before speech was detected that the recogniser also gets."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report thresholds with which speech would stop and start at the same time."""
        if self.stop > self.start:
            yield Advice(
                "stop", f"`stop` ({self.stop:g}) must not be above `start` ({self.start:g})", "error"
            )


class ToolOverride(Options):
    """What a config changes about one tool."""

    description: str | None = None
    """What the tool does, for the chat model; unset for the tool's own description."""
    effect: Literal["reads", "writes"] | None = None
    """`reads` for a tool that changes nothing, so that it may run before the user's turn is over, or in vain;
    `writes` for one that runs once, when it is the bot's turn. Unset for what the tool itself says."""
    confirm: str | None = None
    """A question that the user has to answer with yes before the tool runs, such as `Shall I cancel order
    {order_id}?`; the names in braces are arguments. Empty for none, unset for the tool's own question."""
    timeout: float | None = Field(None, gt=0, le=3600)
    """Seconds that a call may take; unset for the tool's own limit, or else `tool_use.timeout`."""


class ToolsetOptions(Options):
    """Options that every toolset has; the engine applies them."""

    allow: tuple[str, ...]
    """The tools that the chat model may have run, by name; no others are offered to it."""
    overrides: dict[str, ToolOverride] = {}
    """What to change about tools, by name."""

    def known_tools(self) -> Mapping[str, Tool | None] | None:
        """Return the tools by name, as far as the options alone tell: None if they tell nothing, and None
        for a tool of which they tell only the name. `voicebot check` then needs no start."""
        return None
