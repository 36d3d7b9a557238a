"""`python -m voicebot`, for when the command `voicebot` is not on the path."""

from __future__ import annotations

from voicebot.cli.entry import main

main()
