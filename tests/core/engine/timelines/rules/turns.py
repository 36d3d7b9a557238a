"""Every user turn is answered or reported as failed, and history contains what was heard."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.events import BotDucked, BotResumed, BotTurnEnded, ConversationEnded, EchoIgnored, UserTurnEnded
from voicebot.messages import FinalTranscript

from ..record import Record
from ..settings import GOODBYE, SAFE_LINE
from ..world.coded_sound import SOUND
from ..world.synthesizer import SECONDS_PER_CHARACTER, Spoken
from ..world.vocabulary import meant
from .bot_turns import BotTurn, answer_of, bot_turns

_UNHEARD = 0.3 + 0.15
"""Seconds of an answer that count as unheard, and the time it takes to cut it off."""
_HELD = 12.0
"""Seconds of silence after which the user cannot count as speaking."""
_ECHO = 1.0


def every_turn_is_answered_or_reported_as_failed_once(record: Record) -> Iterator[str]:
    turns = bot_turns(record)
    for turn in turns:
        for question in turn.questions[:-1]:
            yield f"{question.text!r} is not answered before the next turn"
        if not turn.questions or turn.ended.interrupted or turn.absent:
            continue
        heard = turn.ended.heard
        if not heard.strip() and not turn.failures:
            yield f"{turn.questions[-1].text!r} has no answer, and no failure is reported"
        written = answer_of(record, turn)
        reported = turn.failures or turn.notices
        is_retracted = written is not None and written.fault == "taken back"  # what is left is an answer
        if heard and written and not is_retracted and not reported and written.text.split() != heard.split():
            yield f"of the answer {written.text!r} only {heard!r} is heard, and no failure is reported"
        if heard and not written and not {SAFE_LINE, GOODBYE} & set(heard.split()):
            yield f"{turn.questions[-1].text!r} is answered by {heard!r}, which nobody wrote"
    last = [event for event in record.events if isinstance(event, UserTurnEnded)][-1:]
    if last and record.outcome != "stuck" and not (turns and turns[-1].ended.at >= last[0].at):
        yield f"{last[0].text!r} is not answered"


def history_is_what_was_heard(record: Record) -> Iterator[str]:
    kept = [message.content for message in record.messages if message.role == "assistant"]
    turns = [turn for turn in bot_turns(record) if turn.ended.heard]
    # a refused question and its answer are not part of the conversation
    heard = [(turn.ended.heard, _is_refused(record, turn)) for turn in turns]
    if not _fits(heard, kept):
        yield f"heard was {[text for text, _ in heard]}, history has {kept}"


def _fits(heard: list[tuple[str, bool]], kept: list[str]) -> bool:
    """Return whether history equals what was heard, apart from what may be left out."""
    if not heard:
        return not kept
    (text, may_be_left_out), *later = heard
    if kept[:1] == [text] and _fits(later, kept[1:]):
        return True
    return may_be_left_out and _fits(later, kept)


def _is_refused(record: Record, turn: BotTurn) -> bool:
    # a question that was left without an answer before is sent together with the next
    questions = [each.request.messages[-1].content for each in record.written if each.fault == "refused"]
    return any(each.endswith(question.text) for question in turn.questions for each in questions)


def a_turn_ends_with_what_was_heard(record: Record) -> Iterator[str]:
    for turn in bot_turns(record):
        audible = [word for spoken in turn.texts for word in _audible(turn, spoken)]
        reported = turn.ended.heard.split()
        # the seconds of a recording are not those in which a device plays
        is_short = turn.seconds <= _UNHEARD or not record.timeline.setting.live
        if not reported and turn.ended.interrupted and is_short:
            continue
        if (written := answer_of(record, turn)) and written.fault == "taken back":
            continue  # retracted text does not count as heard, even if it was
        if any(back == float("inf") and gone < turn.over for gone, back in record.absences):
            continue  # after hanging up, the user hears no more
        tolerance = _tolerance(record, turn)
        same = sum(1 for _ in _common(audible, reported))
        if max(len(audible), len(reported)) - same > tolerance:
            said, heard = " ".join(reported), " ".join(audible)
            yield f"{heard!r} was heard, {said!r} is reported at {turn.ended.at:.2f} s"


def _audible(turn: BotTurn, spoken: Spoken) -> list[str]:
    """Return the words of a text that were heard to their end."""
    characters = (turn.samples(spoken) / SOUND.rate + 1e-3) / SECONDS_PER_CHARACTER
    words, end = [], 0
    for word in spoken.text.split():
        end = spoken.text.index(word, end) + len(word)
        if end <= characters + 0.5:
            words.append(word)
    return words


def _common(one: list[str], other: list[str]) -> Iterator[str]:
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return
        yield mine


def _tolerance(record: Record, turn: BotTurn) -> int:
    """Return how many words an estimate may be wrong by."""
    setting = record.timeline.setting
    if not turn.ended.interrupted and not turn.absent and not turn.failures:
        return 0
    return 4 if setting.streamed and not setting.timings else 2


def nothing_is_taken_for_an_echo_that_cannot_be_one(record: Record) -> Iterator[str]:
    for event in record.events:
        if not isinstance(event, EchoIgnored) or _is_repeated(record, event):
            continue
        words = [meant(word) for word in event.text.split()]
        began = min([said.began for said in record.said if said.word in words], default=event.at - _ECHO)
        ended = max([record.given.get(word, event.at) for word in words], default=event.at)
        if not any(piece.at < ended and began - _ECHO < piece.until for piece in record.heard):
            yield f"{event.text!r} is taken for an echo at {event.at:.2f} s, when nothing was heard"


def _is_repeated(record: Record, event: EchoIgnored) -> bool:
    """Return whether what was ignored had been recognised before: it changes nothing."""
    finals = [each for each in record.recognized if isinstance(each.event, FinalTranscript)]
    return any(each.event.text == event.text and each.at < event.at - 1e-3 for each in finals)


def the_bot_goes_on_when_the_user_is_silent(record: Record) -> Iterator[str]:
    """A reply that is held is resumed or broken off."""
    held: float | None = None
    for event in record.events:
        if isinstance(event, BotDucked) and event.held:
            held = event.at
        elif isinstance(event, BotResumed | BotTurnEnded | ConversationEnded) and held is not None:
            silent = max([until for _, until in record.sounds if until < event.at], default=held)
            if event.at - max(held, silent) > _HELD:
                yield f"it is silent from {held:.2f} s until {event.at:.2f} s, though nobody speaks"
            held = None
