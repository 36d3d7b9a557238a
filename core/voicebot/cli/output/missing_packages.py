"""Warnings about packages that providers need and that are not installed, with how to install them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voicebot.cli.output.errors import show_warning

if TYPE_CHECKING:
    from voicebot.plugin.registration import Registration


def warn_of_missing_packages(providers: Sequence[Registration]) -> None:
    """Write a warning for each package that some of the providers need."""
    from voicebot.plugin.packages import install_command

    for reason in dict.fromkeys(reason for each in providers for reason in each.unavailable):
        names = [each.name for each in providers if reason in each.unavailable]
        show_warning(f"{' and '.join(names)} cannot be used here: {reason}")
    for package in dict.fromkeys(package for each in providers for package in each.installable):
        names = [each.name for each in providers if package in each.installable]
        show_warning(f"to use {' and '.join(names)}: {install_command(package)}")
