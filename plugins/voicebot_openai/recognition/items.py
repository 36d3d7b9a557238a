"""Which item of a session answers which commit; no clock and no I/O.

The service turns each commit into an item, and transcribes one item after another. Long speech is committed
in pieces, which answer nothing: their words belong to the next commit. A commit of too little sound is
answered without the service.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from voicebot import FinalTranscript, PartialTranscript, RecognitionEvent


class Kind(Enum):
    """What an item is for."""

    COMMIT = auto()
    PIECE = auto()
    EMPTY = auto()
    """A commit that was not sent, or was refused for too little sound."""


@dataclass
class _Item:
    kind: Kind
    item_id: str = ""
    text: str | None = None
    language: str | None = None

    @property
    def done(self) -> bool:
        return self.kind is Kind.EMPTY or self.text is not None


class Items:
    """The commits that have not been answered, and the words of their items."""

    def __init__(self) -> None:
        self._items: deque[_Item] = deque()
        self._words: dict[str, str] = {}
        """The words so far of the items that are not complete, by id."""
        self._settled: list[str] = []
        self._language: str | None = None

    @property
    def waiting(self) -> bool:
        """Whether the service has commits to answer."""
        return any(not item.done for item in self._items)

    def waits_for(self, item_id: str) -> bool:
        """Return whether an item has been committed and is not complete."""
        return any(item.item_id == item_id and not item.done for item in self._items)

    @property
    def ready(self) -> bool:
        """Whether `answers` has something to yield."""
        return bool(self._items) and self._items[0].done

    @property
    def has_pieces(self) -> bool:
        """Whether there are words or pieces that no commit follows."""
        last = self._items[-1].kind if self._items else None
        return last is Kind.PIECE or (last is None and bool(self._settled))

    def committed(self, kind: Kind) -> None:
        """Record a commit."""
        self._items.append(_Item(kind))

    def confirmed(self, item_id: str) -> None:
        """Record the item that the service has made of the oldest commit without one."""
        item = next(iter(self._unconfirmed()), None)
        if item is None:  # the service has committed by itself
            item = _Item(Kind.PIECE)
            self._items.append(item)
        item.item_id = item_id

    def refused(self) -> bool:
        """Record that a commit had too little sound; return False if none waits for an item.

        The service answers commits in their order, so it is the oldest of these.
        """
        item = next(iter(self._unconfirmed()), None)
        if item is None:
            return False
        item.kind = Kind.EMPTY if item.kind is Kind.COMMIT else Kind.PIECE
        item.text = ""
        return True

    def delta(self, item_id: str, delta: str) -> PartialTranscript | None:
        """Add words to an item, committed or not; return all words that are not final yet."""
        self._words[item_id] = self._words.get(item_id, "") + delta
        return self._partial()

    def completed(self, item_id: str, text: str, language: str | None) -> None:
        """Record the transcript of an item."""
        self._words.pop(item_id, None)
        item = next((item for item in self._items if item.item_id == item_id), None)
        item = item or next(iter(self._unconfirmed()), None)
        if item is None:
            item = _Item(Kind.PIECE)
            self._items.append(item)
        item.item_id, item.text, item.language = item_id, text.strip(), language

    def answers(self) -> Iterator[RecognitionEvent]:
        """Yield the finals that are ready, in the order of the commits."""
        while self.ready:
            item = self._items.popleft()
            if item.text:
                self._settled.append(item.text)
                self._language = item.language or self._language
            if item.kind is Kind.PIECE:
                if (partial := self._partial()) is not None:
                    yield partial
                continue
            final = FinalTranscript(" ".join(self._settled), self._language)
            self._settled, self._language = [], None
            yield final

    def _unconfirmed(self) -> Iterable[_Item]:
        return (item for item in self._items if not item.done and not item.item_id)

    def _partial(self) -> PartialTranscript | None:
        known = [item.item_id for item in self._items]
        words = [item.text or self._words.get(item.item_id, "") for item in self._items]
        words += [text for item_id, text in self._words.items() if item_id not in known]
        text = " ".join(filter(None, (part.strip() for part in (*self._settled, *words))))
        return PartialTranscript(text) if text else None
