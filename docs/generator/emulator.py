"""emulator.md: the emulator's faults, delays, script and journal."""

from __future__ import annotations

import dataclasses

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot_emulator.account import Account
from voicebot_emulator.faults import KINDS, POINTS
from voicebot_emulator.journal import Entry
from voicebot_emulator.latency import FIGURES
from voicebot_emulator.script import Script

_DEPLOYMENTS = ", ".join(f"{code(name)} ({model})" for name, model in Account().deployments.items())
_INTRO = f"""
# The emulator

`voicebot emulate azure` emulates Azure Speech, Azure OpenAI and the API of openai.com on one port of this
machine. The real SDKs connect to it over real sockets. [Try Azure without an
account](../how-to/emulate-azure.md) shows how to use it; [commands](commands.md#emulate) lists its options.

It implements the websocket protocols of Azure's speech to text and text to speech, and the list of voices;
and of OpenAI's API, chat completions, speech, transcriptions, and transcription in real time, each by
deployment, in Azure's v1 API (`/openai/v1`) and as on openai.com (`/v1`). It checks what it receives: keys,
SSML, voices, sound, the parameters that a family of models accepts, tools and their schemas, and that a
history answers each tool call. It shows that a program copes with
what the services send, not what they cost or how well they recognise speech.

The services are called `stt` and `tts` (Azure Speech), `chat`, `openai-stt` and `openai-tts`. In Azure, these
deployments exist; on openai.com, their models: {_DEPLOYMENTS}.
"""
_FAULTS = """
## Faults

Write a fault as `[SERVICE:]NAME[=VALUE][@POINT][xTIMES]`: `stt:hang@start`, `throttled=2x1`,
`tts:close=1011@end`. Without a service, it applies to every service that supports it. Without `xTIMES`, it
applies until it is cleared. `--fault` sets one at the start; while the emulator runs, `PUT
/emulator/faults` with a JSON list replaces all faults, and `GET` shows them.
"""
_POINTS = f"""
The points are, in order, {", ".join(f"`{point}`" for point in POINTS)}: before the service responds at all;
after it has accepted the request, but before any content; in the middle of the content; and just before it
reports that it is done.
"""
_DELAYS = """
## Delays

With `--latency published`, the services respond with delays. They are drawn from log-normal distributions
with these figures, reproducibly for a given `--seed`. They are in seconds.
"""
_SCRIPT = """
## A script

`--script FILE` defines in YAML what is recognised and answered. Lists are used in order, and their last
entry is then repeated. What a script leaves out comes from the providers of `--behind CONFIG`.
"""
_JOURNAL = """
## The journal

`--journal FILE` writes each message in either direction as one line of JSON. Keys are left out.
"""
_TESTS = """
## In tests

`voicebot_emulator.server.Emulator` is an async context manager, and `voicebot_emulator.testing.running`
runs one in the background of a test that waits for a program. `environment` contains the variables for the
shipped configs, `journal.find()` returns messages, and `set_faults()` replaces the faults.
"""


def page() -> str:
    """Return the page."""
    faults = [
        (
            code(name + (f"={kind.value.removesuffix('?')}" if kind.value else "")),
            ", ".join(kind.services),
            code(f"@{kind.point}") if kind.point else "",
            kind.meaning,
        )
        for name, kind in KINDS.items()
    ]
    delays = [(code(name), str(f.median), str(f.p95), f.source) for name, f in FIGURES.items()]
    fields = [(code(field.name), code(str(field.type))) for field in dataclasses.fields(Entry)]
    return joined(
        _INTRO,
        _FAULTS,
        table(("fault", "services", "point", "meaning"), faults),
        _POINTS,
        _DELAYS,
        table(("delay", "median", "95th percentile", "source"), delays),
        _SCRIPT,
        option_table(Script),
        _JOURNAL,
        table(("field", "type"), fields),
        _TESTS,
    )
