"""Transcripts for the tests."""

from __future__ import annotations

import json
from pathlib import Path

from voicebot_observers.transcript import TranscriptObserver, TranscriptOptions

HEADING = "## Polly, 2026-11-24 15:30:00 UTC\n\n"


def transcript(file: Path, **options: object) -> TranscriptObserver:
    return TranscriptObserver(TranscriptOptions.model_validate({"file": file, **options}))


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
