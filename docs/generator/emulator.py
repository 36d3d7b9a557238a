"""emulator.md: the emulator's faults, delays, script and journal."""

from __future__ import annotations

import dataclasses

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot_emulator.faults import KINDS, POINTS
from voicebot_emulator.journal import Entry
from voicebot_emulator.latency import FIGURES
from voicebot_emulator.script import Script

_INTRO = """
# The emulator

`voicebot emulate azure` stands in for Azure Speech and Azure OpenAI on one port of this machine. The real
SDKs talk to it over real sockets. [Try Azure without an account](../how-to/emulate-azure.md) shows it in
use; its options are in [commands](commands.md#emulate).

It speaks the websockets of speech to text and of text to speech, the list of voices, and chat completions
by deployment and on the v1 surface, streamed or not. It checks what it is sent: keys, SSML, voices of the
region, and what a model's family takes. It proves that a program copes with what the services say, not
what they cost or how well they hear.
"""
_FAULTS = """
## Faults

A fault is written `[SERVICE:]NAME[=VALUE][@POINT][xTIMES]`: `stt:hang@start`, `throttled=2x1`,
`tts:close=1011@end`. Without a service it happens to whichever can have it. Without `xTIMES` it happens
until it is cleared. `--fault` sets one at the start; while the emulator runs, `PUT /emulator/faults` with a
JSON list replaces those that are set, and `GET` shows them.
"""
_POINTS = f"""
Points, in order: {", ".join(f"`{point}`" for point in POINTS)}. That is before the service answers at all;
when it has, but said nothing; in the middle of what it says; and just before it says that it is done.
"""
_DELAYS = """
## Delays

With `--latency published` the services take their time. Delays are drawn from log-normal distributions
through these figures, the same ones for the same `--seed`. They are in seconds.
"""
_SCRIPT = """
## A script

`--script FILE` says in YAML what is heard and answered. Lists are used in order, their last entry again and
again. What a script leaves out is done by the providers of `--behind CONFIG`.
"""
_JOURNAL = """
## The journal

`--journal FILE` writes one JSON object a line for each message in either direction. Keys are left out.
"""
_TESTS = """
## In tests

`voicebot_emulator.server.Emulator` is an async context manager, and `voicebot_emulator.testing.running`
lets one run beside a test that waits for a program. `environment` are the variables for the shipped
configs, `journal.find()` is what was said, `set_faults()` changes what goes wrong.
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
        table(("delay", "median", "95 % within", "source"), delays),
        _SCRIPT,
        option_table(Script),
        _JOURNAL,
        table(("field", "type"), fields),
        _TESTS,
    )
