"""`@dataclass(slots=True)`, frozen or not, as in the standard library but several times faster to define.

The standard library generates and compiles up to six methods for each such class. For the many small
classes of voicebot, that took a quarter of the time in which a bot starts. Here, only `__init__` is
generated, and all classes share the other methods. Type checkers, `fields`, `replace`, `asdict` and `match`
see no difference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type[T]], type[T]]:
        """Make a class a dataclass with slots; `slots` has to be true."""
        assert slots, "use the standard library's dataclass for one without slots"
        return _frozen if frozen else _mutable


T = TypeVar("T")
_define = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)
_set = object.__setattr__


def _frozen(cls: type[T]) -> type[T]:
    made: Any = _define(cls)
    made.__dataclass_params__.frozen = True  # subclasses have to be frozen too
    made.__init__ = _init(made, "_set(self, {!r}, {})")
    _add_methods(made, cls, _eq, _hash, _repr, _setattr, _delattr, _getstate, _setstate)
    return made  # type: ignore[no-any-return]


def _mutable(cls: type[T]) -> type[T]:
    made: Any = _define(cls)
    made.__init__ = _init(made, "self.{} = {}")
    _add_methods(made, cls, _eq, _repr)
    if "__hash__" not in cls.__dict__:
        made.__hash__ = None
    return made  # type: ignore[no-any-return]


def _add_methods(made: Any, cls: type, *methods: Callable[..., Any]) -> None:
    """Add the methods that the class does not define itself."""
    for method in methods:
        if (name := f"_{method.__name__}__") not in cls.__dict__:
            setattr(made, name, method)


def _init(cls: Any, assignment: str) -> Callable[..., None]:
    """Generate `__init__`, which assigns to each field in a given way."""
    names: dict[str, Any] = {"_set": _set, "_unset": dataclasses.MISSING}
    parameters, body = ["self"], []
    for field in dataclasses.fields(cls):
        if field.kw_only or not field.init:
            raise TypeError(f"{cls.__qualname__}.{field.name}: use the standard library's dataclass")
        value = field.name
        if field.default is not dataclasses.MISSING:
            names[f"_{field.name}"] = field.default
            parameters.append(f"{field.name}=_{field.name}")
        elif field.default_factory is not dataclasses.MISSING:
            names[f"_{field.name}"] = field.default_factory
            parameters.append(f"{field.name}=_unset")
            value = f"_{field.name}() if {field.name} is _unset else {field.name}"
        else:
            parameters.append(field.name)
        body.append(f" {assignment.format(field.name, value)}")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or [" pass"]), names)  # noqa: S102
    init: Callable[..., None] = names["__init__"]
    init.__module__, init.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in dataclasses.fields(cls)} | {"return": None}
    return init


@cache
def _values(cls: Any) -> Callable[[Any], Any]:
    """Return a function that gets the values by which instances are compared."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    return attrgetter(*names) if names else lambda _: ()


def _eq(self: Any, other: object) -> bool:
    values = _values(self.__class__)
    return bool(values(self) == values(other)) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self.__class__)(self))


def _repr(self: Any) -> str:
    shown = (field.name for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _setattr(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        _set(self, field.name, value)
