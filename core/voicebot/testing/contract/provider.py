"""What every provider keeps to, whatever its kind; what an author gives; what may not be overridden."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Generic, TypeVar

from voicebot.errors import ProviderError
from voicebot.interfaces import Provider
from voicebot.testing.contract.check import check, expect

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
ContractT = TypeVar("ContractT", bound="ProviderContract[Any]")


def nothing() -> None:
    """Do nothing, midway."""


class ProviderContract(Generic[ProviderT]):
    """What every provider keeps to.

    A subclass for pytest is called `Test...` and has `make`; what else an author gives is optional.
    """

    expected_failures: ClassVar[dict[str, str]] = {}
    """Checks that are known to fail, each with the reason. One that passes after all is a failure."""
    time_limit: ClassVar[float] = 60.0
    """Seconds after which a check is taken to hang."""
    sdk: ClassVar[tuple[str, ...]] = ()
    """Top-level modules that loading the plugin must not import; those of `requires` are known already."""

    def make(self) -> ProviderT:
        """Return a fresh provider, not started; called often."""
        raise NotImplementedError(f"{type(self).__name__} needs a method make() that returns a provider")

    def broken(self) -> ProviderT:
        """Return a provider whose service cannot be reached, as at an address where nobody listens."""
        raise unittest.SkipTest("there is no broken(), which returns a provider whose service is away")

    def refused(self) -> ProviderT:
        """Return a provider that its service refuses, as for a wrong key."""
        raise unittest.SkipTest("there is no refused(), which returns a provider that its service refuses")

    def cut(self) -> None:
        """Break the connections that providers of `make` have with their service, and let none be made."""
        raise unittest.SkipTest("there is no cut(), which breaks the connections to the service")

    def restore(self) -> None:
        """Undo `cut`; called after it."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if _is_ours(cls):
            return
        for name in checks(cls):
            contract = next(base for base in cls.__mro__ if _is_ours(base) and name in vars(base))
            if inspect.getattr_static(cls, name) is not vars(contract)[name]:
                raise TypeError(
                    f"{cls.__name__} overrides {name} of {contract.__name__}, which is refused: a check that "
                    f'is known to fail goes into expected_failures = {{"{name}": "the reason"}}; a check of '
                    "your own needs a name of its own"
                )
        for name, reason in cls.expected_failures.items():
            if name not in checks(cls):
                raise TypeError(f"expected_failures of {cls.__name__}: there is no check {name}")
            if not isinstance(reason, str) or not reason.strip():
                raise TypeError(f"expected_failures of {cls.__name__}: say why {name} fails")

    def masked(self, text: str) -> str:
        """Return a text without the secrets of the provider."""
        return text

    @asynccontextmanager
    async def _started(self) -> AsyncGenerator[ProviderT, None]:
        provider = self.make()
        try:
            await provider.start()
            yield provider
        finally:
            await provider.aclose()

    async def _use(self, provider: ProviderT, midway: Callable[[], None] = nothing) -> None:
        """Let a provider do what it is there for, once and whole; call `midway` in the midst of it."""
        raise NotImplementedError

    @check
    async def test_closing_twice_or_without_a_start_is_harmless(self) -> None:
        """A provider can be closed without having been started, and closed again."""
        provider = self.make()
        await provider.aclose()
        await provider.aclose()
        provider = self.make()
        await provider.start()
        await provider.aclose()
        await provider.aclose()

    @check
    async def test_used_before_its_start_it_works_or_raises_a_provider_error(self) -> None:
        """A provider that is used before it is started works, or raises a ProviderError that says so."""
        provider = self.make()
        try:
            await self._use(provider)
        except ProviderError as error:
            expect(str(error).strip(), "an error that says what is wrong", "an error without a text")
        finally:
            await provider.aclose()


def checks(contract: type) -> list[str]:
    """Return the names of a contract's checks: those of every provider first, each in its order."""
    names: dict[str, None] = {}
    for base in reversed(contract.__mro__):
        if _is_ours(base):
            names.update(dict.fromkeys(_named(base)))
    return list(names)


def _named(contract: type) -> Iterator[str]:
    return (name for name in vars(contract) if name.startswith("test_"))


def _is_ours(contract: type) -> bool:
    return contract.__module__.startswith(f"{__package__}.")
