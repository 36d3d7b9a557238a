"""`voicebot set`: changes settings in the file of a config."""

from voicebot.cli.commands.set.command import command

__all__ = ["command"]
