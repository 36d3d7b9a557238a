"""A recording, opened: what it is a recording of, its events, its sound and its config."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from voicebot import ConfigChanged, ConversationDetail, ConversationEnded, ConversationEvent
from voicebot_recording.format import CONFIG, CONFIG_KEY, EVENTS, FRAMES, HEADER, SOUND, TYPES, VERSION, Json
from voicebot_recording.reading.errors import RecordingError, reason
from voicebot_recording.reading.event_decoder import EventDecoder
from voicebot_recording.reading.sound import RecordedSound


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of one conversation.

    `header` is the first line of its event log. `warnings` say in one line each what is missing of it.
    """

    folder: Path
    header: Json
    warnings: tuple[str, ...]
    _lines: tuple[Json, ...]

    @property
    def id(self) -> str:
        """The conversation's id."""
        return str(self.header["id"])

    @property
    def name(self) -> str:
        """The name of the bot."""
        return str(self.header["name"])

    @property
    def started(self) -> datetime:
        """When the conversation's clock was at 0, in UTC."""
        return datetime.fromisoformat(self.header["started"])

    @property
    def seconds(self) -> float:
        """How long the conversation was, as far as it was recorded."""
        return max((line.get("at", 0.0) for line in self._lines), default=0.0)

    def lines(self) -> Iterator[Json]:
        """Yield the objects of the event log after the first, as they were written."""
        return iter(self._lines)

    def events(self) -> Iterator[ConversationEvent | ConversationDetail]:
        """Yield the events that this version knows, in the order in which they were written.

        Instead of each `SoundHeard` and `SoundWritten`, there is `sound`. The sound of synthesizers' answers
        is silence of the same length.
        """
        decoder = EventDecoder()
        for line in self._lines:
            if line.get("type") in TYPES:
                event: Any = decoder.decode(line)
                if not isinstance(event, dict):
                    yield event

    @property
    def sound(self) -> RecordedSound | None:
        """The sound of both sides; None for a recording without.

        Raises:
            RecordingError: it cannot be read.
        """
        path = self.folder / SOUND
        if self.header.get("sound") is None or _is_empty(path):
            return None
        return RecordedSound(path, (line for line in self._lines if line.get("type") == FRAMES))

    @property
    def is_sound_empty(self) -> bool:
        """Whether the file of its sound is there, and nothing in it: it was cut off before the first."""
        return (self.folder / SOUND).exists() and _is_empty(self.folder / SOUND)

    def config(self) -> dict[str, Any]:
        """Return the config that the bot had at the beginning, with all defaults, and with `***` for secrets.

        Raises:
            RecordingError: it cannot be read.
        """
        return self._config_in(CONFIG)

    def changed_configs(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """Yield the configs that the bot was changed to, each with the second from which on it had it.

        Raises:
            RecordingError: one cannot be read.
        """
        for at, path in islice(self.config_files(), 1, None):
            yield at, self._config_in(path.name)

    def config_files(self) -> Iterator[tuple[float, Path]]:
        """Yield the files of the configs that the bot had, each with the second from which on it had it."""
        yield 0.0, self.folder / CONFIG
        for line in self._lines:
            name = line.get(CONFIG_KEY) if line.get("type") == ConfigChanged.__name__ else None
            if isinstance(name, str):
                yield line["at"], self.folder / Path(name).name

    def _config_in(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
            raise RecordingError(f"{path}: cannot be read: {reason(error)}") from error


def open_recording(folder: str | Path) -> Recording:
    """Open a recording; it may have been cut off anywhere after its first line.

    Raises:
        RecordingError: the folder is no recording, or one of a newer version.
    """
    folder = Path(folder)
    path = folder / EVENTS
    try:
        written = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise RecordingError(f"{folder}: no recording: {_absence(folder)}") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {reason(error)}") from error
    *whole, rest = written.split(b"\n")
    warnings = [f"{folder}: the last line is incomplete and was left out"] if rest else []
    header = _parsed(whole[0]) if whole else None
    if header is None or header.get("type") != HEADER or not isinstance(header.get("version"), int):
        raise RecordingError(f"{folder}: no recording: {EVENTS} does not begin as one")
    if header["version"] > VERSION:
        raise RecordingError(
            f"{folder}: recorded in version {header['version']} of the format, and this voicebot reads up to "
            f"{VERSION}: update voicebot"
        )
    if not _is_complete(header):
        raise RecordingError(f"{folder}: no recording: the first line of {EVENTS} is damaged")
    parsed = [_parsed(line) for line in whole[1:]]
    lines = tuple(line for line in parsed if line is not None)
    if len(lines) < len(parsed):
        warnings.append(f"{folder}: lines of {EVENTS} that were damaged are left out: {parsed.count(None)}")
    if not any(line.get("type") == ConversationEnded.__name__ for line in lines):
        warnings.append(f"{folder}: the recording ends before the conversation did")
    return Recording(folder, header, (*warnings, *_missing(folder, header)), lines)


def _absence(folder: Path) -> str:
    """Return why there is no event log."""
    if folder.is_dir():
        several = next(folder.glob(f"*/{EVENTS}"), None) is not None
        return f"there is no {EVENTS} in it" + (f", but recordings: {folder}/*" if several else "")
    return "it is a file, and not the folder of one" if folder.exists() else "there is no such folder"


def _missing(folder: Path, header: Json) -> Iterator[str]:
    if header.get("sound") is None:
        if header.get("microphone") or header.get("speaker"):  # else it was typed and read
            yield f"{folder}: recorded without sound"
    elif _is_empty(folder / SOUND):
        yield f"{folder}: its sound, {SOUND}, is {'empty' if (folder / SOUND).exists() else 'missing'}"
    if left_out := [name for name in header.get("left_out", ()) if name != "sound"]:
        yield f"{folder}: recorded without {' and '.join(left_out)}"
    from voicebot_recording.reading.installed import installed_plugins

    installed = installed_plugins()
    for name, plugin in header.get("plugins", {}).items():
        if name not in installed:
            yield (
                f"{folder}: recorded with the plugin '{name}' of {plugin['distribution']} "
                f"{plugin['version']}, which is not installed"
            )


def _is_empty(sound: Path) -> bool:
    """Return whether there is no sound: no file, or one that was cut off before anything was heard."""
    return not sound.exists() or not sound.stat().st_size


def _is_complete(header: Json) -> bool:
    """Return whether a first line says what every recording is asked for."""
    try:
        datetime.fromisoformat(header["started"])
    except (KeyError, TypeError, ValueError):
        return False
    return "id" in header and "name" in header


def _parsed(line: bytes) -> Json | None:
    """Return the object of a line; None if it is damaged."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    is_timed = isinstance(found, dict) and isinstance(found.get("at", 0.0), int | float)
    return found if is_timed else None
