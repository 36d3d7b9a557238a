"""One recording, run through today's engine with one config, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from voicebot import (
    BotConfig,
    ConfigChanged,
    Conversation,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    EchoIgnored,
    ProviderError,
)
from voicebot.testing import Deadlock, VirtualClockLoop
from voicebot_recording.format import encoded, line
from voicebot_recording.reading import Recording
from voicebot_replay.engine.bot import bot_of
from voicebot_replay.engine.config import recorded_config
from voicebot_replay.engine.device import check_inputs
from voicebot_replay.engine.ending import Ending, before, ending_of
from voicebot_replay.engine.speech import Speech, said_turns
from voicebot_replay.engine.turns import ReplayedTurn, turns_in
from voicebot_replay.errors import ReplayError
from voicebot_replay.exchanges import MARGIN
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.unrecorded import Unrecorded

_MOMENT = 0.001


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay.

    `turns` are those of the replay, `recorded` those of the recording, and `said` the user's turns as the
    recording shows that they were. `events` are all events of the replay, at seconds of the conversation.
    `unrecorded` says how many answers did not come from the recording, by kind of provider, as nobody asked
    for them then. `failure` is why the conversation could not go on; empty if it could. `until` is the second
    at which the recording breaks off, and the replay with it; infinite if it has the conversation's end.
    `warnings` say in one line each why the replay may differ for other reasons than engine and config.
    """

    turns: tuple[ReplayedTurn, ...]
    recorded: tuple[ReplayedTurn, ...]
    said: tuple[Speech, ...]
    events: tuple[ConversationEvent, ...] = field(repr=False)
    unrecorded: dict[str, int] = field(default_factory=dict)
    failure: str = ""
    until: float = inf
    warnings: tuple[str, ...] = ()

    def log(self) -> str:
        """Return the events as lines of JSON, as in `events.jsonl`: equal replays have equal logs."""
        return "".join(line(encoded(event)) for event in self.events)


def replay(recording: Recording, config: BotConfig | None = None) -> Replayed:
    """Let the recorded user talk with today's engine, in virtual time.

    The user says and types the same at the same times. Voice activity and turn detector of the config run;
    recogniser, chat model, voice and tools answer what they answered then, after as long. If the recording
    breaks off before the conversation ended, so does the replay. The same recording and config have the same
    result, whatever the machine. It runs an event loop, so call it in a thread if
    one is running.

    Args:
        recording: with text, and with sound if the user spoke.
        config: whose settings and detectors are used; by default, that of the recording.

    Raises:
        ConfigError: the recorded config cannot be used.
        ProviderError: voice activity or turn detector do not start.
        ReplayError: the recording does not say what would be needed.
    """
    events = list(recording.events())
    _check(recording, events)
    config, ending = config or recorded_config(recording), ending_of(recording, events)
    try:
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            found, unrecorded, failure = runner.run(_run(recording, config, events, ending))
    except Deadlock as error:  # such as a detector that waits for a thread or a service
        raise ReplayError(f"{recording.folder}: the replay waits for what never comes; use -vv") from error
    recorded = list(before(events, ending.until))
    if not any(isinstance(each, ConversationEnded) for each in recorded):  # nor has it ended in the replay
        found = [*before(found, ending.until + MARGIN - _MOMENT)]
    said = said_turns(recorded, min(recording.seconds, ending.until))
    return Replayed(
        turns_in(found, said),
        turns_in(recorded, said),
        tuple(said),
        tuple(found),
        unrecorded.counts(),
        failure,
        ending.until,
        tuple(_warnings(recording, events)),
    )


async def _run(
    recording: Recording,
    config: BotConfig,
    events: Sequence[ConversationEvent | ConversationDetail],
    ending: Ending,
) -> tuple[list[ConversationEvent], Unrecorded, str]:
    clock = ReplayClock()
    unrecorded = Unrecorded(clock, ending.until)
    bot, stream = bot_of(recording, config, events, ending, clock, unrecorded)
    found: list[ConversationEvent] = []
    failure = ""
    async with bot:
        conversation = Conversation(bot, stream, id=recording.id)
        subscription = conversation.events()
        async with asyncio.TaskGroup() as tasks:

            async def watch() -> None:
                found.extend([event async for event in subscription])

            async def end(at: float) -> None:
                await clock.until(at)
                conversation.end()

            tasks.create_task(watch(), name="replay: events")
            clock.start()
            at = None if ending.breaks_off else ending.at
            ends = tasks.create_task(end(at), name="replay: end") if at is not None else None
            try:
                async with asyncio.timeout(ending.until + MARGIN if ending.breaks_off else None) as limit:
                    await conversation.run()
            except ProviderError as error:
                failure = str(error)
            except TimeoutError:
                if not limit.expired():
                    raise
            finally:
                if ends is not None:
                    ends.cancel()
    return found, unrecorded, failure


def _check(recording: Recording, events: Sequence[ConversationEvent | ConversationDetail]) -> None:
    """Raise `ReplayError` if what was said is not in the recording."""
    if "text" in recording.header.get("left_out", ()):
        raise ReplayError(f"{recording.folder}: recorded without text, so that nothing can be answered")
    check_inputs(recording, events)


def _warnings(
    recording: Recording, events: Sequence[ConversationEvent | ConversationDetail]
) -> Iterator[str]:
    yield from recording.warnings
    if changed := [each.at for each in events if isinstance(each, ConfigChanged)]:
        yield f"{recording.folder}: the config was changed after {changed[0]:.1f} s; the replay keeps to one"
    if echoes := sum(isinstance(each, EchoIgnored) for each in events):
        yield (
            f"{recording.folder}: the microphone heard the bot ({echoes} times); in the replay, the bot is "
            "silent, so that this may be taken for the user"
        )
