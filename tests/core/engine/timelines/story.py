"""A record as a small conversation: who did what, and when."""

from __future__ import annotations

from dataclasses import fields

from voicebot.events import ConversationEvent, TurnTimed

from .record import Record
from .rules.bot_turns import Sounded, sounded
from .world.coded_sound import SOUND


def story(record: Record) -> str:
    """Return what happened in a record, line by line."""
    lines: list[tuple[float, str]] = []
    for said in record.said:
        how = "types" if said.typed else "says"
        lines.append((said.began, f"user        {how} {said.word!r}"))
    lines += [(began, f"user        makes a sound until {until:.2f} s") for began, until in record.sounds]
    lines += [(each.at, f"recogniser  gives {each.event}") for each in record.recognized]
    for gone, back in record.absences:
        lines += [(gone, "device      is lost"), (back, "device      is back, if anybody listens")]
    lines += [_played(sounds) for sounds in _joined(sounded(record))]
    lines += [(e.at, f"bot         {_event(e)}") for e in record.events if not isinstance(e, TurnTimed)]
    lines.append((record.ended_by_user, "user        hangs up, or it is cancelled"))
    lines.sort(key=lambda line: line[0])
    history = [f"         history     {message.role}: {message.content}" for message in record.messages]
    return "\n".join([*(f"{at:7.2f}  {text}" for at, text in lines), *history, f"         {record.outcome}"])


def _joined(sounds: list[Sounded]) -> list[list[Sounded]]:
    """Return what was played without a gap."""
    joined: list[list[Sounded]] = []
    for sound in sounds:
        before = joined[-1][-1] if joined else None
        goes_on = (
            before is not None and before.spoken is sound.spoken and before.piece.gain == sound.piece.gain
        )
        if goes_on and before.piece.start + before.piece.samples == sound.piece.start:
            joined[-1].append(sound)
        else:
            joined.append([sound])
    return joined


def _played(sounds: list[Sounded]) -> tuple[float, str]:
    first, last = sounds[0], sounds[-1].piece
    begins, ends = (
        (place - first.spoken.start) / SOUND.rate for place in (first.piece.start, last.start + last.samples)
    )
    what = f"speaker     {first.spoken.text.strip()!r}, seconds {begins:.2f} to {ends:.2f}"
    loudness = f", at {last.gain:.2f} of its loudness" if last.gain < 1 else ""
    return first.piece.at, f"{what}, until {last.until:.2f} s{loudness}"


def _event(event: ConversationEvent) -> str:
    values = [f"{each.name}={getattr(event, each.name)!r}" for each in fields(event) if each.name != "at"]
    return f"{type(event).__name__}({', '.join(values)})"
