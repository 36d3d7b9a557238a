"""A record as a small conversation: who did what, and when."""

from __future__ import annotations

from dataclasses import fields

from voicebot.events import ConversationEvent, TurnTimed

from .botturns import sounded
from .run import Record


def story(record: Record) -> str:
    """Return what happened in a record, line by line."""
    lines: list[tuple[float, str]] = []
    for said in record.said:
        how = "types" if said.typed else "says"
        lines.append((said.began, f"user        {how} {said.word!r}"))
    lines += [(began, f"user        makes a sound until {until:.2f} s") for began, until in record.sounds]
    lines += [(told.at, f"recogniser  tells {told.event}") for told in record.told]
    for gone, back in record.absences:
        lines += [(gone, "device      is lost"), (back, "device      is back")]
    for sound in sounded(record):
        piece = sound.piece
        place = (piece.start - sound.spoken.start) / record.voice.output_format.rate
        what = f"plays {sound.spoken.text.strip()!r} from its second {place:.2f} on until {piece.until:.2f} s"
        lines.append((piece.at, f"speaker     {what}" + (f", at {piece.gain:.2f}" if piece.gain < 1 else "")))
    lines += [(e.at, f"bot         {_event(e)}") for e in record.events if not isinstance(e, TurnTimed)]
    lines.append((record.ended_by_user, "user        hangs up, or it is cancelled"))
    lines.sort(key=lambda line: line[0])
    history = [f"         history     {message.role}: {message.content}" for message in record.messages]
    return "\n".join([*(f"{at:7.2f}  {text}" for at, text in lines), *history, f"         {record.outcome}"])


def _event(event: ConversationEvent) -> str:
    values = [f"{each.name}={getattr(event, each.name)!r}" for each in fields(event) if each.name != "at"]
    return f"{type(event).__name__}({', '.join(values)})"
