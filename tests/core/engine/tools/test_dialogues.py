"""Random dialogues: whatever happens, what is asked for is done once, and every request is valid.

40 are held each time; `-m slow` holds 2,000.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from voicebot import (
    BotTurnEnded,
    ReplyWithdrawn,
    ToolEnded,
    ToolStarted,
    UnitSpoken,
    UserSpeechStarted,
    UserTurnEnded,
)
from voicebot.engine.text.consent import read_consent
from voicebot.testing import invalid

from .dialogue import Story, play

_CHANGES = {"book", "cancel"}


def complaints(story: Story) -> list[str]:
    """Return which rules were broken, and how."""
    found = ["the conversation did not end"] if story.is_stuck else []
    found += [f"a call still runs: {story.open}"] if story.open else []
    for written in story.written:
        found += invalid(written.request)
    found += _changes(story) + _history(story) + _order(story) + _told(story)
    return found


def _changes(story: Story) -> list[str]:
    """Check that what changes something runs once, if it is in history, and not at all if it is not."""
    ran = Counter(each for each in story.begun if each[0] in _CHANGES)
    found = [f"{each} ran {times} times" for each, times in ran.items() if times > 1]
    answers = {message.answers: message.content for message in story.messages if message.role == "tool"}
    asked = Counter[tuple[str, int]]()
    for call in (call for message in story.messages for call in message.calls if call.name in _CHANGES):
        number = json.loads(call.arguments).get("n")
        told = answers[call.id]
        asked[call.name, number] += 1
        was_refused = told.startswith("Not run")
        if not was_refused and (call.name, number) not in ran:
            found.append(f"{call} never ran, but it says {told!r}")
        if told.startswith("Not run: the user spoke."):
            found.append(f"{call} was decided and never ran")
        if told.startswith("Still running"):
            found.append(f"{call} has no result in the end")
    found += [f"{each} ran, and is not in history" for each in ran if not asked[each]]
    decided = [written for written in story.written if written.whole and not written.request.ahead]
    ids = {(call.name, call.arguments) for message in story.messages for call in message.calls}
    for call in (call for written in decided for call in written.calls if call.name == "book"):
        if call.arguments.startswith('{"n": ') and '"x"' not in call.arguments and "e" not in call.arguments:
            found += [] if (call.name, call.arguments) in ids else [f"{call} of a decided turn is lost"]
    return found


def _history(story: Story) -> list[str]:
    """Check that each call in history has one answer, right after it."""
    found, waiting = [], list[str]()
    for message in story.messages:
        if message.role == "tool":
            found += [] if waiting[:1] == [message.answers] else [f"{message.answers} is out of order"]
            waiting = waiting[1:]
        elif waiting:
            found.append(f"{waiting} have no answer")
        waiting += [call.id for call in message.calls]
    return found


def _told(story: Story) -> list[str]:
    """Check that in the end the chat model has been told of all that was changed, or the user has been.

    A reply that only tells what was done can call nothing.
    """
    notes = [each.request for each in story.written if each.request.messages[-1].content.startswith("[Since")]
    found = [
        f"{request.tools} are offered to a reply that tells results" for request in notes if request.tools
    ]
    if not story.is_quiet:
        return found
    told = {(each.answers, each.content) for written in story.written for each in written.request.messages}
    said = {event.text for event in story.events if isinstance(event, UnitSpoken)}
    names = {call.id: call.name for message in story.messages for call in message.calls}
    for message in (message for message in story.messages if message.role == "tool"):
        is_change = names[message.answers] in _CHANGES and not message.content.startswith("Not run")
        if is_change and (message.answers, message.content) not in told and "It is done." not in said:
            found.append(f"nobody was told {message.content!r} of {message.answers}")
    return found


def _order(story: Story) -> list[str]:
    """Check when calls begin and end.

    Nothing is changed but in the bot's turn, or cancelled without a yes that began after the question. What
    changes something is finished, and what only reads is stopped with its reply.
    """
    found, said, open_calls = [], "", dict[str, str]()
    is_bot_turn, asked_at, spoke_at = False, 0.0, 0.0
    for event in story.events:
        match event:
            case UserTurnEnded(text=text):
                is_bot_turn, said = True, text
            case BotTurnEnded(at=at, heard=heard):
                is_bot_turn, asked_at = False, at if heard else asked_at
            case UserSpeechStarted(at=at):
                spoke_at = at
            case ToolStarted(name=name, id=id, ahead=ahead):
                open_calls[id] = name
                if name in _CHANGES and (ahead or not is_bot_turn):
                    found.append(f"{id} began in the user's turn")
                if name == "cancel" and read_consent(said, "en-US") != "yes":
                    found.append(f"{id} began after {said!r}")
                if name == "cancel" and spoke_at < asked_at:
                    found.append(f"{id} began after {said!r} at {spoke_at:.2f}, asked until {asked_at:.2f}")
            case ToolEnded(id=id, text=told):
                if open_calls.pop(id, "") in _CHANGES and told.startswith("Stopped: the user spoke"):
                    found.append(f"{id} was not finished")
            case ReplyWithdrawn():
                reading = [id for id, name in open_calls.items() if name not in _CHANGES]
                found += [f"{id} goes on after its reply was withdrawn" for id in reading]
            case _:
                pass
    return found + [f"{id} has started and not ended" for id in open_calls]


def _check(seeds: range) -> None:
    failures = {seed: found for seed in seeds if (found := complaints(play(seed)))}
    if failures:
        lines = [f"seed {seed}: {found[0]}" for seed, found in list(failures.items())[:10]]
        pytest.fail(f"{len(failures)} of {len(seeds)} dialogues\n" + "\n".join(lines), pytrace=False)


def test_whatever_happens_everything_is_done_once_and_every_request_is_valid() -> None:
    _check(range(40))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 2000, 100))
def test_the_same_in_many_dialogues(first: int) -> None:
    _check(range(first, first + 100))
