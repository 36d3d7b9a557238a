"""What the section `record` may contain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from voicebot import Field, Finding, Options


class RecordOptions(Options):
    """Keeps a recording of each conversation: a folder with its events, its sound and the config."""

    folder: Path
    """Folder in which the recordings are, such as `recordings`; it is made if needed. Each is a folder named
    after its start (UTC) and the conversation's id."""
    sound: bool = True
    """Whether the sound of both sides is kept."""
    text: bool = True
    """Whether words are kept: what was said, typed and written by the chat model, and the system message."""
    tools: bool = True
    """Whether arguments and results of tools are kept; their names and times always are."""
    max_size: int | None = Field(2000, ge=1)
    """Megabytes that all recordings in the folder may have together: the oldest are deleted when a
    conversation begins, and once a minute. One that alone becomes larger ends there. Unset for no limit."""
    max_age: float | None = Field(30.0, gt=0)
    """Days after which a recording is deleted, when a conversation begins or goes on. Unset for no limit."""
    min_free: int = Field(200, ge=0)
    """Megabytes that stay free on the disk: with less, a recording ends, and the conversation goes on."""

    def diagnose(self) -> Iterable[Finding]:
        """Report whether the folder can be written to, and how much room there is."""
        from voicebot_recording.disk import folder_finding

        return [folder_finding(self.folder, self.min_free)]
