"""The items of a conversation, in order: what was said by whom, as the client may ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.refusal import invalid

Status: TypeAlias = Literal["in_progress", "completed", "incomplete"]
_MOST, _MOST_TEXT = 1000, 1_000_000
"""Items and characters that are kept; the oldest are forgotten, but only here."""
_CHANGING = 20
"""Items at the end that are counted again, since the words of sound come later than its item."""


@dataclass(slots=True, kw_only=True)
class Item:
    """One item.

    Args:
        text: what was said, if that is known; for the result of a call, the result.
        is_sound: whether it was spoken.
        turn: number of the user's turn that it is, or 0.
        start: position of the bot's first sound, in seconds of all sound that was sent.
        seconds: how much sound it has.
    """

    id: str
    type: Literal["message", "function_call", "function_call_output"] = "message"
    role: Literal["system", "user", "assistant"] = "user"
    status: Status = "completed"
    text: str | None = None
    is_sound: bool = False
    turn: int = 0
    start: float = 0.0
    seconds: float = 0.0
    call_id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def size(self) -> int:
        """How many characters it has."""
        return len(self.text or "") + len(self.arguments)

    def as_object(self) -> Event:
        """Return the item as the client sees it."""
        fields: Event = {"id": self.id, "object": "realtime.item", "type": self.type, "status": self.status}
        match self.type:
            case "message":
                return fields | {"role": self.role, "content": self._content()}
            case "function_call":
                return fields | {"call_id": self.call_id, "name": self.name, "arguments": self.arguments}
            case "function_call_output":
                return fields | {"call_id": self.call_id, "output": self.text or ""}

    def _content(self) -> list[Event]:
        if self.role == "assistant" and self.text is None:
            return []
        side = "output" if self.role == "assistant" else "input"
        if self.is_sound:
            return [{"type": f"{side}_audio", "transcript": self.text}]
        return [{"type": f"{side}_text", "text": self.text or ""}]


class Items:
    """All items of a session, in order."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._sizes: dict[str, int] = {}
        """How many characters each had when it was counted last."""
        self._size = 0
        """The sum of them."""
        self.last_id: str | None = None
        """The id of the last item, if there is one."""

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def add(self, item: Item) -> str | None:
        """Add an item at the end; return the id of the one before."""
        before, self.last_id = self.last_id, item.id
        self._items[item.id] = item
        for latest in islice(reversed(self._items.values()), _CHANGING):
            self._count(latest.id, latest.size)
        while len(self._items) > _MOST or (len(self._items) > 1 and self._size > _MOST_TEXT):
            self._remove(next(iter(self._items)))
        return before

    def _count(self, item_id: str, size: int) -> None:
        self._size += size - self._sizes.get(item_id, 0)
        self._sizes[item_id] = size

    def _remove(self, item_id: str) -> None:
        del self._items[item_id]
        self._size -= self._sizes.pop(item_id)

    def get(self, item_id: str, param: str = "item_id") -> Item:
        """Return an item.

        Raises:
            InvalidEvent: there is none with that id.
        """
        if item_id not in self._items:
            message = f"The item with id '{item_id[:64]}' does not exist."
            raise invalid(message, param, "item_not_found")
        return self._items[item_id]

    def delete(self, item_id: str) -> Item:
        """Remove an item, and return it.

        Raises:
            InvalidEvent: there is none with that id.
        """
        item = self.get(item_id)
        self._remove(item_id)
        self.last_id = next(reversed(self._items), None)
        return item

    def of_turn(self, turn: int) -> Item | None:
        """Return the item of a turn of the user."""
        found = (item for item in reversed(self._items.values()) if turn and item.turn == turn)
        return next(found, None)

    def has_call(self, call_id: str) -> bool:
        """Return whether a function was called with that id."""
        items = self._items.values()
        return any(item.type == "function_call" and item.call_id == call_id for item in items)
