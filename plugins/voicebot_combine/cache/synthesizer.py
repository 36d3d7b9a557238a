"""`cache` for synthesizers: sentences that have been spoken before are played from the disk."""

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
from voicebot_combine.cache.recording import Recorder, Recording
from voicebot_combine.cache.store import Store, cache_folder
from voicebot_combine.wrapper import SynthesizerWrapper, children_of

_CHUNK_SECONDS = 0.1


class CacheOptions(Options):
    """Options of `cache`."""

    of: Choice[Synthesizer[Any]]
    """The synthesizer for sentences that have not been spoken before. It must have a single voice: inside a
    `fallback`, put a `cache` around each of its synthesizers."""
    folder: Path | None = None
    """Folder for the audio, readable only by you; in your cache folder when unset. Several bots can share
    it."""
    most_megabytes: float = Field(200.0, gt=0, le=1_000_000)
    """Maximum size of the cache; the least recently spoken sentences are deleted first. A minute of speech
    takes 3 MB."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a `folder` that is a file."""
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            yield Advice("folder", f"'{self.folder}' is not a folder", "error")

    @field_validator("of")
    @classmethod
    def _check_single_voice(cls, of: Choice[Synthesizer[Any]]) -> Choice[Synthesizer[Any]]:
        if len(of.leaves) > 1:
            voices = ", ".join(leaf.name for leaf in of.leaves)
            raise ValueError(
                f"must be one voice, not {voices}; put a `cache` around each of them inside '{of.name}'"
            )
        return of


class CacheSynthesizer(SynthesizerWrapper[CacheOptions]):
    """Keeps the audio of sentences on disk, and plays it when they are spoken again.

    Audio is only reused for the same text, language, sample rate, voice and other options, and the same
    version of the provider. An interrupted sentence is not kept. The synthesizer gets whole sentences
    (`text_streaming` has no effect).
    """

    def __init__(self, options: CacheOptions) -> None:
        super().__init__(options, children_of(options.of))
        self._store: Store | None = None
        self._voice: dict[str, Any] = {}

    async def start(self) -> None:
        """Start the synthesizer, and find the folder."""
        await super().start()
        self._voice = await asyncio.to_thread(self._describe_voice)
        folder = self.options.folder or cache_folder() / "sentences"
        self._store = Store(folder, int(self.options.most_megabytes * 1e6))

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream speech from the disk if it is there, otherwise from the synthesizer."""
        store = self._store
        if store is None:
            raise ProviderError("the synthesizer is not started")
        key = self._key(utterance)
        stored = await asyncio.to_thread(_read, store, key)
        if stored is not None:
            for timing in stored.timings:
                yield timing
            size = self.output_format.bytes_in(_CHUNK_SECONDS)
            for begin in range(0, len(stored.audio), size):
                yield AudioChunk(stored.audio[begin : begin + size])
            return
        recorder = Recorder()
        add = recorder.add
        async with aclosing(self.speech_by(self.children[0], utterance)) as events:
            async for event in events:
                add(event)
                yield event
        if (recording := recorder.recording()) is not None:
            await asyncio.to_thread(_write, store, key, recording)

    def _key(self, utterance: Utterance) -> str:
        """Return a hash of everything that affects the audio."""
        inputs = {
            **self._voice,
            "text": utterance.text,
            "language": utterance.language,
            "rate": self.output_format.rate,
        }
        return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=repr).encode()).hexdigest()

    def _describe_voice(self) -> dict[str, Any]:
        """Return what affects the audio of all utterances; secrets do not, and are left out."""
        (voice,) = self.options.of.leaves
        try:
            version = importlib.metadata.version(voice.distribution)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        files = {name: _file_state(value) for name, value in voice.options if isinstance(value, Path)}
        return {
            "provider": voice.name,
            "distribution": voice.distribution,
            "version": version,
            "options": voice.options.model_dump(),
            "files": files,
        }


def _file_state(path: Path) -> tuple[int, int] | None:
    """Return what changes when the file does, None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _read(store: Store, key: str) -> Recording | None:
    data = store.read(key)
    recording = Recording.decode(data) if data is not None else None
    if data is not None and recording is None:
        store.remove(key)  # damaged; it will be written again
    return recording


def _write(store: Store, key: str, recording: Recording) -> None:
    store.write(key, recording.encode())
