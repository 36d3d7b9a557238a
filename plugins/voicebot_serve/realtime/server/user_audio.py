"""What the user says: when it begins and ends, which item it becomes, and its words."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot_serve.realtime.items import Item, Items
from voicebot_serve.realtime.server.events import ServerEvents


class UserAudio:
    """Turns the user's speech into items. A turn is one item, unless the client commits it in pieces."""

    def __init__(self, say: ServerEvents, items: Items) -> None:
        self.received = 0.0
        """Seconds of sound so far."""
        self.uncommitted = 0.0
        """Seconds of it since the last item."""
        self._say = say
        self._items = items
        self._next_id = say.new_id("item")
        self._is_speaking = self._is_over_bot = False
        """Whether the client knows that the user speaks; and whether the user spoke over the bot, which the
        client does not know."""
        self._spoken_at = 0.0
        self._stopped_at: float | None = None
        self._known: list[str] = []
        """The words of this turn that are in items already."""
        self._unheard: list[str] = []
        """The words of the last turn, to be said again with the next if its answer was not heard."""
        self._untranscribed: list[tuple[Item, float]] = []

    def receive(self, seconds: float) -> None:
        """Count sound."""
        self.received += seconds
        self.uncommitted += seconds

    def speech_started(self, *, over_bot: bool) -> None:
        """Tell that the user speaks; over the bot, wait until it is clear whether that interrupts it."""
        self._spoken_at, self._stopped_at = self.received, None
        if over_bot:
            self._is_over_bot = True
        else:
            self._tell_start()

    def speech_stopped(self, silent_for: float) -> None:
        """Tell that the user fell silent some seconds ago, if the client knows that the user spoke."""
        self._stopped_at = max(0.0, self.received - silent_for)
        if self._is_speaking:
            self._tell_stop(self._stopped_at)

    def interrupted(self) -> None:
        """Tell that the user's speech has interrupted the bot."""
        if not self._is_speaking:
            self._tell_start()
            if self._stopped_at is not None:
                self._tell_stop(self._stopped_at)

    def not_interrupted(self) -> None:
        """Forget speech over the bot that did not interrupt it."""
        self._is_over_bot = False

    def commit(self) -> None:
        """Make an item of what was said, by the client's wish; its words come later."""
        self._untranscribed.append((self._commit(), self.uncommitted))
        self.uncommitted = 0.0

    def clear(self) -> None:
        """Drop what was said since the last item."""
        self.uncommitted = 0.0
        self._is_speaking = self._is_over_bot = False
        self._say.say("input_audio_buffer.cleared")

    def written(self, text: str) -> None:
        """Record words of this turn that the client has added as an item."""
        self._known.append(text)

    def words_came(self, text: str) -> None:
        """Give the final words of the turn so far to the first item that has none."""
        if self._untranscribed and (words := self._new(text)):
            self._transcribe(words)

    def turn_ended(self, text: str, turn: int) -> None:
        """Make an item of a turn that is about to be answered, or complete those that there are."""
        words = self._new(text)
        if self._untranscribed:
            item = self._transcribe(words)
            item.turn = turn
            self.no_more_words()
        elif words:
            item = self._commit(words, turn)
            self._say.transcribed(item, self.uncommitted)
            self.uncommitted = 0.0
            self._known.append(words)
        self._unheard, self._known = self._known, []
        self._is_over_bot = False

    def no_more_words(self) -> None:
        """Complete items whose words do not come."""
        while self._untranscribed:
            self._transcribe("")

    def answer_was_unheard(self) -> None:
        """Expect the words of the last turn once more: they are part of the next, but in items already."""
        self._known = [*self._unheard, *self._known]

    def corrected(self, text: str, turn: int) -> Item | None:
        """Correct the words of a turn; return its item."""
        item = self._items.of_turn(turn)
        if item is not None:
            item.text = text
        return item

    def _transcribe(self, words: str) -> Item:
        item, seconds = self._untranscribed.pop(0)
        item.text = words
        self._known += [words] if words else []
        self._say.transcribed(item, seconds)
        return item

    def _commit(self, words: str | None = None, turn: int = 0) -> Item:
        item = Item(id=self._next_id, is_sound=True, text=words, turn=turn)
        self._next_id = self._say.new_id("item")
        self._is_speaking = False
        before = self._items.add(item)
        self._say.say("input_audio_buffer.committed", previous_item_id=before, item_id=item.id)
        self._say.item_added(item, before)
        self._say.item_done(item, before)
        return item

    def _new(self, text: str) -> str:
        """Return the words that are in no item yet."""
        return _without(self._known, text)

    def _tell_start(self) -> None:
        self._is_speaking, self._is_over_bot = True, False
        start = round(self._spoken_at * 1000)
        self._say.say("input_audio_buffer.speech_started", item_id=self._next_id, audio_start_ms=start)

    def _tell_stop(self, at: float) -> None:
        self._is_speaking = False
        end = round(max(at, self._spoken_at) * 1000)
        self._say.say("input_audio_buffer.speech_stopped", item_id=self._next_id, audio_end_ms=end)


def _without(known: Iterable[str], text: str) -> str:
    """Return a text without what it begins with, as far as that is known; filters may have changed it."""
    for words in known:
        text = text.removeprefix(words).lstrip()
    return text
