"""One recording while it grows: events go in, and are written in the background, several times a second."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from voicebot import (
    BotConfig,
    ConfigChanged,
    ConversationDetail,
    ConversationEvent,
    ConversationInfo,
    SecretStr,
    SoundCleared,
    SoundHeard,
    SoundWritten,
    hide_secrets,
    resolved_config,
    secrets_in,
)
from voicebot_recording.format import CONFIG, CONFIG_KEY, EVENTS, SOUND, Json, line
from voicebot_recording.options import RecordOptions
from voicebot_recording.shelf import MEGABYTE, unfinished
from voicebot_recording.writing import files
from voicebot_recording.writing.event_encoder import EventEncoder
from voicebot_recording.writing.flac_file import FlacFile
from voicebot_recording.writing.header import header
from voicebot_recording.writing.sound_timeline import SoundTimeline

_SPACE_CHECKED_EVERY = 5.0
_OWNERS_FOLDER = 0o700


class RecordingFull(OSError):
    """A recording has reached a limit."""


class RecordingWriter:
    """Writes one recording. Blocks on the disk, so call it in a thread.

    Every method raises `OSError` if something cannot be written, and `RecordingFull` at a limit.

    Args:
        folder: does not exist yet.
    """

    def __init__(
        self, folder: Path, options: RecordOptions, config: BotConfig | None, info: ConversationInfo
    ) -> None:
        self.folder = folder
        self._options = options
        self._encoder = EventEncoder(options)
        self._secrets: tuple[SecretStr, ...] = secrets_in(config) if config is not None else ()
        self._lock = threading.Lock()
        self._is_closed = False
        self._size = 0
        self._space_checked = float("-inf")
        self._timeline: SoundTimeline | None = None
        self._flac: FlacFile | None = None
        self._check_space()
        new = unfinished(folder)  # a folder without a first line would be no recording
        new.mkdir(_OWNERS_FOLDER, parents=True)
        self._log = files.create(new / EVENTS)
        if options.sound and (info.microphone or info.speaker):
            self._timeline = SoundTimeline(info.microphone, info.speaker)
        rate = self._timeline.format.rate if self._timeline is not None else None
        self._write_lines([header(options, config, info, rate)])
        new.rename(folder)
        self._configs: deque[BotConfig | None] = deque()
        """The configs of changes that were not written yet."""
        self._changes = 0
        self._config = config
        if config is not None:
            self._write_config(config, CONFIG)
        if rate is not None:
            self._flac = FlacFile(folder / SOUND, rate)

    def write(self, events: Sequence[ConversationEvent | ConversationDetail]) -> None:
        """Write events, and the sound among them; nothing after `close`."""
        with self._lock:
            if not self._is_closed:
                self._write(events)

    def hide(self, secrets: Iterable[SecretStr]) -> None:
        """Hide more secrets in what is written from now on."""
        self._secrets = (*self._secrets, *(each for each in secrets if each not in self._secrets))

    def config_changed(self, config: BotConfig | None) -> None:
        """Keep the config of the next `ConfigChanged` that is written."""
        self._configs.append(config)

    def close(self) -> None:
        """Write the rest of the sound; what was written stays readable if that fails."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._close()

    def _write(self, events: Sequence[ConversationEvent | ConversationDetail]) -> None:
        self._check_space()
        lines: list[Json] = []
        for event in events:
            match event:
                case SoundHeard(at, audio):
                    if self._timeline is not None:
                        self._timeline.heard(at, audio)
                case SoundWritten(at, starts, audio):
                    if self._timeline is not None:
                        self._timeline.written(at, starts, audio)
                case SoundCleared(at):
                    if self._timeline is not None:
                        self._timeline.cleared(at)
                case ConfigChanged():
                    lines.append(self._encoder.encode(event) | self._changed_config())
                case _:
                    lines.append(self._encoder.encode(event))
        self._write_sound()
        if self._timeline is not None:
            lines[:0] = self._timeline.take_frames()  # a conversation's last line is that of its end
        self._write_lines(lines)

    def _close(self) -> None:
        try:
            if self._timeline is not None and self._flac is not None:
                self._timeline.end()
                self._write_sound()
                self._write_lines([*self._timeline.take_frames()])
        finally:
            os.close(self._log)
            if self._flac is not None:
                self._flac.close()

    def _write_sound(self) -> None:
        if self._timeline is None or self._flac is None:
            return
        for frames in self._timeline.take():
            self._flac.write(frames)
        self._flac.count()

    def _write_lines(self, objects: Sequence[Json]) -> None:
        text = hide_secrets("".join(map(line, objects)), self._secrets)
        if text:
            content = text.encode("utf-8", "replace")
            files.write(self._log, content)
            self._size += len(content)

    def _changed_config(self) -> Json:
        """Write the config after a change; return what its line says of that."""
        config = self._configs.popleft() if self._configs else None
        if config is None or config is self._config:  # the recording has begun with it
            return {}
        self._config = config
        self._changes += 1
        path = Path(CONFIG)
        name = f"{path.stem}-{self._changes}{path.suffix}"
        self._write_config(config, name)
        return {CONFIG_KEY: name}

    def _write_config(self, config: BotConfig, name: str) -> None:
        resolved = yaml.safe_dump(resolved_config(config), allow_unicode=True, sort_keys=False)
        self._write_file(name, hide_secrets(resolved, self._secrets))

    def _write_file(self, name: str, text: str) -> None:
        file = files.create(self.folder / name)
        try:
            files.write(file, text.encode())
        finally:
            os.close(file)

    def _check_space(self) -> None:
        if (now := time.monotonic()) - self._space_checked < _SPACE_CHECKED_EVERY:
            return
        self._space_checked = now
        free_in = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        if shutil.disk_usage(free_in).free < self._options.min_free * MEGABYTE:
            raise RecordingFull(
                f"less than {self._options.min_free} MB are free on the disk (`record.min_free`)"
            )
        sound = self.folder / SOUND
        size = self._size + (sound.stat().st_size if sound.exists() else 0)
        if self._options.max_size is not None and size > self._options.max_size * MEGABYTE:
            raise RecordingFull(f"it has reached {self._options.max_size} MB (`record.max_size`)")
