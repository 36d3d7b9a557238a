"""What an author gives, what may not be overridden, and the checks of every provider, whatever its kind."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from voicebot.errors import ProviderError
from voicebot.interfaces import Provider
from voicebot.testing.contract import loading
from voicebot.testing.contract.cancelling import spread, stops_when_cancelled, suspensions
from voicebot.testing.contract.check import Unmet, check, described, expect
from voicebot.testing.contract.leftovers import Belongings, executor_idle, fewer_than, nothing_left
from voicebot.testing.contract.sealing import is_ours, refuse_failures_without_reason, refuse_overrides
from voicebot.testing.contract.secrecy import logged, secrets, told

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_CANCELLED_USES = 16
_CANCELLED_STARTS = 4
_LATER = 0.02
_LOADED = 5.0
_RECOVERIES = 5


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
        raise unittest.SkipTest("there is no cut(), which breaks the connections with the service")

    def restore(self) -> None:
        """Undo `cut`; called after it."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if not is_ours(cls):
            refuse_overrides(cls)
            refuse_failures_without_reason(cls, cls.expected_failures)

    def masked(self, text: str) -> str:
        """Return a text without the secrets of the provider."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    @cached_property
    def notes(self) -> list[str]:
        """What a check has to tell beside that it passed: figures, for instance."""
        return []

    @check
    async def test_starting_twice_is_harmless(self) -> None:
        """A provider that is started twice works, and one `aclose` lets go of everything."""
        before = Belongings()
        provider = self._made()
        try:
            await provider.start()
            await provider.start()
            await self._use(provider)
        finally:
            await provider.aclose()
        await executor_idle()
        await nothing_left(before, "closing what was started twice")

    @check
    async def test_closing_twice_or_without_a_start_is_harmless(self) -> None:
        """A provider can be closed without having been started, and closed again."""
        provider = self._made()
        await provider.aclose()
        await provider.aclose()
        provider = self._made()
        await provider.start()
        await provider.aclose()
        await provider.aclose()

    @check
    async def test_used_before_its_start_it_works_or_raises_a_provider_error(self) -> None:
        """A provider that is used before it is started works, or raises a `ProviderError` that says so."""
        provider = self._made()
        try:
            await self._works_or_says_why(provider)
        finally:
            await provider.aclose()

    @check
    async def test_used_after_closing_it_works_or_raises_a_provider_error(self) -> None:
        """A provider that is used after it was closed works, or raises a `ProviderError` that says so."""
        async with self._started() as provider:
            await self._use(provider)
        await self._works_or_says_why(provider)

    @check
    async def test_nothing_is_left_after_closing(self) -> None:
        """Once a provider is closed, no task, thread or socket of it is left."""
        before = Belongings()
        async with self._started() as provider:
            await self._use(provider)
        await executor_idle()
        await nothing_left(before, "closing")

    @check
    async def test_cancelled_at_any_await_it_stops_within_250_ms(self) -> None:
        """A use that is cancelled, at whichever await, ends within 250 ms and leaves nothing behind."""
        before = Belongings()
        async with self._started() as provider:
            await self._use(provider)
            idle = Belongings()
            awaits = spread(await suspensions(self._use(provider)), _CANCELLED_USES)
            now = asyncio.get_running_loop().time
            enough = now() + self.time_limit / 4
            for number, at in enumerate((*awaits[::3], *awaits[1::3], *awaits[2::3])):
                if now() > enough:
                    self.notes.append(f"it is slow, so that {number} of {len(awaits)} awaits were tried")
                    break
                await stops_when_cancelled(lambda: self._use(provider), at, _LATER * (number % 2))
                await fewer_than(idle, len(awaits), f"a use that was cancelled at its await number {at}")
            await self._use(provider)
        await executor_idle()
        await nothing_left(before, "closing")

    @check
    async def test_a_start_that_is_cancelled_leaves_nothing(self) -> None:
        """A start that is cancelled ends within 250 ms; 5 s after closing, nothing that it began is left."""
        provider = self._made()
        try:
            count = await suspensions(provider.start())
        finally:
            await provider.aclose()
        before = Belongings()
        for at in spread(count, _CANCELLED_STARTS):
            provider = self._made()
            try:
                await stops_when_cancelled(provider.start, at, 0.0)
            finally:
                await provider.aclose()
            # a library that loads a model in a thread cannot be told to stop
            after = f"closing what was cancelled at await number {at} of its start"
            await nothing_left(before, after, _LOADED)

    @check
    async def test_secrets_show_nowhere(self) -> None:
        """No secret among the options is in a repr, a log line of any level, or an error."""
        provider = self._made()
        if not (hidden := secrets(provider.options)):
            raise unittest.SkipTest("there is no secret among the options (a SecretStr with a value)")
        places = {"repr(provider)": repr(provider), "repr(provider.options)": repr(provider.options)}
        with logged() as lines:
            for made in (self.make, self.broken, self.refused):
                try:
                    await self._start_and_use(made())
                except unittest.SkipTest:
                    continue
                except Exception as error:
                    places[f"a {type(error).__name__}"] = told(error)
                    hidden |= secrets(self._latest.options)
        places |= {"a line that it logs": "\n".join(lines)}
        for place, text in places.items():
            for name, secret in hidden.items():
                expect(secret not in text, f"the secret of the option `{name}` nowhere", f"it is in {place}")

    @check
    async def test_every_option_is_documented(self) -> None:
        """Each option has a docstring under it, or a description."""
        schema = type(self._made().options).model_json_schema()
        models = [(schema.get("title", ""), schema), *schema.get("$defs", {}).items()]
        bare = [
            f"{model}.{name}"
            for model, described_as in models
            for name, option in described_as.get("properties", {}).items()
            if not option.get("description")
        ]
        expect(not bare, "a docstring under each option", f"none under {', '.join(bare)}")

    @check
    async def test_the_plugin_loads_without_its_sdk(self) -> None:
        """Importing the plugin's modules imports no SDK: that is for `start` to do."""
        provider = self._made()
        registration = loading.registration_of(provider)
        sdk = sorted({*self.sdk, *(registration.requires if registration else ())})
        modules = sorted({type(provider).__module__, type(provider.options).__module__})
        if not sdk:
            raise unittest.SkipTest("neither `sdk` nor the registration's `requires` names a module")
        if "__main__" in modules:
            raise unittest.SkipTest("the provider is defined in the program itself")
        wanted, error = await loading.load_without(modules, sdk)
        expected = f"{' and '.join(modules)} to load where {', '.join(sdk)} cannot be imported"
        expect(not error, expected, error)
        expect(not wanted, f"no import of {', '.join(sdk)} before `start`", f"imported: {', '.join(wanted)}")

    @check
    async def test_a_service_that_is_away_is_a_retryable_provider_error(self) -> None:
        """Where the service cannot be reached, start or use raises a `ProviderError` that is retryable."""
        error = await self._failure_of(self.broken())
        expect(error.retryable, "a ProviderError with retryable=True", f"retryable=False in {error}")

    @check
    async def test_a_service_that_refuses_is_a_provider_error_not_to_be_retried(self) -> None:
        """Where the service refuses, start or use raises a `ProviderError` that is not retryable."""
        error = await self._failure_of(self.refused())
        expect(not error.retryable, "a ProviderError with retryable=False", f"retryable=True in {error}")

    @check
    async def test_a_network_that_drops_is_a_retryable_provider_error(self) -> None:
        """A use during which the network drops is whole, or ends in a retryable error; later ones work."""
        if type(self).cut is ProviderContract.cut:
            self.cut()
        async with self._started() as provider:
            await self._use(provider)
            try:
                await self._use(provider, self.cut)
            except ProviderError as error:
                expect(error.retryable, "a ProviderError with retryable=True", f"retryable=False in {error}")
            finally:
                self.restore()
            for attempt in range(_RECOVERIES):
                try:
                    await self._use(provider)
                    break
                except ProviderError as error:
                    seen = f"attempt {attempt + 1} of {_RECOVERIES} failed: {described(error)}"
            else:
                raise Unmet("that it works again once the network is back", seen)

    async def _use(self, provider: ProviderT, midway: Callable[[], None] = nothing) -> None:
        """Let a provider do what it is there for, once and whole; call `midway` in the midst of it."""
        raise NotImplementedError

    @asynccontextmanager
    async def _started(self) -> AsyncGenerator[ProviderT, None]:
        provider = self._made()
        try:
            await provider.start()
            yield provider
        finally:
            await provider.aclose()

    def _made(self) -> ProviderT:
        return self._noted(self.make())

    def _noted(self, provider: ProviderT) -> ProviderT:
        """Remember a provider's secrets, which no message of ours must show."""
        self._latest = provider
        self._secrets.update(secrets(provider.options).values())
        return provider

    @cached_property
    def _secrets(self) -> set[str]:
        return set()

    async def _start_and_use(self, provider: ProviderT) -> None:
        self._noted(provider)
        try:
            await provider.start()
            await self._use(provider)
        finally:
            await provider.aclose()

    async def _works_or_says_why(self, provider: ProviderT) -> None:
        try:
            await self._use(provider)
        except ProviderError as error:
            expect(str(error).strip(), "an error that says what is wrong", "an error without a text")

    async def _failure_of(self, provider: ProviderT) -> ProviderError:
        try:
            await self._start_and_use(provider)
        except ProviderError as error:
            expect(str(error).strip(), "an error that says what is wrong", "an error without a text")
            return error
        raise Unmet("a ProviderError", "it works")
