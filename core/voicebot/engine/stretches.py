"""The stretches of speech that a user's turn is made of, and which of them the recogniser is telling."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.engine.wording import joined


@dataclass(slots=True)
class _Stretch:
    """Speech between two pauses: `settled` words stay as they are, those of `partial` may change."""

    settled: str = ""
    partial: str = ""
    committed_at: float | None = None
    over: bool = False

    @property
    def text(self) -> str:
        return joined(self.settled, self.partial)


class Stretches:
    """The recogniser tells the words of one stretch after the other.

    What it tells belongs to the first that is not over; a commit's final ends its stretch.
    """

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []

    @property
    def text(self) -> str:
        """The words so far."""
        return joined(*(stretch.text for stretch in self._stretches))

    @property
    def owed(self) -> list[float]:
        """When each of the commits was made that have not been answered by a final."""
        return [s.committed_at for s in self._stretches if s.committed_at is not None and not s.over]

    def open(self) -> _Stretch:
        """Return the stretch that is being spoken, a new one if the last is at its end."""
        if not self._stretches or self._stretches[-1].committed_at is not None or self._stretches[-1].over:
            self._stretches.append(_Stretch())
        return self._stretches[-1]

    def commit(self, now: float) -> None:
        """Take note that a final was asked for."""
        self.open().committed_at = now

    def recognise(self, partial: str) -> None:
        """Take a partial transcript."""
        if stretch := self._being_recognised():
            stretch.partial = partial

    def settle(self, final: str, *, ends_speech: bool) -> None:
        """Take a final transcript."""
        stretch = self._being_recognised()
        if stretch is None and final:  # it was given up without a word; better a late answer than none
            stretch = _Stretch(over=True)
            self._stretches.append(stretch)
        if stretch is not None:
            stretch.settled, stretch.partial = joined(stretch.settled, final), ""
            stretch.over = stretch.over or ends_speech or stretch.committed_at is not None

    def give_up(self) -> str:
        """Wait for no final any more; return the words that will not be settled."""
        unsettled = [s for s in self._stretches if s.committed_at is not None and not s.over]
        for stretch in unsettled:
            stretch.over = True
        return joined(*(stretch.partial for stretch in unsettled))

    def forget_empty(self) -> None:
        """Forget stretches that turned out to be without words."""
        self._stretches = [stretch for stretch in self._stretches if stretch.text or not stretch.over]

    def forget_settled(self) -> None:
        """Forget stretches whose words are known."""
        self._stretches = [stretch for stretch in self._stretches if not stretch.over]

    def clear(self) -> None:
        """Forget all."""
        self._stretches.clear()

    def _being_recognised(self) -> _Stretch | None:
        return next((stretch for stretch in self._stretches if not stretch.over), None)
