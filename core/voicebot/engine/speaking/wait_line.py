"""What the bot says while tools run and nothing else is to be heard.

That is what the tools report, or a line of the config. It is no part of the reply: history does
not keep it, since chat models would imitate it.
"""

from __future__ import annotations

import asyncio

from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.prepared_line import PreparedLine, WaitLines
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.text.speakable.speakable import Speakable
from voicebot.engine.tools.reply_tools import ReplyTools

_LONGEST_REPORT = 200
"""Characters of what a tool reports that are spoken."""


class WaitLine:
    """Says such lines in one reply.

    The first one comes `tool_use.wait_after` seconds after the release of the reply, and later ones as long
    after the one before, when nothing else can be heard.
    """

    def __init__(self, context: ReplyContext, lines: WaitLines, tools: ReplyTools, audio: ReplyAudio) -> None:
        self._lines = lines
        self._after = context.settings.tool_use.wait_after
        self._tools = tools
        self._audio = audio
        self._synthesizer = context.synthesizer

    async def say_when_due(self) -> None:
        """Say lines until the reply is over: one of the config at most, and what tools report."""
        await self._audio.wait_until_released()
        tools, has_said = self._tools, False
        while True:
            await asyncio.sleep(self._after)
            await tools.working.wait()
            if self._audio.is_playing:
                continue
            if tools.calls.progress:
                line: PreparedLine | None = PreparedLine(_plain(tools.calls.progress))
                tools.calls.progress = ""
            else:
                line = None if has_said or self._audio.has_begun else self._lines.next()
            if line is not None:
                has_said = True
                await self._say(line)
            else:  # only what tools report is left to say
                tools.calls.reported.clear()
                await tools.calls.reported.wait()

    async def _say(self, line: PreparedLine) -> None:
        if line.text and not line.audio:
            await self._synthesizer.prepare(line)
        if line.audio and self._tools.working.is_set() and not self._audio.is_playing:
            try:
                await self._audio.play(line.text, line.audio, is_part=False)
            except PlaybackFailed:  # the reply will fail in the same way
                return


def _plain(report: str) -> str:
    """Return what can be spoken of a tool's report."""
    return Speakable().convert(report)[:_LONGEST_REPORT]
