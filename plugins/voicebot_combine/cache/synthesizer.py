"""`cache` for synthesizers: sentences that were spoken before come from the disk."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from pydantic import field_validator

from voicebot import (
    Advice,
    AudioChunk,
    Choice,
    Field,
    Options,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)
from voicebot_combine.cache.recording import Recorded, Recording
from voicebot_combine.cache.store import Store, cache_folder
from voicebot_combine.wrapper import AroundSynthesizers

_CHUNK_SECONDS = 0.1


class CacheOptions(Options):
    """Options of the `cache`."""

    of: Choice[Synthesizer[Any]]
    """Who speaks what has not been spoken before: one voice, since it is known by its sound. So `cache`
    belongs within a `fallback`, around each voice."""
    folder: Path | None = None
    """Where the sound is kept, readable by you alone; your folder for caches when unset. Several bots can
    share it."""
    most_megabytes: float = Field(200.0, gt=0, le=1_000_000)
    """How much is kept at most; what was not spoken for longest goes first. A minute of speech takes 3."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Tell of a folder that is none."""
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            yield Advice("folder", f"'{self.folder}' is no folder", "error")

    @field_validator("of")
    @classmethod
    def _must_be_one_voice(cls, of: Choice[Synthesizer[Any]]) -> Choice[Synthesizer[Any]]:
        if len(of.leaves) > 1:
            voices = ", ".join(leaf.name for leaf in of.leaves)
            raise ValueError(f"must be one voice, not {voices}; put `cache` within '{of.name}', around each")
        return of


class CacheSynthesizer(AroundSynthesizers[CacheOptions]):
    """Keeps the sound of sentences on disk, and speaks them from there the next time.

    What was kept is used again only for the same text, language, rate, voice and other options, and the same
    version of the provider. What was interrupted is not kept. Sentences are handed over whole
    (`text_streaming` has no effect).
    """

    def __init__(self, options: CacheOptions) -> None:
        super().__init__(options, (options.of,))
        self._store: Store | None = None
        self._voice: dict[str, Any] = {}

    async def start(self) -> None:
        """Start the voice, and see where sound is kept."""
        await super().start()
        self._voice = await asyncio.to_thread(self._describe_voice)
        folder = self.options.folder or cache_folder() / "sentences"
        self._store = Store(folder, int(self.options.most_megabytes * 1e6))

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream speech from the disk, or else from the voice."""
        store = self._store
        if store is None:
            raise ProviderError("the voice is not started")
        key = self._key(utterance)
        stored = await asyncio.to_thread(_read, store, key)
        if stored is not None:
            for timing in stored.timings:
                yield timing
            size = self.output_format.bytes_in(_CHUNK_SECONDS)
            for begin in range(0, len(stored.audio), size):
                yield AudioChunk(stored.audio[begin : begin + size])
            return
        recording = Recording()
        take = recording.take
        async with aclosing(self.speech(self.parts[0], utterance)) as events:
            async for event in events:
                take(event)
                yield event
        if (recorded := recording.whole()) is not None:
            await asyncio.to_thread(_write, store, key, recorded)

    def _key(self, utterance: Utterance) -> str:
        """Return a name for the sound, made of all that shapes it."""
        shapes = {
            **self._voice,
            "text": utterance.text,
            "language": utterance.language,
            "rate": self.output_format.rate,
        }
        return hashlib.sha256(json.dumps(shapes, sort_keys=True, default=repr).encode()).hexdigest()

    def _describe_voice(self) -> dict[str, Any]:
        """Return what stays the same for all utterances; secrets do not matter, and are left out."""
        (voice,) = self.options.of.leaves
        try:
            version = importlib.metadata.version(voice.distribution)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        files = {name: _state(value) for name, value in voice.options if isinstance(value, Path)}
        return {
            "provider": voice.name,
            "distribution": voice.distribution,
            "version": version,
            "options": voice.options.model_dump(),
            "files": files,
        }


def _state(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file does."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


def _read(store: Store, key: str) -> Recorded | None:
    data = store.read(key)
    recorded = Recorded.decoded(data) if data is not None else None
    if data is not None and recorded is None:
        store.remove(key)  # damaged: the next time it is written anew
    return recorded


def _write(store: Store, key: str, recorded: Recorded) -> None:
    store.write(key, recorded.encoded())
