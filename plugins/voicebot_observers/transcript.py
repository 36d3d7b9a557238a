"""The observer `transcript`: writes down what is said while it is said."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from voicebot import (
    ConversationEvent,
    ConversationInfo,
    Observer,
    Options,
    ProviderError,
)
from voicebot_observers import jsonlines, markdown
from voicebot_observers.dialogue import Dialogue, Entry
from voicebot_observers.naming import (
    PLACEHOLDERS,
    filled,
    fixed_folder,
    made_printable,
    unknown_placeholders,
)

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_OWNER_ONLY = 0o600
_OWNERS_FOLDER = 0o700


class TranscriptOptions(Options):
    """Where transcripts go, and what they contain."""

    file: Path
    """File to append to, such as `talks/{started}.md`. `{started}` is replaced by the start of the
    conversation (UTC, such as `20261124T153000Z`), `{name}` by the bot's name, and `{id}` by the
    conversation's id. Folders are made as needed. Nothing is ever overwritten."""
    format: Literal["markdown", "jsonl"] | None = None
    """`markdown` for people, `jsonl` (one JSON object per line) for programs; by default, `jsonl` for files
    that end with `.jsonl`, `.ndjson` or `.json`."""
    timings: bool = False
    """Whether to include how long each answer took and what it cost."""

    @field_validator("file")
    @classmethod
    def _known_placeholders(cls, file: Path) -> Path:
        if (unknown := next(unknown_placeholders(file), None)) is not None:
            raise ValueError(
                f"'{unknown}' is not a placeholder; the placeholders are {', '.join(PLACEHOLDERS)}"
            )
        return file


class TranscriptObserver(Observer[TranscriptOptions]):
    """Writes down what is said, by whom, when, and whether it was interrupted.

    Each turn is written as soon as it is over, so nothing is lost however a conversation ends. New files are
    readable only by their owner. With `jsonl`, each line is an object with `conversation` (its id), `time`
    (UTC), `at` (seconds since it began) and `kind`: `start`, `user`, `bot`, `correction` (of the user's last
    words), `heard` (what the user heard of the bot's last words, if that was learned later), `tool` (a call
    with its arguments, outcome and result), `summary` (of older turns, for the chat model), `failure`,
    `notice` (of a provider), `device`, `timing`, or `end`.
    """

    def __init__(self, options: TranscriptOptions) -> None:
        super().__init__(options)
        suffix = options.file.suffix.lower()
        self._markdown = options.format == "markdown" or (
            options.format is None and suffix not in _JSON_SUFFIXES
        )
        self._wrote_last: dict[Path, str] = {}

    async def start(self) -> None:
        """Check that transcripts can be written."""
        await asyncio.to_thread(_check, self.options.file)

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        """Write one conversation down."""
        path = filled(self.options.file, conversation)
        conversation = made_printable(conversation)
        dialogue = Dialogue()
        began = False
        async for event in events:
            entries = [
                entry for entry in dialogue.entries_for(event) if entry.timing is None or self.options.timings
            ]
            if not entries:
                continue
            text = "".join(self._written(entry, conversation) for entry in entries)
            if not began or (self._markdown and self._wrote_last.get(path) != conversation.id):
                text = (
                    self._beginning(conversation) + text
                )  # again if another conversation was written in between
            began = True
            self._wrote_last[path] = conversation.id
            await asyncio.to_thread(_add, path, text)
        if self._wrote_last.get(path) == conversation.id:
            del self._wrote_last[path]

    def _beginning(self, conversation: ConversationInfo) -> str:
        return markdown.heading(conversation) if self._markdown else jsonlines.first_line(conversation)

    def _written(self, entry: Entry, conversation: ConversationInfo) -> str:
        write = markdown.paragraph if self._markdown else jsonlines.line
        return write(entry.made_printable(), conversation)


def _check(path: Path) -> None:
    """Check that a file can be appended to or made, without leaving anything behind."""
    try:
        if path.exists():
            path.open("a").close()
            return
        folder = fixed_folder(path)
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ProviderError(f"cannot write transcripts to {path}: {error.strerror or error}") from error


def _add(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(_OWNERS_FOLDER, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
        with open(file, "a", encoding="utf-8", newline="\n") as transcript:
            transcript.write(text)
    except OSError as error:
        raise ProviderError(f"cannot write the transcript {path}: {error.strerror or error}") from error
