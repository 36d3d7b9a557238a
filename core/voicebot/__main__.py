"""`python -m voicebot`, for where the command is not on the path."""

from __future__ import annotations

from voicebot.cli.entry import main

main()
