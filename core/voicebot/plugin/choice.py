"""A provider that was selected: by a section of a config, or within the options of another provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin

from pydantic_core import PydanticCustomError, core_schema

from voicebot.interfaces import Provider
from voicebot.options import Options
from voicebot.plugin.registry import KINDS, Registration

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

ProviderT_co = TypeVar("ProviderT_co", bound=Provider[Any], covariant=True)
KIND_IN_SCHEMA = "x-provider"
"""The key in a JSON Schema for the kind of provider that a mapping selects."""
NOT_SELECTED = "provider_not_selected"
"""The type of pydantic's error about `UNSELECTED`."""
UNSELECTED = object()
"""Stands for a provider that could not be selected, for reasons already reported."""


class Choice(Generic[ProviderT_co]):
    """A provider that was selected, with its options checked.

    As the type of an option, it lets a config select a provider of the kind in brackets:
    `of: Choice[Synthesizer[Any]]`, or several as `tuple[Choice[Synthesizer[Any]], ...]`.
    """

    __slots__ = ("options", "registration")  # pydantic would take a dataclass apart

    def __init__(self, registration: Registration, options: Options) -> None:
        self.registration = registration
        self.options = options

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Choice):
            return NotImplemented
        return self.registration is other.registration and self.options == other.options

    __hash__ = None  # type: ignore[assignment]  # options may hold lists

    def __repr__(self) -> str:
        return f"Choice({self.name!r}, {self.options!r})"

    def changed(self, **options: Any) -> Choice[ProviderT_co]:
        """Return the same choice with some options changed; they are not checked again."""
        return Choice(self.registration, self.options.model_copy(update=options))

    def make(self) -> ProviderT_co:
        """Return a new provider with these options, not started yet."""
        provider: Any = self.registration.provider(self.options)
        return provider  # type: ignore[no-any-return]  # the loader checked the kind

    @property
    def name(self) -> str:
        """What configs call the provider."""
        return self.registration.name

    @property
    def kind(self) -> str:
        """What kind of provider it is."""
        return self.registration.kind

    @property
    def distribution(self) -> str:
        """The distribution that contains the provider."""
        return self.registration.distribution

    @property
    def inner(self) -> tuple[Choice[Any], ...]:
        """The providers that its options select, in order."""
        return tuple(choice for _, value in self.options for choice in choices_in(value))

    @property
    def leaves(self) -> tuple[Choice[Any], ...]:
        """The innermost providers, which do the work: itself, if its options select no others."""
        return tuple(leaf for choice in self.inner for leaf in choice.leaves) or (self,)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        kind = selected_kind(source)
        if kind is None:
            raise TypeError(f"{source} must specify what it selects, such as Choice[Synthesizer[Any]]")

        def checked(value: Any) -> Choice[Any]:
            if isinstance(value, Choice) and value.kind == kind:
                return value
            if value is UNSELECTED:
                raise PydanticCustomError(NOT_SELECTED, "the provider could not be selected")
            raise PydanticCustomError("choice_type", "must be the choice of a provider")

        return core_schema.no_info_plain_validator_function(
            checked,
            metadata={KIND_IN_SCHEMA: kind},
            serialization=core_schema.plain_serializer_function_ser_schema(_as_config),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        kind = schema.get("metadata", {})[KIND_IN_SCHEMA]
        return {"type": "object", KIND_IN_SCHEMA: kind, "required": ["provider"]}


def selected_kind(annotation: Any) -> str | None:
    """Return the kind that `Choice[...]` selects, or None for any other type."""
    if get_origin(annotation) is not Choice:
        return None
    (provider,) = get_args(annotation)
    kind = getattr(get_origin(provider) or provider, "kind", None)
    return kind if kind in KINDS else None


def choices_in(value: Any) -> Iterator[Choice[Any]]:
    """Yield the choices within options, or the value of one, at any depth but not within choices."""
    match value:
        case Choice():
            yield value
        case Mapping():
            for item in value.values():
                yield from choices_in(item)
        case list() | tuple():
            for item in value:
                yield from choices_in(item)
        case Options():
            for _, item in value:
                yield from choices_in(item)


def _as_config(choice: Choice[Any]) -> dict[str, Any]:
    """Return a choice the way a config writes it, with secrets hidden."""
    return {"provider": choice.name, **choice.options.model_dump(mode="json")}
