"""Every word of the user is in history: once, as in its final transcript, and in the right place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from voicebot.events import ConversationEnded, UserTurnEnded
from voicebot.messages import FinalTranscript, PartialTranscript

from ..record import Record
from ..settings import COURTESY
from ..timeline import RecogniserFails
from ..world.vocabulary import is_misheard, meant
from .bot_turns import bot_turns

_HANGING_UP = 2.0
"""Seconds before the bot hangs up in which words may come too late to prevent that."""
_MUTED = 0.8
"""Seconds for which a microphone that was muted for the bot's voice may still be deaf."""
_WAITED_FOR = 1.5
"""Seconds for which a final is waited for in any case, even when the user has hung up."""
_ECHO = 1.0
"""Seconds after the bot's last sound in which its words may still be an echo."""
_FINAL = 2.0 + 1.5
"""Seconds in which words are final or given up, and what it takes to notice that the user is silent."""
_DELAY = 0.2
"""Seconds until what was recognised is in history."""


def _history(record: Record) -> list[str]:
    contents = (message.content for message in record.messages if message.role == "user")
    words = [word for content in contents for word in content.split()]
    return [word for word in words if meant(word) not in COURTESY]


def _refused(record: Record) -> set[str]:
    """Return the words that the content filter refused: history is not to keep them.

    What a late final adds to them is of the same question.
    """
    requests = (each for each in record.written if each.fault in ("refused", "taken back"))
    refused = {meant(word) for each in requests for word in each.request.messages[-1].content.split()}
    finals = [
        each.event.text.split() for each in record.recognized if isinstance(each.event, FinalTranscript)
    ]
    return refused.union(*(final for final in finals if refused.intersection(final)))


def _expected(record: Record) -> list[str]:
    """Return the words that must come into history."""
    if record.outcome != "ended":
        return []
    gone = next((e for e in record.events if isinstance(e, ConversationEnded)), None)
    expected = [word for word in record.given if word not in COURTESY]
    if gone and gone.by != "input":
        first, until = _first_recognized(record), record.over - _HANGING_UP
        expected = [word for word in expected if first.get(word, record.given[word]) < until]
    if record.timeline.setting.mute:
        expected = [
            w for w in expected if _is_typed(record, w) or not _is_audible_at(record, record.given[w])
        ]
    expected = [word for word in expected if not _may_be_an_echo(record, word)]
    refused = _refused(record)
    return [word for word in expected if word not in refused and _could_be_waited_for(record, word)]


def _could_be_waited_for(record: Record, word: str) -> bool:
    """Return whether a word was recognised, or would have been in the time that must be waited for it.

    Without a detector, nothing shows where the speech of an uncommitted final ends if its words had no
    partials: what was said since is lost where the session breaks.
    """
    setting = record.timeline.setting
    breaks = any(isinstance(step.act, RecogniserFails) for step in record.timeline.steps)
    has_own_finals = not setting.detector and setting.finals != "on commit" and setting.partials != "all"
    if breaks and has_own_finals:
        return False
    late = max(setting.final_delays) + setting.lag > _WAITED_FOR
    return not (setting.live and late) or word in _first_recognized(record) or _is_typed(record, word)


def _is_typed(record: Record, word: str) -> bool:
    return any(said.word == word and said.typed for said in record.said)


def _may_be_an_echo(record: Record, word: str) -> bool:
    """Return whether it is the bot's own word, and it was heard so lately that it may be an echo."""
    began = next((said.began for said in record.said if said.word == word), 0.0)
    its_own = any(word == meant(own) for spoken in record.spoken for own in spoken.text.split())
    return its_own and any(
        piece.at <= record.given[word] and began <= piece.until + _ECHO for piece in record.heard
    )


def _is_audible_at(record: Record, at: float) -> bool:
    return any(piece.at - 0.1 <= at <= piece.until + _MUTED for piece in record.heard)


def no_word_is_lost(record: Record) -> Iterator[str]:
    known = {meant(word) for word in _history(record)}
    for word in _expected(record):
        if word not in known:
            yield f"{word!r}, given at {record.given[word]:.2f} s, is not in history"


def no_word_is_doubled_or_made_up(record: Record) -> Iterator[str]:
    counts = Counter(map(meant, _history(record)))
    for word, count in counts.items():
        if word not in record.given:
            yield f"{word!r} is in history, and nobody said it"
        elif count > 1:
            yield f"{word!r} is {count} times in history"


def no_word_is_answered_twice(record: Record) -> Iterator[str]:
    refused = _refused(record)
    answered: set[str] = set()
    for turn in bot_turns(record):
        words = {meant(word) for question in turn.questions for word in question.text.split()}
        words -= set(COURTESY) | refused
        for word in sorted(words & answered):
            yield f"{word!r} is answered once more at {turn.questions[-1].at:.2f} s"
        if turn.ended.heard or not turn.ended.interrupted:
            answered |= words


def refused_words_are_not_sent_again(record: Record) -> Iterator[str]:
    for turn in bot_turns(record):
        if turn.ended.interrupted or not turn.questions:
            continue
        question = turn.questions[-1].text
        requests = [each for each in record.written if each.at <= turn.over]
        answers = [each for each in requests if each.request.messages[-1].content == question]
        if not answers or answers[-1].fault != "refused":
            continue
        refused = {meant(word) for word in question.split()} - set(COURTESY)
        for later in record.written:
            contents = [each.content for each in later.request.messages if each.role == "user"]
            sent = {meant(word) for text in contents for word in text.split()}
            if later.at > turn.over and sent & refused:
                yield f"{question!r} was refused, and is sent again at {later.at:.2f} s"
                break


def words_are_those_of_the_final_transcripts(record: Record) -> Iterator[str]:
    final = {
        word
        for each in record.recognized
        if isinstance(each.event, FinalTranscript)
        and each.at < min(record.over, record.ended_by_user) - _DELAY
        for word in each.event.text.split()
    }
    for word in _history(record):
        if is_misheard(word) and meant(word) in final:
            yield f"{word!r} became {meant(word)!r}, but history has what was misheard"


def words_are_in_the_order_in_which_they_came(record: Record) -> Iterator[str]:
    place: dict[str, int] = {}
    for number, word in enumerate(map(meant, _history(record))):
        place.setdefault(word, number)
    spoken = [said for said in record.said if not said.typed and said.word in place]
    typed = [said for said in record.said if said.typed and said.word in place]
    for same in (spoken, typed):
        for before, after in pairwise(same):
            if place[before.word] > place[after.word]:
                yield f"{after.word!r} comes before {before.word!r}"
    first_recognized = _first_recognized(record)
    answers = record.timeline.setting.finals != "by itself"
    for line in typed:
        at = record.given[line.word]
        for word in spoken:
            recognized = first_recognized.get(word.word, float("inf"))
            if recognized < at - _DELAY and place[word.word] > place[line.word]:
                when = f"recognised at {recognized:.2f} s"
                yield f"{word.word!r}, {when}, comes after {line.word!r}, typed at {at:.2f} s"
            # one that answers no commits may tell a word as of speech that began before the line
            if answers and word.began > at and place[word.word] < place[line.word]:
                since = f"said from {word.began:.2f} s on"
                yield f"{word.word!r}, {since}, comes before {line.word!r}, typed at {at:.2f} s"


def an_answer_is_not_held_up(record: Record) -> Iterator[str]:
    """An answer is not delayed for long, neither by a silent recogniser nor by noise without words."""
    setting = record.timeline.setting
    if not setting.live or any(isinstance(step.act, RecogniserFails) for step in record.timeline.steps):
        return
    first, turns = _first_recognized(record), bot_turns(record)
    for event in record.events:
        if not isinstance(event, UserTurnEnded):
            continue
        words = [word for word in map(meant, event.text.split()) if word in record.given]
        known = [max(record.given[word], first.get(word, 0.0)) for word in words]
        ends = [record.ended_by_user, *(turn.over for turn in turns)]
        since = max([*known, *(end for end in ends if end <= event.at)], default=event.at)
        if event.at > since + _FINAL + 2 * setting.patience + setting.lag:
            yield f"{event.text!r} is known at {since:.2f} s, and it is the bot's turn at {event.at:.2f} s"


def _first_recognized(record: Record) -> dict[str, float]:
    first: dict[str, float] = {}
    for each in record.recognized:
        if isinstance(each.event, PartialTranscript | FinalTranscript):
            for word in each.event.text.split():
                first.setdefault(meant(word), each.at)
    return first


def every_word_is_answered_before_the_user_has_waited_long(record: Record) -> Iterator[str]:
    """When the user has waited long enough, nothing is left unanswered."""
    if record.timeline.tail is not None or record.outcome != "ended" or not record.timeline.setting.live:
        return
    if record.over < record.ended_by_user:
        return
    turns = [event for event in record.events if isinstance(event, UserTurnEnded)]
    answered = {meant(w) for turn in turns for w in turn.text.split() if turn.at <= record.ended_by_user}
    for word in _expected(record):
        if word not in answered and word not in {meant(w) for w in _history(record)}:
            at, until = record.given[word], record.ended_by_user
            yield f"{word!r}, given at {at:.2f} s, is not answered at {until:.2f} s"
