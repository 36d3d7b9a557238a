"""What is heard of the bot: each sound once, complete, in its turn, and at the right volume."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from voicebot.events import BotDucked, BotResumed, BotTurnEnded

from ..record import Record
from ..settings import SAFE_LINE
from ..world.coded_sound import SOUND
from .bot_turns import SHORT, BotTurn, Sounded, answer_of, bot_turns, sounded

_SILENCED = 0.06
"""Seconds for which cleared sound may still be heard."""
_LOW = 0.95
_LOWERED = 2.0
"""Seconds for which the bot is ducked at most: then the user is known to speak, or it was noise."""


def no_sound_is_heard_twice(record: Record) -> Iterator[str]:
    sounds = sounded(record)
    groups = [[sound for sound in sounds if sound.spoken.text.strip() != SAFE_LINE]]
    groups += [
        [sound for sound in turn.sounds if sound.spoken.text.strip() == SAFE_LINE]
        for turn in bot_turns(record)
    ]
    for group in groups:
        furthest: dict[int, int] = {}
        for sound in group:
            start, reached = sound.piece.start, furthest.get(sound.spoken.start, sound.spoken.start)
            if (again := min(reached, start + sound.piece.samples) - start) > SHORT:
                yield f"{again / SOUND.rate:.2f} s of {_named(sound)} are heard again"
            furthest[sound.spoken.start] = max(reached, start + sound.piece.samples)


def no_sound_is_left_out(record: Record) -> Iterator[str]:
    for turn in bot_turns(record):
        if turn.absent:
            continue
        for spoken in turn.texts:
            pieces = [sound.piece for sound in turn.sounds if sound.spoken is spoken]
            ends = [spoken.start, *(piece.start + piece.samples for piece in pieces)]
            gaps = [piece.start - end for end, piece in zip(ends, pieces, strict=False)]
            if _was_let_finish(record, turn):
                gaps.append(spoken.start + spoken.made - ends[-1])
            for gap in gaps:
                if gap > SHORT:
                    yield f"{gap / SOUND.rate:.2f} s of {spoken.text!r} are left out"


def _was_let_finish(record: Record, turn: BotTurn) -> bool:
    written = answer_of(record, turn)
    return not turn.ended.interrupted and (written is None or written.fault != "taken back")


def nothing_is_heard_outside_of_its_turn(record: Record) -> Iterator[str]:
    if not record.timeline.setting.live:
        return
    ends = [event.at for event in record.events if isinstance(event, BotTurnEnded)]
    of_turn: dict[int, float] = {}
    for sound in sounded(record):
        piece = sound.piece
        end = next((end for end in ends if end > piece.at + 1e-6), None)
        if end is None:
            if ends and piece.at < ends[-1] + _SILENCED and piece.until < ends[-1] + _SILENCED:
                continue
            yield f"{_named(sound)} is heard at {piece.at:.2f} s, when no turn of the bot is left"
            continue
        if piece.until > end + _SILENCED:
            yield f"{_named(sound)} is heard until {piece.until:.2f} s, and its turn was over at {end:.2f} s"
        if sound.spoken.text.strip() != SAFE_LINE and of_turn.setdefault(sound.spoken.start, end) != end:
            yield f"{_named(sound)} of an earlier turn is heard at {piece.at:.2f} s"


def the_bot_is_ducked_only_while_the_user_may_be_speaking(record: Record) -> Iterator[str]:
    if not record.timeline.setting.live:
        return
    marks = [(event.at, _loudness(event)) for event in record.events if _loudness(event)]
    spans = [(at, until, how) for (at, how), (until, _) in pairwise([*marks, (float("inf"), "")])]
    spans.insert(0, (float("-inf"), marks[0][0] if marks else float("inf"), "full"))
    for sound in sounded(record):
        for at, until, how in spans:
            first, last = max(sound.piece.at, at + _SILENCED), min(sound.piece.until, until)
            if last - first <= _SILENCED:
                continue
            if how == "held":
                yield f"{_named(sound)} is heard at {first:.2f} s, held since {at:.2f} s"
            elif (sound.piece.gain < _LOW) != (how == "low"):
                loud = f"at {sound.piece.gain:.2f} of its loudness at {first:.2f} s"
                yield f"{_named(sound)} is heard {loud}, when it should be {how} since {at:.2f} s"
            elif how == "low" and last > at + _LOWERED + _SILENCED:
                yield f"{_named(sound)} is still low at {last:.2f} s, since {at:.2f} s"


def _loudness(event: object) -> str:
    match event:
        case BotDucked(held=held):
            return "held" if held else "low"
        case BotResumed() | BotTurnEnded():
            return "full"
        case _:
            return ""


def _named(sound: Sounded) -> str:
    return repr(sound.spoken.text)
