"""Which items are kept."""

from voicebot_serve.realtime.items import Item, Items


def test_the_oldest_items_are_forgotten_when_there_is_too_much_text() -> None:
    items = Items()
    for number in range(3):
        items.add(Item(id=f"item{number}", text="a" * 600_000))
    assert [number for number in range(3) if f"item{number}" in items] == [2]
