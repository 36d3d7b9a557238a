"""Each rule of the timelines detects its fault, and none is broken by a plain conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy
import pytest

from voicebot import DeviceEvent, Hints, Message, Recognition
from voicebot.events import BotDucked, BotResumed, BotTurnEnded, ConversationEnded, EchoIgnored, UserTurnEnded

from .drawing import drawn
from .record import Record
from .rules import RULES, broken
from .run import World, run
from .shrinking import shrunk
from .timeline import Says, Setting, Step, Timeline, Types
from .world.coded_sound import Piece, decoded, sound
from .world.device import TimelineStream
from .world.recogniser import TimelineRecognizer
from .world.session import Session
from .world.vocabulary import misheard, user_word

WORDS = tuple(user_word(number) for number in range(6))
PLAIN = Timeline(
    Setting(sentences=1),
    (Step(0.1, Says(WORDS[:2], 0.6)), Step(5.0, Says(WORDS[2:4], 0.6)), Step(5.0, Types(WORDS[4:]))),
)
INTERRUPTED = Timeline(
    Setting(waits_first=False),
    (Step(0.1, Types(WORDS[:2])), Step(0.8, Types(WORDS[2:4]), cue="while the bot speaks")),
)


class Stuttering(TimelineStream):
    async def write(self, audio: bytes) -> None:
        await super().write(audio + audio[-800:])


class Skipping(TimelineStream):
    async def write(self, audio: bytes) -> None:
        await super().write(audio[:-800])


class Whispering(TimelineStream):
    async def write(self, audio: bytes) -> None:
        await super().write((numpy.frombuffer(audio, dtype="<i2") // 4).astype("<i2").tobytes())


class Unclearable(TimelineStream):
    def clear(self) -> None:
        pass


class Endless(TimelineStream):
    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        async for event in super().__aiter__():
            yield event
        while True:
            await asyncio.sleep(0.02)
            yield self._silence


class Mishearing(TimelineRecognizer):
    """Hears other words than those that are said."""

    def __init__(self, setting: Setting, heard: Callable[[str], list[str]]) -> None:
        super().__init__(setting)
        self._heard = heard

    def session(self) -> Session:
        recognizer = self

        class Mishears(Session):
            def _hear(self, word: str) -> None:
                for heard in recognizer._heard(word) if word else [""]:
                    super()._hear(heard)

        return Mishears(self._setting, self.log)


class Leaking(TimelineRecognizer):
    """Leaves a task behind."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        self.task = asyncio.create_task(asyncio.sleep(1000), name="left")
        async with super().listen(hints) as recognition:
            yield recognition


def hearing(heard: Callable[[str], list[str]]) -> World:
    return World(recognizer=lambda setting: Mishearing(setting, heard))


def swapped(word: str) -> list[str]:
    other = {WORDS[0]: WORDS[1], WORDS[1]: WORDS[0]}
    return [other.get(word, word)]


def tampered(change: Callable[[Record], None], timeline: Timeline = PLAIN) -> Record:
    """Return the record of a plain conversation in which something is changed."""
    record = run(timeline)
    change(record)
    return record


def _insert(record: Record, at: float, *events: object) -> None:
    place = next(number for number, event in enumerate(record.events) if event.at > at)
    record.events[place:place] = events  # type: ignore[assignment]
    record.seen[place:place] = [at] * len(events)


def _without(record: Record, kind: type) -> None:
    kept = [pair for pair in zip(record.events, record.seen, strict=True) if not isinstance(pair[0], kind)]
    record.events = [event for event, _ in kept]
    record.seen = [seen for _, seen in kept]


def _ends_again(record: Record) -> None:
    record.events.append(ConversationEnded(record.over + 1))
    record.seen.append(record.over + 1)


def _keeps_what_was_misheard(record: Record) -> None:
    first, *others = record.messages
    record.messages = (Message("user", first.content.replace(WORDS[0], misheard(WORDS[0]))), *others)


def _answers_again(record: Record) -> None:
    end = next(event.at for event in record.events if isinstance(event, BotTurnEnded))
    _insert(record, end, UserTurnEnded(end, WORDS[0]), BotTurnEnded(end, "Perivi."))


def _forgets_an_answer(record: Record) -> None:
    record.messages = tuple(m for m in record.messages if m.role == "user")


def _ends_with_more_than_was_heard(record: Record) -> None:
    record.events = [
        replace(event, heard=f"{event.heard} Tizere.") if isinstance(event, BotTurnEnded) else event
        for event in record.events
    ]


def _ignores_an_echo(record: Record) -> None:
    record.events.insert(1, EchoIgnored(0.1, WORDS[0]))
    record.seen.insert(1, 0.1)


def _holds_for_long(record: Record) -> None:
    record.events += [BotDucked(record.over, held=True), BotResumed(record.over + 30)]
    record.seen += [record.over, record.over + 30]


def _asks_again_what_was_refused(record: Record) -> None:
    for written in record.written:
        if written.request.messages[-1].content == " ".join(WORDS[:2]):
            written.fault = "refused"


def _answers_late(record: Record) -> None:
    number = max(n for n, event in enumerate(record.events) if isinstance(event, UserTurnEnded))
    record.events[number] = UserTurnEnded(record.over + 20, " ".join(WORDS[4:]))


PLANTED: dict[str, Callable[[], Record]] = {
    "ends when the user hangs up or it is cancelled": lambda: run(PLAIN, World(stream=Endless)),
    "says once that it has ended": lambda: tampered(_ends_again),
    "leaves nothing at work": lambda: run(PLAIN, World(recognizer=Leaking)),
    "no word is lost": lambda: run(PLAIN, hearing(lambda word: [] if word == WORDS[1] else [word])),
    "no word is doubled or made up": lambda: run(PLAIN, hearing(lambda word: [word, word])),
    "no word is answered twice": lambda: tampered(_answers_again),
    "refused words are not sent again": lambda: tampered(_asks_again_what_was_refused),
    "words are those of the final transcripts": lambda: tampered(_keeps_what_was_misheard),
    "words are in the order in which they came": lambda: run(PLAIN, hearing(swapped)),
    "every word is answered before the user has waited long": lambda: run(
        PLAIN, hearing(lambda word: [] if word == WORDS[1] else [word])
    ),
    "an answer is not held up": lambda: tampered(_answers_late),
    "every turn is answered or reported as failed once": lambda: tampered(
        lambda r: _without(r, BotTurnEnded)
    ),
    "history is what was heard": lambda: tampered(_forgets_an_answer),
    "a turn ends with what was heard": lambda: tampered(_ends_with_more_than_was_heard),
    "nothing is taken for an echo that cannot be one": lambda: tampered(_ignores_an_echo),
    "the bot goes on when the user is silent": lambda: tampered(_holds_for_long),
    "no sound is heard twice": lambda: run(PLAIN, World(stream=Stuttering)),
    "no sound is left out": lambda: run(PLAIN, World(stream=Skipping)),
    "nothing is heard outside of its turn": lambda: run(INTERRUPTED, World(stream=Unclearable)),
    "the bot is ducked only while the user may be speaking": lambda: run(PLAIN, World(stream=Whispering)),
}


def test_a_plain_conversation_breaks_no_rule() -> None:
    assert broken(run(PLAIN)) == {}
    assert broken(run(INTERRUPTED)) == {}


def test_every_rule_has_a_fault_that_it_is_tested_with() -> None:
    assert set(PLANTED) == set(RULES)


@pytest.mark.parametrize("rule", sorted(PLANTED))
def test_a_planted_fault_is_noticed(rule: str) -> None:
    assert rule in broken(PLANTED[rule]())


def test_the_same_seed_is_the_same_conversation() -> None:
    first, again = run(drawn(1)), run(drawn(1))
    assert first.events == again.events
    assert first.heard == again.heard


def test_a_shrunk_timeline_still_fails_and_is_minimal() -> None:
    def fails(timeline: Timeline) -> bool:
        return any(isinstance(step.act, Types) for step in timeline.steps) and timeline.setting.tone

    whole = Timeline(Setting(tone=True, mute=True, final_delays=(0.1, 5.0)), PLAIN.steps, "is cancelled", 3.0)
    assert shrunk(whole, fails) == Timeline(Setting(tone=True), (Step(0.1, Types(WORDS[4:5])),))


def test_sound_is_identified_at_any_loudness() -> None:
    loud, low = (
        sound(1000, 4000),
        (numpy.frombuffer(sound(5000, 800), dtype="<i2") // 5).astype("<i2").tobytes(),
    )
    again = sound(1000, 1000)
    assert decoded(2.0, loud + low + again, 10_000) == [
        Piece(2.0, 1000, 4000, 1.0),
        Piece(2.5, 5000, 800, 0.2),
        Piece(2.6, 1000, 1000, 1.0),
    ]
