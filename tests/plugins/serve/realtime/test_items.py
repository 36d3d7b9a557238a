"""Which items are kept."""

from voicebot_serve.realtime.items import Item, Items


def kept(items: Items, count: int) -> list[int]:
    return [number for number in range(count) if f"item{number}" in items]


def test_the_oldest_items_are_forgotten_when_there_is_too_much_text() -> None:
    items = Items()
    for number in range(3):
        items.add(Item(id=f"item{number}", text="a" * 600_000))
    assert kept(items, 3) == [2]


def test_words_that_come_later_and_the_arguments_of_calls_count_too() -> None:
    items = Items()
    heard = Item(id="item0", is_sound=True)
    items.add(heard)
    heard.text = "a" * 600_000
    items.add(Item(id="item1", type="function_call", arguments="a" * 300_000))
    assert kept(items, 2) == [0, 1]
    items.add(Item(id="item2", type="function_call", arguments="a" * 300_000))
    assert kept(items, 3) == [1, 2]
    items.delete("item1")
    for number in range(3, 5):
        items.add(Item(id=f"item{number}", text="a" * 300_000))
    assert kept(items, 5) == [2, 3, 4]
