"""Measure what wrappers cost: a turn and a chunk through each, beside none, in one run.

    python tests/benchmarks/combining.py [--turns N] [--rounds N]

A conversation in virtual time, with providers that take none, is all work: listening, deciding, replying in
many small pieces. Variants take turns round by round, for the machine is never quiet; the best round counts.
What the engine does itself is the yardstick: 5 % of it is the target. It prints figures and never fails.
The cache is measured alone, since threads have no virtual time.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from voicebot import (
    AudioChunk,
    ChatEvent,
    ChatModel,
    ChatRequest,
    Choice,
    Options,
    ReplyEnded,
    SynthesisEvent,
    Synthesizer,
    TextDelta,
    Utterance,
)
from voicebot.config.schema import Settings, TurnOptions
from voicebot.plugin.manager import installed_plugins
from voicebot.plugin.registry import Registration
from voicebot.testing import VirtualClockLoop, converse
from voicebot.testing.scripted import SPEAKER

SENTENCES = 8
CACHE = "cache (hits)"
CHUNKS = SENTENCES * 62
CHUNK = bytes(SPEAKER.bytes_in(0.02))
SENTENCE = "On sunny days our garden gets watered early because every tomato plant needs it."
TOKENS = [f" {word}" for word in SENTENCE.split()] * SENTENCES


class InstantChatModel(ChatModel[Options]):
    """Writes at once."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        for token in TOKENS:
            yield TextDelta(token)
        yield ReplyEnded()


class InstantSynthesizer(Synthesizer[Options]):
    """Speaks at once, in chunks of 20 ms."""

    output_format = SPEAKER

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for _ in range(CHUNKS // SENTENCES):
            yield AudioChunk(CHUNK)


def leaf(maker: type[Any]) -> Choice[Any]:
    """Return the choice of a provider that takes no time."""
    return Choice(Registration("instant", maker.kind, maker, Options, "benchmark"), Options())


def combined(kind: str, name: str, of: Choice[Any], folder: str) -> Choice[Any]:
    """Return the choice of a decorator around another choice."""
    registration = installed_plugins().registry.get(kind, name)
    assert registration is not None
    options: dict[str, Any] = {"of": (of, of) if name == "fallback" else of}
    if name == "cache":
        options["folder"] = Path(folder)
    return Choice(registration, registration.options(**options))


async def turn_seconds(chat: Any, synthesizer: Any, turns: int) -> float:
    """Return the CPU seconds of a turn of a whole conversation: a second of speech, ten of answer."""
    settings = Settings(on_error="", turns=TurnOptions(prepare="off"))
    async with converse(chat=chat, synthesizer=synthesizer, settings=settings) as user:
        await user.waits(0.5)
        began = time.process_time()
        for _ in range(turns):
            await user.says("how is the garden")
            await user.is_answered()
        return (time.process_time() - began) / turns


async def alone_seconds(synthesizer: Any, turns: int) -> tuple[float, float]:
    """Return the CPU seconds of an utterance to its first chunk, and of each chunk after it."""
    await synthesizer.start()
    opening, rest = [], []
    for _ in range(turns):
        events = synthesizer.synthesize(Utterance(SENTENCE, "en-US", "one"))
        began = time.process_time()
        await anext(events)
        first = time.process_time()
        chunks = 0
        async for _event in events:
            chunks += 1
        rest.append((time.process_time() - first) / max(1, chunks))
        opening.append(first - began)
    await synthesizer.aclose()
    return min(opening), min(rest)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        variants = _variants(folder)
        opening = {name: float("inf") for name in variants}
        chunk, turns = dict(opening), dict(opening)
        del turns[CACHE]
        for _ in range(arguments.rounds):
            for name, (chat, voice) in variants.items():
                if name != CACHE:
                    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
                        spent = runner.run(turn_seconds(chat(), voice(), arguments.turns))
                    turns[name] = min(turns[name], spent)
                first, each = asyncio.run(alone_seconds(voice(), arguments.turns))
                opening[name], chunk[name] = min(opening[name], first), min(chunk[name], each)
    none = turns["none"]
    engine_chunk = none / CHUNKS
    print(f"{'':<28}{'turn':>9}{'more':>8}{'opening':>10}{'chunk':>9}{'more of engine':>16}")
    print(f"{'':<28}{'ms':>9}{'%':>8}{'us':>10}{'us':>9}{'% a chunk':>16}")
    for name in variants:
        turn = turns.get(name, float("nan"))
        more = (turn / none - 1) * 100
        extra = (chunk[name] - chunk["none"]) / engine_chunk * 100
        print(
            f"{name:<28}{turn * 1e3:>9.2f}{more:>8.1f}{opening[name] * 1e6:>10.0f}"
            f"{chunk[name] * 1e6:>9.2f}{extra:>16.1f}"
        )


def _variants(folder: str) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    chat, voice = leaf(InstantChatModel), leaf(InstantSynthesizer)
    variants: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {"none": (chat.make, voice.make)}
    for name in ("fallback", "retry", "hedge"):
        variants[name] = (
            combined("chat", name, chat, folder).make,
            combined("synthesizer", name, voice, folder).make,
        )
    cached = combined("synthesizer", "cache", voice, folder)
    variants[CACHE] = (chat.make, cached.make)
    tall, deep = chat, voice
    for name in ("hedge", "retry", "fallback"):
        tall, deep = combined("chat", name, tall, folder), combined("synthesizer", name, deep, folder)
    variants["fallback of retry of hedge"] = (tall.make, deep.make)
    return variants


if __name__ == "__main__":
    main()
