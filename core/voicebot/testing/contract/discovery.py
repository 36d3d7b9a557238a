"""Find the checks of a contract, and refuse classes that override one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping


def checks(contract: type) -> list[str]:
    """Return the names of a contract's checks, those of every provider first, in order of definition."""
    names: dict[str, None] = {}
    for base in reversed(contract.__mro__):
        if is_ours(base):
            names.update(dict.fromkeys(_named(base)))
    return list(names)


def refuse_overrides(cls: type) -> None:
    """Raise `TypeError` if a class overrides a check of its contract."""
    for name in checks(cls):
        contract = next(base for base in cls.__mro__ if is_ours(base) and name in vars(base))
        if inspect.getattr_static(cls, name) is not vars(contract)[name]:
            raise TypeError(
                f"{cls.__name__} overrides {name} of {contract.__name__}, which is not allowed: list a check "
                f'known to fail in expected_failures = {{"{name}": "the reason"}}; give a check of your own '
                "another name"
            )


def refuse_failures_without_reason(cls: type, failures: Mapping[str, str]) -> None:
    """Raise `TypeError` if an expected failure has no reason, or names no check."""
    for name, reason in failures.items():
        if name not in checks(cls):
            raise TypeError(f"expected_failures of {cls.__name__}: there is no check {name}")
        if not isinstance(reason, str) or not reason.strip():
            raise TypeError(f"expected_failures of {cls.__name__}: say why {name} fails")


def _named(contract: type) -> Iterator[str]:
    return (name for name in vars(contract) if name.startswith("test_"))


def is_ours(contract: type) -> bool:
    """Return whether a class is one of the contracts rather than an author's subclass."""
    return contract.__module__.startswith(f"{__package__}.")
