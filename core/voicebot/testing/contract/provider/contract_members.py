"""The members of a contract that the checks of every provider use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from typing import Any, ClassVar, Protocol

    from voicebot.errors import ProviderError

    class ContractMembers(Protocol):
        """A contract as its checks see it; implemented by `ProviderContract` and its subclasses."""

        expected_failures: ClassVar[dict[str, str]]
        time_limit: ClassVar[float]
        sdk: ClassVar[tuple[str, ...]]

        @property
        def notes(self) -> list[str]:
            """What a check reports in addition to its result."""

        def make(self) -> Any:
            """Return a new provider."""

        def broken(self) -> Any:
            """Return a provider whose service cannot be reached."""

        def refused(self) -> Any:
            """Return a provider that its service refuses."""

        def cut(self) -> None:
            """Cut the connections to the service."""

        def restore(self) -> None:
            """Undo `cut`."""

        def masked(self, text: str) -> str:
            """Return a text without the provider's secrets."""

        @property
        def _can_be_cut(self) -> bool: ...
        @property
        def _latest_provider(self) -> Any: ...
        def _new_provider(self) -> Any: ...
        def _started(self) -> AbstractAsyncContextManager[Any]: ...
        async def _use(self, provider: Any, midway: Callable[[], None] = ...) -> None: ...
        async def _use_at_length(self, provider: Any, number: int, midway: Callable[[], None]) -> None: ...
        async def _use_fully(self, provider: Any) -> None: ...
        async def _use_briefly(self, provider: Any, number: int) -> None: ...
        async def _give_text(self, provider: Any, text: str) -> None: ...
        async def _start_use_close(self) -> None: ...
        async def _start_and_use(self, provider: Any) -> None: ...
        async def _works_or_says_why(self, provider: Any) -> None: ...
        def _has_retryable(self, error: ProviderError, wanted: bool) -> None: ...
        async def _failure_of(self, provider: Any) -> ProviderError: ...

else:
    ContractMembers = object  # pytest collects no class that has the `__init__` of a Protocol
