"""Reading recordings: `open_recording` opens one, however it ended.

>>> from voicebot_recording.reading import open_recording
>>> recording = open_recording("recordings/20261129T101500Z-3f2a")  # doctest: +SKIP
>>> [event.text for event in recording.events() if isinstance(event, UserTurnEnded)]  # doctest: +SKIP
["what's the weather like"]
"""

from __future__ import annotations

from voicebot_recording.reading.errors import RecordingError
from voicebot_recording.reading.recording import Recording, open_recording
from voicebot_recording.reading.sound import HeardSound, RecordedSound

__all__ = ["HeardSound", "RecordedSound", "Recording", "RecordingError", "open_recording"]
