"""One recording, run through today's engine with one config, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from math import inf

from voicebot import (
    BotConfig,
    ConfigChanged,
    Conversation,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    EchoIgnored,
    InputReceived,
    ProviderError,
    UserSpeechStarted,
    UserTurnEnded,
)
from voicebot.testing import Deadlock, VirtualClockLoop
from voicebot_recording.format import encoded, line
from voicebot_recording.reading import Recording
from voicebot_replay.engine.bot import ReplayedBots
from voicebot_replay.engine.config import recorded_configs
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
    result, whatever the machine. It runs an event loop, so call it in a thread if one is running.

    Args:
        recording: with text, and with sound if the user spoke.
        config: whose settings and detectors are used throughout; by default, those that the bot had then, as
            long as it had them.

    Raises:
        ConfigError: the recorded config cannot be used.
        ProviderError: voice activity or turn detector do not start.
        ReplayError: the recording does not say what would be needed.
    """
    events = list(recording.events())
    _check(recording, events)
    configs = recorded_configs(recording) if config is None else [(0.0, config)]
    ending = ending_of(recording, events)
    try:
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            found, unrecorded, failure = runner.run(
                _run(recording, configs, events, ending, follows=config is None)
            )
    except Deadlock as error:  # such as a detector that waits for a thread or a service
        raise ReplayError(f"{recording.folder}: the replay waits for what never comes; use -vv") from error
    recorded = list(before(events, ending.until))
    begins = min(each.at for each in events if isinstance(each, UserSpeechStarted | InputReceived))
    if not any(isinstance(each, ConversationEnded) for each in recorded):  # nor has it ended in the replay
        found = [*before(found, ending.until + MARGIN - _MOMENT)]
    said = said_turns(recorded, min(recording.seconds, ending.until))
    turns = (
        replace(
            each, is_stand_in=each.answered is not None and not unrecorded.is_reply_recorded(each.answered)
        )
        for each in turns_in(found, said)
    )
    return Replayed(
        tuple(turns),
        tuple(each for each in turns_in(recorded, said) if each.decided >= begins),
        tuple(said),
        tuple(found),
        unrecorded.counts(),
        failure,
        ending.until,
        tuple(_warnings(recording, events, follows=config is None)),
    )


async def _run(
    recording: Recording,
    configs: Sequence[tuple[float, BotConfig]],
    events: Sequence[ConversationEvent | ConversationDetail],
    ending: Ending,
    *,
    follows: bool,
) -> tuple[list[ConversationEvent], Unrecorded, str]:
    clock = ReplayClock()
    unrecorded = Unrecorded(clock, ending.until)
    bots = ReplayedBots(recording, events, ending, clock, unrecorded, follows=follows)
    found: list[ConversationEvent] = []
    failure = ""
    async with AsyncExitStack() as entered:
        made = [(at, await entered.enter_async_context(bots.bot(config, at))) for at, config in configs]
        (_, first), *changes = made
        conversation = Conversation(first, bots.stream, id=recording.id)
        subscription = conversation.events()
        async with asyncio.TaskGroup() as tasks:

            async def watch() -> None:
                found.extend([event async for event in subscription])

            async def change() -> None:
                for at, bot in changes:
                    await clock.until(at)
                    await conversation.apply(bot)

            async def end() -> None:
                if ending.at is not None and not ending.breaks_off:
                    await clock.until(ending.at)
                    conversation.end()

            tasks.create_task(watch(), name="replay: events")
            clock.start()
            program = [tasks.create_task(each, name="replay: program") for each in (change(), end())]
            try:
                async with asyncio.timeout(ending.until + MARGIN if ending.breaks_off else None) as limit:
                    await conversation.run()
            except ProviderError as error:
                failure = str(error)
            except TimeoutError:
                if not limit.expired():
                    raise
            finally:
                for task in program:
                    task.cancel()
    return found, unrecorded, failure


def _check(recording: Recording, events: Sequence[ConversationEvent | ConversationDetail]) -> None:
    """Raise `ReplayError` if what was said is not in the recording."""
    if "text" in recording.header.get("left_out", ()):
        raise ReplayError(f"{recording.folder}: recorded without text, so that nothing can be answered")
    check_inputs(recording, events)


def _warnings(
    recording: Recording, events: Sequence[ConversationEvent | ConversationDetail], *, follows: bool
) -> Iterator[str]:
    yield from recording.warnings
    sound, has_ended = recording.sound, any(isinstance(each, ConversationEnded) for each in events)
    if has_ended and sound is not None and not sound.is_whole:
        until = sound.heard_until or 0.0
        yield f"{recording.folder}: its sound ends at {until:.1f} s, and so does the replay"
    changed = next((each.at for each in events if isinstance(each, ConfigChanged)), None)
    if changed is not None and not follows:
        turn = 1 + sum(isinstance(each, UserTurnEnded) and each.at < changed for each in events)
        yield f"{recording.folder}: the config was changed before turn {turn}; the replay has one throughout"
    if echoes := sum(isinstance(each, EchoIgnored) for each in events):
        yield (
            f"{recording.folder}: the microphone heard the bot ({echoes} times); where the replay goes "
            "another way, this may be taken for the user"
        )
