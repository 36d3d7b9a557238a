"""recordings.md: what a recording consists of, from the code that writes and reads it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import voicebot
from generator.api import described
from generator.markdown import code, joined, table
from voicebot_recording import reading
from voicebot_recording.format import TYPES, VERSION, line
from voicebot_recording.options import RecordOptions
from voicebot_recording.writing.event_encoder import EventEncoder
from voicebot_recording.writing.header import header
from voicebot_recording.writing.sound_timeline import SoundTimeline

_INTRO = """
# Recordings

A recording is a folder with these files. [Keep recordings](../how-to/keep-recordings.md) shows how they
are made; [configuration](configuration.md#record) lists the options.

| file | what it holds |
| --- | --- |
| `events.jsonl` | what happened, one JSON object a line |
| `sound.flac` | the sound of both sides: the first channel is the user, the second the bot |
| `config.yaml` | the config with all defaults, absolute paths and what it extends; `***` for secrets |
| `config-1.yaml`, … | the same after each change of the config during the conversation |

What happened is written four times a second, and readable from then on even if the process is killed. Sound
comes in blocks of 1152 samples; what is not in one yet is not written. The user's sound waits up to half a
second longer while it comes late, until it is clear whether some is missing.
"""
_LINES = """
## events.jsonl

Each object has a `type`. The first line is of the type `Recording`:
"""
_HEADER = f"""
`version` is that of the format, now {VERSION}. A reader refuses one that is higher than it knows. Additions
do not raise it: ignore types and keys that you do not know. `sound`, `microphone`, `speaker` and `voice` (the
rates of `SoundHeard`, `SoundWritten` and `AudioChunk` as the conversation begins) are null where there is no
sound, `live` is false where a file was answered, and `left_out` names those of `sound`, `text` and `tools`
that the config left out.

All other lines are [events](events.md), [details](events.md#details) among them, in the order in which they
were published, but for text that redaction held back: go by `at`. `type` is the name of the class, and the
other keys are its fields; a field that has its default is left out. Seconds are rounded to microseconds. A
user's turn, for instance:
"""
_EXCEPTIONS = """
- `SoundHeard`, `SoundWritten` and `SoundCleared` have no lines: what they say is in `sound.flac`. An
  `AudioChunk` of a synthesizer has the number of its bytes.
- A `ChatRequest` contains only the messages that are new: the first `same` are those of the request before.
  `tools` is `"same"` if they are the same too.
- A `ConfigChanged` has a `config` besides, the name of the file with the config from then on.
- What was left out is an empty text.

## sound.flac

Both channels begin when the conversation's clock is at 0, and have the rate of the microphone. The user's
sound is kept bit by bit; the bot's is resampled, and is where it was audible: what was written to the speaker
and cleared before it was played is not there. Sound of the user that came late, in a burst, is whole; where
some never came, there is silence. When a WAV file is answered (`run --input`), playing takes no time, so the
two sides may overlap.

Lines of the type `SoundFrames` say when the device delivered each piece of the user's sound, so that it can
be heard again exactly as it came:
"""
_FRAMES = """
The first piece came `at` that second, and begins at that `sample` of the channel. `after` are the
milliseconds from then until each of the next came, and `samples` is the size of each of them, or a list if
they differ.

## Reading a recording

`voicebot_recording.reading` opens a recording, however it ended.
"""
_PARTS = """
## What lines may hold

Besides [events](events.md), these are the types of objects within lines:
"""


class _Sample:
    """What the examples on the page are made from."""

    info = voicebot.ConversationInfo(
        "3f2a",
        "Captain Flint",
        "en-US",
        datetime(2026, 11, 29, 10, 15, tzinfo=UTC),
        {"recognizer": "pocketsphinx", "chat": "script", "synthesizer": "espeak", "device": "sound-card"},
        microphone=voicebot.AudioFormat(16_000),
        speaker=voicebot.AudioFormat(24_000),
        voice=voicebot.AudioFormat(22_050),
    )
    events = (
        voicebot.UserSpeechStarted(1.04),
        voicebot.ProviderAnswered(2.1, "recognizer", 1, voicebot.FinalTranscript("what's the time"), 1.3),
        voicebot.UserTurnEnded(2.6, "what's the time", 1, "en-US"),
        voicebot.ProviderAsked(
            2.61,
            "chat",
            3,
            voicebot.ChatRequest(
                (
                    voicebot.Message("system", "You are a pirate."),
                    voicebot.Message("user", "what's the time"),
                ),
                "3f2a",
            ),
        ),
        voicebot.ProviderAnswered(2.9, "chat", 3, voicebot.TextDelta("Noon,")),
    )


def page() -> str:
    """Return the page."""
    options = RecordOptions(folder="recordings")  # type: ignore[arg-type]  # pydantic makes a path of it
    head = header(options, None, _Sample.info, 16_000) | {"voicebot": "0.1.0", "python": "3.13.1"}
    encoder = EventEncoder(options)
    timeline = SoundTimeline(_Sample.info.microphone, _Sample.info.speaker)
    for number in range(1, 5):
        timeline.heard(number * 0.02, bytes(640))
    own = {each.__name__ for union in _UNIONS for each in get_args(union)}
    parts = [
        (code(name), ", ".join(code(each.name) for each in fields(TYPES[name])) or "nothing")
        for name in sorted(set(TYPES) - own)
    ]
    blocks = [_INTRO, _LINES, _json([head]), _HEADER, _json(map(encoder.encode, _Sample.events)), _EXCEPTIONS]
    blocks += [_json(timeline.take_frames()), _FRAMES]
    for name in reading.__all__:
        blocks += described(name, getattr(reading, name))
    return joined(*blocks, _PARTS, table(("type", "keys"), parts))


_UNIONS = (voicebot.ConversationEvent, voicebot.ConversationDetail)


def _json(objects: Any) -> str:
    return "```text\n" + "".join(map(line, objects)) + "```"
