"""The bot's turns in a record: what each answered, what was heard of it, and what failed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from voicebot.events import BotDucked, BotTurnEnded, ProviderFailed, ProviderNoticed, UserTurnEnded

from ..record import Record
from ..world.chat_model import Written
from ..world.coded_sound import SOUND, Piece
from ..world.synthesizer import Spoken

SHORT = 24
"""Samples by which a measurement may be wrong."""
_EDGE, _FAST_EDGE = 1e-6, 0.005
"""Seconds after the end of a turn from which sound belongs to the next; a recording takes all at once."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """A piece of sound that was heard, and its text."""

    piece: Piece
    spoken: Spoken


@dataclass(slots=True)
class BotTurn:
    """What happened between the end of the turn before and the end of this one, at `over`."""

    over: float
    ended: BotTurnEnded
    questions: list[UserTurnEnded] = field(default_factory=list)
    failures: list[ProviderFailed] = field(default_factory=list)
    notices: list[ProviderNoticed] = field(default_factory=list)
    """Notices of the synthesizer, such as about skipped text."""
    ducked_at: float | None = None
    """When it was ducked for the first time."""
    sounds: list[Sounded] = field(default_factory=list)
    absent: bool = False
    """Whether the device was lost during the turn."""

    @property
    def seconds(self) -> float:
        """Seconds that were heard before it was ducked."""
        until = self.over if self.ducked_at is None else self.ducked_at
        return sum(
            max(0.0, min(until, sound.piece.until) - sound.piece.at)
            for sound in self.sounds
            if sound.piece.at < until
        )

    @property
    def texts(self) -> list[Spoken]:
        """The texts of which something was heard, in order."""
        seen: dict[int, Spoken] = {sound.spoken.start: sound.spoken for sound in self.sounds}
        return list(seen.values())

    def samples(self, spoken: Spoken) -> int:
        """Return how many samples were heard of a text."""
        return sum(sound.piece.samples for sound in self.sounds if sound.spoken is spoken)


def bot_turns(record: Record) -> list[BotTurn]:
    """Return the turns of the bot."""
    turns: list[BotTurn] = []
    began = float("-inf")
    questions: list[UserTurnEnded] = []
    failures: list[ProviderFailed] = []
    notices: list[ProviderNoticed] = []
    ducked_at: float | None = None
    for seen, event in zip(record.seen, record.events, strict=True):
        match event:
            case UserTurnEnded():
                questions.append(event)
                failures = []
            case ProviderFailed():
                failures.append(event)
            case ProviderNoticed(kind="synthesizer"):
                notices.append(event)
            case BotDucked():
                ducked_at = event.at if ducked_at is None else ducked_at
            case BotTurnEnded():
                turn = BotTurn(seen, event, questions, failures, notices, ducked_at)
                turn.absent = any(gone <= seen and began < back for gone, back in record.absences)
                turns.append(turn)
                began, questions, failures, notices, ducked_at = seen, [], [], [], None
            case _:
                pass
    ends = [turn.over for turn in turns]
    for sound in sounded(record):
        place = bisect_right(ends, sound.piece.at + (_EDGE if record.timeline.setting.live else -_FAST_EDGE))
        if place < len(turns):
            turns[place].sounds.append(sound)
    return turns


def sounded(record: Record) -> list[Sounded]:
    """Return all synthesized sound that was heard, in order."""
    texts = record.spoken
    starts = [spoken.start for spoken in texts]
    sounds = []
    for piece in record.heard:
        start, end = piece.start, piece.start + piece.samples
        while piece.start >= 0 and start < end:
            spoken = texts[bisect_right(starts, start) - 1]
            until = max(start + 1, min(end, spoken.start + spoken.samples))
            if until - start > SHORT:
                at = piece.at + (start - piece.start) / SOUND.rate
                sounds.append(Sounded(Piece(at, start, until - start, piece.gain), spoken))
            start = until
    return sounds


def answer_of(record: Record, turn: BotTurn) -> Written | None:
    """Return what the chat model wrote for a turn, by the first word that was heard."""
    first = turn.ended.heard.split()[:1]
    return next((each for each in record.written if first and first[0] in each.text.split()), None)
