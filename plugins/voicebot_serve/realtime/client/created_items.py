"""Items that a client creates: lines of text, results of calls, and what was said before."""

from __future__ import annotations

from voicebot import AddedMessage
from voicebot_serve.realtime.client.commands import Command, KeepOutput
from voicebot_serve.realtime.client.events import ItemCreate
from voicebot_serve.realtime.client.item_fields import (
    FunctionCallItem,
    FunctionOutputItem,
    ImagePart,
    MessageItem,
    TextPart,
)
from voicebot_serve.realtime.items import Item
from voicebot_serve.realtime.refusal import invalid
from voicebot_serve.realtime.state import SessionState


def created(event: ItemCreate, state: SessionState) -> list[Command]:
    """Add the item that a client creates; return what that does to the conversation.

    Raises:
        InvalidEvent: it cannot be added.
    """
    given, items = event.item, state.items
    _check_place(event.previous_item_id, state)
    if given.id is not None and given.id in items:
        raise invalid(f"An item with id '{given.id}' already exists.", "item.id", "item_already_exists")
    item = Item(id=given.id or state.say.new_id("item"), type=given.type)
    commands: list[Command] = []
    match given:
        case MessageItem():
            item.role, item.text = given.role, _text(given)
            item.is_sound = given.role != "system" and not any(isinstance(p, TextPart) for p in given.content)
            if given.role == "system" and "instructions" not in state.allowed:
                raise invalid("This bot takes no instructions.", "item.role", "unsupported_value")
            if given.role == "user" and item.text:
                state.user.written(item.text)
            commands = [AddedMessage(given.role, item.text)] if item.text else []
        case FunctionCallItem():
            item.name, item.arguments = given.name, given.arguments
            item.call_id = given.call_id or state.say.new_id("call")
        case FunctionOutputItem():
            if not items.has_call(given.call_id):
                message = f"Tool call ID '{given.call_id}' not found in conversation."
                raise invalid(message, "item.call_id", "invalid_tool_call_id")
            item.call_id, item.text = given.call_id, given.output
            commands = [KeepOutput(given.call_id, given.output)]
    before = items.add(item)
    state.say.item_added(item, before)
    state.say.item_done(item, before)
    return commands


def _check_place(before: str | None, state: SessionState) -> None:
    """Refuse a place other than the end: what was said before is settled."""
    last = state.items.last_id
    if before is None or before == last or (before == "root" and last is None):
        return
    if before != "root":
        state.items.get(before, "previous_item_id")
    raise invalid("Items can only be added at the end.", "previous_item_id", "unsupported_value")


def _text(message: MessageItem) -> str:
    parts: list[str] = []
    for part in message.content:
        if isinstance(part, ImagePart):
            raise invalid("This bot does not see pictures.", "item.content", "unsupported_value")
        words = part.text if isinstance(part, TextPart) else part.transcript
        parts += [words.strip()] if words else []
    text = " ".join(parts)
    if not text and any(not isinstance(part, TextPart) for part in message.content):
        raise invalid("Sound in an item needs a transcript.", "item.content", "unsupported_value")
    return text
