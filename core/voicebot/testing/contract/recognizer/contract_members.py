"""The members of a recogniser's contract that its checks use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, ClassVar

    from voicebot.interfaces import Recognizer
    from voicebot.messages import Hints
    from voicebot.testing.contract.provider.contract import ProviderContract

    class ContractMembers(ProviderContract[Recognizer[Any]]):
        """A recogniser's contract as its checks see it; implemented by `RecognizerContract`."""

        words: str
        word_error_rate: ClassVar[float]
        hints: ClassVar[Hints]

        def _clip(self, provider: Recognizer[Any]) -> bytes: ...
        def _frame(self, provider: Recognizer[Any]) -> int: ...
        def _expect_words(self, text: str, said: str | None = None) -> None: ...
        async def _recognized(
            self,
            provider: Recognizer[Any],
            audio: bytes,
            sizes: Sequence[int] = (),
            *,
            together: bool = False,
        ) -> str: ...

else:
    ContractMembers = object  # the members come from the contract that the checks are mixed into
