"""The conversation ends when it should, and nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.events import ConversationEnded

from ..record import Record

_OUTCOMES = {
    "hangs up": "ended",
    "is cancelled": "cancelled",
    "loses its device for good": "failed: DeviceError",
}


def ends_when_the_user_hangs_up_or_it_is_cancelled(record: Record) -> Iterator[str]:
    if record.over <= record.ended_by_user and record.outcome == "ended":
        return  # it was over before
    if not record.outcome.startswith(_OUTCOMES[record.timeline.end]):
        yield f"it {record.timeline.end}, and is {record.outcome}"


def says_once_that_it_has_ended(record: Record) -> Iterator[str]:
    ends = [event for event in record.events if isinstance(event, ConversationEnded)]
    if record.outcome != "stuck" and (len(ends) != 1 or record.events[-1] is not ends[0]):
        yield f"it said {len(ends)} times that it has ended, and last {record.events[-1:]}"


def leaves_nothing_at_work(record: Record) -> Iterator[str]:
    for what in record.left:
        yield f"{what} is left"
