"""`voicebot doctor`: finds out what is wrong.

::

    command         the command, and its exit status
    report          how the results are shown, and as JSON
    checkup         all checks, at the same time, each with a time limit
    installation | settings | file_permissions | providers | sound | network
    result          what a check found, and about what
"""

from voicebot.cli.commands.doctor.command import command

__all__ = ["command"]
