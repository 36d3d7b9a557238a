"""Sound and controls on their way to a recogniser that may be slow to take them."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.hearing.recognition.retained_audio import Control, Item
from voicebot.engine.latch import Latch
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition

_MAX_ITEMS = 3000
"""A minute of sound, in frames of 20 ms; sound is lost if a recogniser is further behind."""


class RecognizerHung(ProviderError):
    """A session does not accept any more sound."""


class Outbox:
    """A queue of sound and controls, sent to one session after another."""

    def __init__(self) -> None:
        self.sent = 0
        """Position of the sound in bytes, up to which it was sent."""
        self.emptied = Latch()
        """Set when everything was sent."""
        self._filled = Latch()
        self._items: list[Item] = []

    def __len__(self) -> int:
        return len(self._items)

    @property
    def commits(self) -> int:
        """Number of commits that were not sent yet."""
        return self._items.count(Control.COMMIT)

    def put(self, item: Item) -> None:
        """Add sound or a mark."""
        self._items.append(item)
        if len(self._items) > _MAX_ITEMS:
            del self._items[0]
        self.emptied.clear()
        self._filled.set()

    def refill(self, items: Iterable[Item], position: int) -> None:
        """Begin with a new session at a position of the sound."""
        self._items = list(items)[-_MAX_ITEMS:]
        self.sent = position
        self.emptied.clear()

    async def send(self, recognition: Recognition, timeout: float) -> None:
        """Send what is put, until cancelled.

        Raises:
            RecognizerHung: something was not accepted within `timeout` seconds.
        """
        item: Item | None = None
        try:
            with own_cancellation("the recogniser broke"):
                async with TimeLimit(timeout) as limit:
                    check = cancellation_check()
                    while True:  # every frame comes through here
                        while self._items:
                            item = self._items.pop(0)
                            limit.renew()
                            if isinstance(item, bytes):
                                self.sent += len(item)
                                await recognition.write(item)
                            elif item is Control.COMMIT:
                                await recognition.commit()
                            else:
                                await recognition.finish()
                            check()
                        limit.suspend()
                        self.emptied.set()
                        self._filled.clear()
                        await self._filled.wait()
        except TooLate:
            what = {Control.COMMIT: "a commit", Control.FINISH: "the end of the sound"}
            taken = "sound" if isinstance(item, bytes) or item is None else what[item]
            late = f"the recogniser did not take {taken} within {timeout:g} s (`recognizer_timeout`)"
            raise RecognizerHung(late, retryable=True) from None
