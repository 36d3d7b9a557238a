"""`voicebot doctor`: finds out what is wrong.

::

    command         the command, and its exit status
    report          how the results are shown, and as JSON
    checkup         all checks, at the same time, each with a time limit
    installation | settings | providers | sound
    network         servers, the way to them, certificates, the clock
    result          what a check found, and about what
"""

from voicebot.cli.commands.doctor.command import command

__all__ = ["command"]
