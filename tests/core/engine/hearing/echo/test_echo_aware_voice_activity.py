"""Voice activity during an echo: tables of what is heard in each frame."""

from __future__ import annotations

import pytest

from voicebot.engine.hearing.echo.echo_aware_voice_activity import EchoAwareVoiceActivity


class ScriptedGate:
    """Voice activity as a script: x is speech."""

    def __init__(self, script: str) -> None:
        self.speaking = False
        self.silence = 0.25
        self._script = iter(script)

    def process(self, audio: bytes):
        before, self.speaking = self.speaking, next(self._script) == "x"
        if before == self.speaking:
            return None
        return "started" if self.speaking else "stopped"


class ScriptedEcho:
    """An echo as a script: b is the bot, u the user while it plays, ? either; a dot while nothing plays."""

    cancels = False
    similarity = 0.0

    def __init__(self, script: str) -> None:
        self._script = script
        self._at = -1

    @property
    def echo_possible(self) -> bool:
        self._at += 1
        return self._script[self._at] != "."

    def is_echo(self) -> bool | None:
        return {"b": True, "?": None}.get(self._script[self._at], False)


@pytest.mark.parametrize(
    ("activity", "echo", "changes"),
    [
        # nothing is played: voice activity is the user at once
        ("-xxx-", "....." , {1: "started", 4: "stopped"}),
        # the bot alone is not a user
        ("-xxxxxxxx-", "bbbbbbbbbb", {}),
        # a user while the bot plays without an echo is detected in three frames
        ("-xxxxxxx-", "uuuuuuuuu", {3: "started", 8: "stopped"}),
        # a cough of two frames while the bot plays is not a user yet
        ("-xx-", "uuuu", {}),
        # after an echo it takes longer: a gap in the sound is not a user
        ("-" + "x" * 30, "bbbb" + "u" * 10 + "b" * 17, {}),
        ("-" + "x" * 30, "bbbb" + "u" * 27, {23: "started"}),
        # what turns out to be the bot was not the user
        ("-" + "x" * 20, "uuuu" + "b" * 17, {3: "started", 13: "stopped"}),
        # what may be either is not a user yet, and delays one only as long as it lasts
        ("-" + "x" * 12, "?" * 8 + "u" * 5, {10: "started"}),
        # but soon after an echo it is another echo
        ("-" + "x" * 33, "bbbb" + "u" * 5 + "????" + "u" * 21, {32: "started"}),
        # a user who is speaking is not taken for the bot by what may be either
        ("-" + "x" * 20 + "-", "uuuu" + "?" * 18, {3: "started", 21: "stopped"}),
        # a user who goes on where the bot ends
        ("-" + "x" * 8, "bbbbb....", {5: "started"}),
    ],
)  # fmt: skip
def test_the_user_starts_and_stops_speaking_and_the_bot_does_not(activity, echo, changes):
    voice_activity = EchoAwareVoiceActivity(ScriptedGate(activity), ScriptedEcho(echo))
    detected = {index: change for index in range(len(activity)) if (change := voice_activity.process(b""))}
    assert detected == changes


def test_speech_that_turns_out_to_be_the_bot_was_an_echo():
    voice_activity = EchoAwareVoiceActivity(ScriptedGate("-" + "x" * 20), ScriptedEcho("uuuu" + "b" * 17))
    while voice_activity.process(b"") != "stopped":
        pass
    assert voice_activity.was_echo
